"""Customer churn rate."""

from kadar.kpi import (
    DOWN,
    PERCENT,
    Crm,
    Facts,
    Formula,
    Triangle,
    _,
    any_of,
    either,
    known,
    kpi,
    lesser,
    sum_of_days,
    total,
)


@kpi(
    unit=PERCENT,
    better=DOWN,
    roles=["leadership"],
    core=True,
    caveats=["Active means what `contract` and `inactive_after_days` in kadar.toml say."],
    improve=["Customers at risk, with the reasons", "Churn reasons ranked and by segment"],
)
def churn_rate(crm: Crm) -> Formula:
    """Share of the customers active when the period opened who were not when it closed.

    One minus the retention rate, under the same policy.
    """
    base = _customers(crm).where(_.opening)
    return base.count(~_.closing) / base.count()


@churn_rate.variant(reported_by="subscription analytics (gross revenue churn)")
def revenue(crm: Crm) -> Formula:
    """Recurring revenue lost or contracted in the period, per recurring revenue at its opening."""
    amount = _.monthly_amount
    base = crm.subscriptions.running.per(
        "customer_id",
        opening=total(either(_.at_opening, amount, 0)),
        closing=total(either(_.at_closing, amount, 0)),
    ).where(_.opening > 0)
    return base.sum(_.opening - lesser(_.closing, _.opening)) / base.sum(_.opening)


@churn_rate.variant(reported_by="ChartMogul, B2C")
def daily(crm: Crm) -> Formula:
    """Sum over the days of the period of each day's churn rate."""
    return sum_of_days(churn_rate.formula("default"))


@churn_rate.variant(reported_by="Stripe")
def with_new(crm: Crm) -> Formula:
    """Customers lost in the period per customer at its opening or new in it."""
    base = _customers(crm).where(_.opening | _.here)
    return base.count(_.opening & ~_.closing) / base.count()


@churn_rate.variant
def voluntary(crm: Crm) -> Formula:
    """Only those who left of their own will."""
    base = _customers(crm).where(_.opening)
    return base.count(~_.closing & ~_.forced) / base.count()


@churn_rate.variant
def involuntary(crm: Crm) -> Formula:
    """Only those who left against their will (a failed payment)."""
    base = _customers(crm).where(_.opening)
    return base.count(~_.closing & _.forced) / base.count()


@churn_rate.triangle()
def not_active(crm: Crm) -> Triangle:
    """Share of the customers acquired in a period not active when the k-th after it closed.

    One minus the retention of the cohort. Who has come back is not lost.
    """
    active = crm.spells.active.where(_.at_closing)
    return crm.customers.acquired.follow(active, "customer_id").share_absent()


def _customers(crm: Crm) -> Facts:
    return crm.spells.active.per(
        "customer_id",
        opening=any_of(_.at_opening),
        closing=any_of(_.at_closing),
        here=any_of(_.during),
        forced=any_of(known(_.involuntary, False) & ~_.at_closing),
    )
