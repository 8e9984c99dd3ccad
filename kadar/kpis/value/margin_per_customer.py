"""Average profit margin per customer."""

from kadar.kpi import MONEY, PERCENT, UP, Crm, Facts, Formula, _, kpi, total
from kadar.kpis.value.clv import margin_to_date, revenue_to_date


@kpi(
    unit=MONEY,
    better=UP,
    roles=["leadership"],
    core=True,
    caveats=["Orders whose cost is unknown are left out and counted."],
    improve=["Customers at a loss", "Next product to offer each customer"],
)
def margin_per_customer(crm: Crm) -> Formula:
    """Revenue less cost in the period, per customer who ordered in it."""
    return _buyers(crm).mean(_.margin)


@margin_per_customer.variant(unit=PERCENT)
def rate(crm: Crm) -> Formula:
    """Margin of the period per revenue of the period."""
    buyers = _buyers(crm)
    return buyers.sum(_.margin) / buyers.sum(_.revenue)


@margin_per_customer.variant(unit=PERCENT)
def mean_rate(crm: Crm) -> Formula:
    """Mean of each customer's own margin per revenue."""
    buyers = _buyers(crm).leave_out(no_revenue=_.revenue <= 0)
    return buyers.mean(_.margin / _.revenue)


@margin_per_customer.variant(unit=PERCENT)
def at_a_loss(crm: Crm) -> Formula:
    """Share of the customers who ordered in the period on whom the company lost money."""
    buyers = _buyers(crm)
    return buyers.count(_.margin < 0) / buyers.count()


def _buyers(crm: Crm) -> Facts:
    orders = crm.orders.ordered.leave_out(cost_unknown=_.margin.isnull())
    return orders.per("customer_id", margin=total(_.margin), revenue=total(_.revenue))


margin_per_customer.triangle(otherwise="revenue")(margin_to_date)
margin_per_customer.triangle("revenue")(revenue_to_date)
