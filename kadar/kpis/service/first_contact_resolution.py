"""First contact resolution."""

from kadar.kpi import PERCENT, UP, Crm, Formula, _, known, kpi


@kpi(unit=PERCENT, better=UP, roles=["service"])
def first_contact_resolution(crm: Crm) -> Formula:
    """Share of the tickets resolved in the period by their first reply and never reopened.

    The first reply resolved a ticket where nothing was answered before the resolution.
    """
    resolved = crm.tickets.resolved.leave_out(unanswered=_.responded_at.isnull())
    once = (_.responded_at >= _.resolved_at) & (known(_.reopened, 0) == 0)
    return resolved.count(once) / resolved.count()
