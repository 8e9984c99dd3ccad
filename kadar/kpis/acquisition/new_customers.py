"""New customers."""

from kadar.kpi import NUMBER, UP, Crm, Formula, kpi


@kpi(unit=NUMBER, better=UP, roles=["sales", "marketing", "leadership"])
def new_customers(crm: Crm) -> Formula:
    """Customers acquired in the period."""
    return crm.customers.acquired.count()
