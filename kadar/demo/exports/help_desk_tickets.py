"""Tickets of Singapore, Indonesia and China: a help desk's CSV in English."""

from __future__ import annotations

from pathlib import Path

from kadar.demo.company import Company
from kadar.demo.exports.text import Text, minute
from kadar.demo.report import EXCLUDED, DemoFile, Fault

HEADERS = (
    "Ticket ID",
    "Account ID",
    "Channel",
    "Category",
    "Priority",
    "Assignee",
    "Assignee ID",
    "Status",
    "Created At",
    "Auto Reply At",
    "First Response At",
    "First Resolved At",
    "Resolved At",
    "Reopens",
)


def write(company: Company, folder: Path) -> tuple[list[DemoFile], list[Fault]]:
    """Write the export."""
    names = {person.id: person.name for person in company.people}
    text = Text("exports/help_desk_tickets.csv", "tickets", HEADERS)
    for ticket in company.tickets:
        if ticket.country == "MY":
            continue
        if ticket.resolved and ticket.resolved < ticket.created:
            text.fault(ticket.id, "Resolved At", "solved before it was opened", EXCLUDED)
        text.add(
            (
                ticket.id,
                ticket.customer_id,
                ticket.channel,
                ticket.category,
                ticket.priority,
                names[ticket.owner_id],
                ticket.owner_id,
                "Solved" if ticket.resolved else "Open",
                minute(ticket.created),
                minute(ticket.automated),
                minute(ticket.responded),
                minute(ticket.first_resolved),
                minute(ticket.resolved),
                ticket.reopened,
            )
        )
    return [text.save(folder)], text.faults
