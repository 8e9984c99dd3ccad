"""Surveys: the quarterly NPS round (0 to 10) and CSAT after tickets (1 to 5), one CSV each."""

from __future__ import annotations

from pathlib import Path

from kadar.demo.company import Company
from kadar.demo.exports.text import Text, Value, minute
from kadar.demo.report import QUARANTINED, UNKNOWN, DemoFile, Fault
from kadar.demo.surveys import Survey

NPS = (
    "Response ID",
    "Account ID",
    "Contact ID",
    "Sent At",
    "Answered At",
    "NPS Score",
    "Comment",
    "Channel",
)
CSAT = (
    "Response ID",
    "Ticket ID",
    "Account ID",
    "Contact ID",
    "Sent At",
    "Answered At",
    "CSAT Score",
    "Comment",
    "Channel",
)


def write(company: Company, folder: Path) -> tuple[list[DemoFile], list[Fault]]:
    """Write both, with NPS answers that say N/A and one outside its scale."""
    nps = Text("exports/nps_responses.csv", "surveys", NPS)
    answers = 0
    for survey in company.nps:
        nps.add(_row(survey))
        if survey.answered is None:
            continue
        answers += 1
        if answers in (300, 1100, 1900):
            key = f"NPS-9{answers:04d}"
            nps.fault(key, "NPS Score", "answered without a score", UNKNOWN)
            nps.add([key, *_row(survey)[1:5], "N/A", "", "Email"])
        if answers == 1500:
            nps.fault("NPS-99999", "NPS Score", "-1 on a scale from 0 to 10", QUARANTINED)
            # a comment of two lines: what a reader of lines trips over
            nps.add(
                ["NPS-99999", *_row(survey)[1:5], -1, "Tak mahu jawab.\nRather not say", "Email"]
            )
    csat = Text("exports/csat_responses.csv", "surveys", CSAT)
    for survey in company.csat:
        csat.add([survey.id, survey.ticket_id, *_row(survey)[1:]])
    return [nps.save(folder), csat.save(folder)], nps.faults


def _row(survey: Survey) -> list[Value]:
    return [
        survey.id,
        survey.customer_id,
        survey.contact_id,
        minute(survey.sent),
        minute(survey.answered),
        survey.score,
        survey.comment,
        survey.channel,
    ]
