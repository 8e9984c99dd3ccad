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


@cac.variant(unit=MONTHS, otherwise="payback_months")
def payback_predicted(crm: Crm) -> Formula:
    """Months by which the customers acquired in the period have brought what they cost.

    What they brought in it and are expected to bring after it (`clv`), as if it came evenly over
    its horizon: it comes sooner at first, so they have paid for themselves by then at the latest.
    """
    made = crm.predictions.made.latest("customer_id")
    new = made.matching(crm.customers.acquired, "customer_id").where(_.matched)
    known = made.count() / made.count()  # unknown, not 0, in periods without a prediction
    monthly = new.sum((_.brought + _.clv) / _.horizon_months)
    return known * crm.spend.spent.sum(_.amount) / monthly


def _won(crm: Crm) -> Facts:
    won = crm.deals.closed.where(_.outcome == "won")
    return won.leave_out(closed_before_created=_.closed_on < _.created_on)
