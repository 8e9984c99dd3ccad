"""Repeat purchase rate."""

from kadar.kpi import PERCENT, UP, Crm, Formula, _, kpi, rows


@kpi(unit=PERCENT, better=UP, roles=["marketing", "leadership"])
def repeat_purchase_rate(crm: Crm) -> Formula:
    """Share of the customers who bought in the period who bought more than once in it."""
    buyers = crm.orders.ordered.where(_.revenue > 0).per("customer_id", times=rows())
    return buyers.count(_.times > 1) / buyers.count()
