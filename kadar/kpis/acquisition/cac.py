"""Customer acquisition cost."""

from kadar.kpi import DOWN, MONEY, MONTHS, Crm, Facts, Formula, _, days_between, kpi


@kpi(
    unit=MONEY,
    better=DOWN,
    roles=["sales", "marketing", "leadership"],
    core=True,
    caveats=["Spend counts when it is spent, a customer when acquired: see the variant `lagged`."],
    improve=[
        "Channels ranked by cost, conversion and lifetime value, with a reallocation",
        "Salespeople ranked by cost per win",
    ],
)
def cac(crm: Crm) -> Formula:
    """All acquisition spend of the period per customer acquired in it."""
    return crm.spend.spent.sum(_.amount) / crm.customers.acquired.count()


@cac.variant(reported_by="advertising platforms")
def paid(crm: Crm) -> Formula:
    """Media spend of the period only, per customer acquired in it."""
    media = crm.spend.spent.where(_.category == "media")
    return media.sum(_.amount) / crm.customers.acquired.count()


@cac.variant
def lagged(crm: Crm) -> Formula:
    """Spend of as many periods before as the median sales cycle takes, per customer acquired."""
    cycle = _won(crm).median(days_between(_.created_on, _.closed_on))
    return crm.spend.spent.later(cycle).sum(_.amount) / crm.customers.acquired.count()


@cac.variant(unit=MONTHS)
def payback_months(crm: Crm) -> Formula:
    """Months of margin of an active customer that pay for acquiring one."""
    orders = crm.orders.ordered.leave_out(cost_unknown=_.margin.isnull())
    active = crm.spells.active.where(_.during).per("customer_id")
    monthly = orders.sum(_.margin) / active.count() / crm.months
    return cac.formula("default") / monthly


def _won(crm: Crm) -> Facts:
    won = crm.deals.closed.where(_.outcome == "won")
    return won.leave_out(closed_before_created=_.closed_on < _.created_on)
