"""Customer effort score."""

from kadar.kpi import POINTS, UP, Crm, Formula, _, kpi


@kpi(unit=POINTS, better=UP, roles=["service"])
def ces(crm: Crm) -> Formula:
    """Mean of the effort answers given in the period, as they were given."""
    return crm.surveys.answered.where(_.kind == "ces").mean(_.score)
