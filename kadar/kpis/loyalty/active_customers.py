"""Active customers."""

from kadar.kpi import NUMBER, UP, Crm, Formula, _, kpi


@kpi(unit=NUMBER, better=UP, roles=["leadership"])
def active_customers(crm: Crm) -> Formula:
    """Customers active at any moment of the period."""
    return crm.spells.active.where(_.during).per("customer_id").count()


@active_customers.variant
def at_closing(crm: Crm) -> Formula:
    """Customers active when the period closed."""
    return crm.spells.active.where(_.at_closing).per("customer_id").count()
