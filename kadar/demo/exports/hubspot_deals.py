"""HubSpot deals: Malaysia and Indonesia, CSV with a byte order mark, the portal's local time."""

from __future__ import annotations

from pathlib import Path

from kadar.demo.company import Company
from kadar.demo.deals import Deal
from kadar.demo.exports.text import Text, Value, minute
from kadar.demo.report import QUARANTINED, DemoFile, Fault

HEADERS = (
    "Record ID",
    "Deal Name",
    "Deal Stage",
    "Amount",
    "Currency",
    "Close Date",
    "Deal owner",
    "HubSpot Owner ID",
    "Pipeline",
    "Deal Type",
    "Create Date",
    "Associated Company",
    "Associated Company IDs",
    "Lead ID",
    "Original Source",
    "Campaign ID",
    "Product",
    "Closed Lost Reason",
)
KINDS = {"new": "New Business", "renewal": "Renewal", "expansion": "Expansion"}
PATH = "exports/hubspot-crm-exports-all-deals.csv"
LATER = "later/hubspot-crm-exports-all-deals.csv"


def write(company: Company, folder: Path) -> tuple[list[DemoFile], list[Fault]]:
    """Write the export, with a deal listed twice and one whose amount is no number."""
    names = {person.id: person.name for person in company.people}
    text = Text(PATH, "deals", HEADERS)
    for position, deal in enumerate(mine(company)):
        text.add(_row(deal, names))
        if position == 640:
            text.fault(deal.id, "Record ID", "listed again with another amount", QUARANTINED)
            text.add(_row(deal, names, amount=f"{deal.amount * 1.4:.2f}"))
        if position == 915:
            text.fault("38999999001", "Amount", "the amount is no number", QUARANTINED)
            text.add(_row(deal, names, amount="to be confirmed", key="38999999001"))
    return [text.save(folder, "utf-8-sig")], text.faults


def write_later(company: Company, folder: Path) -> tuple[list[DemoFile], list[str], list[str]]:
    """Write the export of a week later: amounts corrected, wins taken back, deals deleted.

    Returns the file, the ids of edited deals and the ids of deals that are gone.
    """
    names = {person.id: person.name for person in company.people}
    text = Text(LATER, "deals", HEADERS)
    won = [deal.id for deal in mine(company) if deal.outcome == "won"][-60:]
    corrected, taken_back, removed = set(won[::6]), set(won[3::15]), set(won[4::30])
    for deal in mine(company):
        if deal.id in removed:
            continue
        if deal.id in taken_back:
            text.add(_row(deal, names, stage="Closed lost", reason="Cancelled"))
        elif deal.id in corrected:
            text.add(_row(deal, names, amount=f"{deal.amount * 0.85:.2f}"))
        else:
            text.add(_row(deal, names))
    edited = sorted((corrected | taken_back) - removed)
    return [text.save(folder, "utf-8-sig")], edited, sorted(removed)


def mine(company: Company) -> list[Deal]:
    """Return the deals that are kept in HubSpot."""
    return [deal for deal in company.deals if deal.country in ("MY", "ID")]


def _row(
    deal: Deal,
    names: dict[str, str],
    *,
    amount: str | None = None,
    key: str | None = None,
    stage: str | None = None,
    reason: str | None = None,
) -> list[Value]:
    label = deal.stages[-1][0].capitalize()  # HubSpot writes "Closed won"
    return [
        key or deal.id,
        deal.name,
        stage or label,
        amount or f"{deal.amount:.2f}",
        deal.currency,
        minute(deal.closed or deal.expected),
        names[deal.owner_id],
        deal.owner_id,
        "Sales Pipeline",
        KINDS[deal.kind],
        minute(deal.created),
        deal.customer,
        deal.customer_id,
        deal.lead_id,
        deal.channel,
        deal.campaign_id,
        deal.product,
        reason or deal.lost_reason,
    ]
