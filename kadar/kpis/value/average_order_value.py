"""Average order value."""

from kadar.kpi import MONEY, UP, Crm, Formula, _, kpi


@kpi(unit=MONEY, better=UP, roles=["marketing", "leadership"])
def average_order_value(crm: Crm) -> Formula:
    """Mean revenue of the orders of the period; refunds are no orders of their own."""
    return crm.orders.ordered.where(_.revenue > 0).mean(_.revenue)
