"""Tickets of Malaysia: Malay headers, semicolons, day/month/year."""

from __future__ import annotations

from pathlib import Path

from kadar.demo.company import Company
from kadar.demo.exports.text import Text, Value, european_minute
from kadar.demo.report import EXCLUDED, QUARANTINED, DemoFile, Fault
from kadar.demo.tickets import Ticket

HEADERS = (
    "No. Tiket",
    "ID Pelanggan",
    "Saluran",
    "Kategori",
    "Keutamaan",
    "Pegawai",
    "Status",
    "Tarikh Dicipta",
    "Balasan Automatik Pada",
    "Tarikh Respons Pertama",
    "Tarikh Selesai Pertama",
    "Tarikh Selesai",
    "Bilangan Dibuka Semula",
)
PRIORITIES = {"Low": "Rendah", "Normal": "Biasa", "High": "Tinggi"}


def write(company: Company, folder: Path) -> tuple[list[DemoFile], list[Fault]]:
    """Write the export, one ticket of it opened on 29 February of a year without one."""
    text = Text("exports/tiket_sokongan.csv", "tickets", HEADERS, delimiter=";")
    mine = [ticket for ticket in company.tickets if ticket.country == "MY"]
    for position, ticket in enumerate(mine):
        if ticket.resolved and ticket.resolved < ticket.created:
            text.fault(ticket.id, "Tarikh Selesai", "solved before it was opened", EXCLUDED)
        text.add(_row(ticket))
        if position == 1650:
            text.fault(
                "TKT-00000", "Tarikh Dicipta", "29 February of a year without one", QUARANTINED
            )
            row = _row(ticket)
            row[0], row[7] = "TKT-00000", "29/02/2025 10:41"
            text.add(row)
    return [text.save(folder)], text.faults


def _row(ticket: Ticket) -> list[Value]:
    return [
        ticket.id,
        ticket.customer_id,
        ticket.channel,
        ticket.category,
        PRIORITIES[ticket.priority],
        ticket.owner_id,
        "Selesai" if ticket.resolved else "Terbuka",
        european_minute(ticket.created),
        european_minute(ticket.automated),
        european_minute(ticket.responded),
        european_minute(ticket.first_resolved),
        european_minute(ticket.resolved),
        ticket.reopened,
    ]
