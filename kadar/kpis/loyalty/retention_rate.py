"""Customer retention rate."""

from kadar.kpi import PERCENT, UP, Crm, Facts, Formula, Triangle, _, any_of, kpi, lesser, total


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


@retention_rate.variant
def cohort(crm: Crm, cohort_age: int = 12) -> Formula:
    """Share of the customers acquired 12 periods before who were active when this one closed.

    The periods are the setting `cohort_age`, of the grain asked for.
    """
    active = crm.spells.active.where(_.at_closing)
    acquired = crm.customers.acquired.later(cohort_age).matching(active, "customer_id")
    return acquired.count(_.matched) / acquired.count()


@retention_rate.triangle()
def still_active(crm: Crm) -> Triangle:
    """Share of the customers acquired in a period who were active when the k-th after it closed.

    Age 0 is the close of the period of acquisition itself.
    """
    return crm.customers.acquired.follow(
        crm.spells.active.where(_.at_closing), "customer_id"
    ).share()


@retention_rate.triangle("repeat")
def bought_again(crm: Crm) -> Triangle:
    """Share of the customers acquired in a period who bought in the k-th after it."""
    bought = crm.orders.ordered.where(_.revenue > 0)
    return crm.customers.acquired.follow(bought, "customer_id").share()


@retention_rate.triangle("net_revenue", otherwise="order_revenue")
def recurring_kept(crm: Crm) -> Triangle:
    """Recurring revenue at the close of the k-th period after, per that at the close of the first.

    Of the customers acquired in a period who paid at its close. Expansion counts.
    """
    running = crm.subscriptions.running.where(_.at_closing)
    return crm.customers.acquired.follow(running, "customer_id").of_first(_.monthly_amount)


@retention_rate.triangle("gross_revenue")
def recurring_kept_at_most(crm: Crm) -> Triangle:
    """The same without expansion: of each customer at most what it paid at the first close."""
    running = crm.subscriptions.running.where(_.at_closing)
    return crm.customers.acquired.follow(running, "customer_id").of_first(
        _.monthly_amount, at_most=True
    )


@retention_rate.triangle("order_revenue")
def spent_again(crm: Crm) -> Triangle:
    """Revenue of the orders of the k-th period after, per that of the period of acquisition.

    Of the customers acquired in a period who spent in it.
    """
    orders = crm.orders.ordered
    return crm.customers.acquired.follow(orders, "customer_id").of_first(_.revenue)
