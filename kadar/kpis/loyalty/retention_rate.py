"""Customer retention rate."""

from kadar.kpi import PERCENT, UP, Crm, Facts, Formula, _, any_of, kpi, lesser, total


@kpi(
    unit=PERCENT,
    better=UP,
    roles=["leadership"],
    core=True,
    caveats=["Active means what `contract` and `inactive_after_days` in kadar.toml say."],
    improve=[
        "Valuable customers nobody has contacted lately",
        "Content and events by the engagement that followed",
    ],
)
def retention_rate(crm: Crm) -> Formula:
    """Share of the customers active when the period opened who were active when it closed."""
    base = crm.spells.active.per(
        "customer_id", opening=any_of(_.at_opening), closing=any_of(_.at_closing)
    ).where(_.opening)
    return base.count(_.closing) / base.count()


@retention_rate.variant(reported_by="shops without contracts")
def repeat(crm: Crm) -> Formula:
    """Share of those who bought in the period before who bought again in this one."""
    bought = crm.orders.ordered.where(_.revenue > 0).per("customer_id")
    before = bought.later(1).matching(bought, "customer_id")
    return before.count(_.matched) / before.count()


@retention_rate.variant(reported_by="subscription analytics (NRR)")
def net_revenue(crm: Crm) -> Formula:
    """Recurring revenue at the close of those there at the opening, per their revenue then.

    Expansion counts.
    """
    base = _recurring(crm)
    return base.sum(_.closing) / base.sum(_.opening)


@retention_rate.variant(reported_by="subscription analytics (GRR)")
def gross_revenue(crm: Crm) -> Formula:
    """The same without expansion: of each customer at most what it paid at the opening."""
    base = _recurring(crm)
    return base.sum(lesser(_.closing, _.opening)) / base.sum(_.opening)


def _recurring(crm: Crm) -> Facts:
    from kadar.kpi import either

    amount = _.monthly_amount
    return crm.subscriptions.running.per(
        "customer_id",
        opening=total(either(_.at_opening, amount, 0)),
        closing=total(either(_.at_closing, amount, 0)),
    ).where(_.opening > 0)
