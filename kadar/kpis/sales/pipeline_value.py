"""Pipeline value."""

from kadar.kpi import MONEY, UP, Crm, Formula, _, kpi


@kpi(unit=MONEY, better=UP, roles=["sales"])
def pipeline_value(crm: Crm) -> Formula:
    """Amount of the deals that were open when the period closed."""
    return crm.deals.open.where(_.at_closing).sum(_.amount)
