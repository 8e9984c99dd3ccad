"""Backlog."""

from kadar.kpi import DOWN, NUMBER, Crm, Formula, _, kpi


@kpi(unit=NUMBER, better=DOWN, roles=["service"])
def backlog(crm: Crm) -> Formula:
    """Tickets open when the period closed."""
    return crm.tickets.open.where(_.at_closing).count()
