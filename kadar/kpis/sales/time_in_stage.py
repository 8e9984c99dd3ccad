"""Time in stage."""

from kadar.kpi import DAYS, DOWN, Crm, Formula, _, hours_between, kpi


@kpi(unit=DAYS, better=DOWN, roles=["sales"])
def time_in_stage(crm: Crm) -> Formula:
    """Median days of the stays in a stage that ended in the period.

    Ask it `--by stage`.
    """
    left = crm.deal_stages.left.leave_out(left_before_entered=_.left_at < _.entered_at)
    return left.median(hours_between(_.entered_at, _.left_at) / 24)
