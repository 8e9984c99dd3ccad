"""Leads of Malaysia, Singapore and Indonesia: a report, CSV in UTF-8."""

from __future__ import annotations

from pathlib import Path

from kadar.demo.company import Company
from kadar.demo.exports.text import Text, Value, minute
from kadar.demo.leads import Lead
from kadar.demo.people import COUNTRY_NAMES
from kadar.demo.report import QUARANTINED, DemoFile, Fault

HEADERS = (
    "Lead ID",
    "Contact Name",
    "Company",
    "Lead Source",
    "Country",
    "Lead Status",
    "Lead Owner",
    "Lead Owner ID",
    "Campaign ID",
    "Created Date",
    "Converted Date",
    "Converted Account ID",
    "Converted Opportunity ID",
    "Disqualified Date",
    "Disqualified Reason",
)


def write(company: Company, folder: Path) -> tuple[list[DemoFile], list[Fault]]:
    """Write the report, one lead of it created on a day there was not."""
    names = {person.id: person.name for person in company.people}
    text = Text("exports/leads.csv", "leads", HEADERS)
    mine = [lead for lead in company.leads if lead.country != "CN"]
    for position, lead in enumerate(mine):
        text.add(_row(lead, names[lead.owner_id]))
        if position == 1203:
            text.fault("L199999", "Created Date", "there was no such day", QUARANTINED)
            row = _row(lead, names[lead.owner_id])
            row[0], row[9] = "L199999", "2024-02-30 09:15"
            text.add(row)
    return [text.save(folder)], text.faults


def _row(lead: Lead, owner: str) -> list[Value]:
    return [
        lead.id,
        lead.contact,
        lead.company,
        lead.channel,
        COUNTRY_NAMES[lead.country],
        lead.status,
        owner,
        lead.owner_id,
        lead.campaign_id,
        minute(lead.created),
        minute(lead.converted),
        lead.customer_id,
        lead.deal_id,
        minute(lead.disqualified),
        lead.disqualified_reason,
    ]
