"""Pipeline velocity."""

from kadar.kpi import MONEY, UP, Crm, Formula, _, days_between, kpi


@kpi(unit=MONEY, better=UP, roles=["sales"])
def pipeline_velocity(crm: Crm) -> Formula:
    """Amount won a day: deals closed x win rate x mean amount won / mean days to win."""
    closed = crm.deals.closed.where(_.outcome != "open")
    won = closed.where(_.outcome == "won")
    sound = won.leave_out(closed_before_created=_.closed_on < _.created_on)
    days = sound.mean(days_between(_.created_on, _.closed_on))
    return closed.count() * (won.count() / closed.count()) * won.mean(_.amount) / days
