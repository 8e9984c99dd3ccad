"""Stage conversion."""

from kadar.kpi import PERCENT, UP, Crm, Formula, _, kpi


@kpi(unit=PERCENT, better=UP, roles=["sales"])
def stage_conversion(crm: Crm) -> Formula:
    """Share of the stays in a stage begun in the period that have moved on.

    Ask it `--by stage`.
    """
    entered = crm.deal_stages.entered
    return (entered.count(_.left_at.notnull()) / entered.count()).unfinished(
        entered.count(_.left_at.isnull())
    )
