"""Survey response rate."""

from kadar.kpi import PERCENT, UP, Crm, Formula, _, kpi


@kpi(unit=PERCENT, better=UP, roles=["service", "marketing"])
def survey_response_rate(crm: Crm) -> Formula:
    """Share of the surveys sent in the period that were answered."""
    sent = crm.surveys.sent
    return sent.count(_.answered_at.notnull()) / sent.count()
