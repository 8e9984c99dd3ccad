"""Reopen rate."""

from kadar.kpi import DOWN, PERCENT, Crm, Formula, _, kpi


@kpi(unit=PERCENT, better=DOWN, roles=["service"])
def reopen_rate(crm: Crm) -> Formula:
    """Share of the tickets first resolved in the period that were reopened since."""
    resolved = crm.tickets.first_resolved
    return resolved.count(_.reopened > 0) / resolved.count()
