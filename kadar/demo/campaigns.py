"""Campaigns: what the example company ran, one of them with a group left out to compare."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(slots=True, frozen=True)
class Campaign:
    """A marketing effort from its first to its last day."""

    id: str
    name: str
    channel: str
    started: date
    ended: date
    cost: float = 0.0  # MYR, beside the media of the paid search account
    countries: tuple[str, ...] = ("MY", "SG", "ID", "CN")


REBATE = Campaign(
    "CMP-2025-03",
    "Loyalty rebate 2025",
    "Email",
    date(2025, 3, 3),
    date(2025, 6, 30),
    38_000,
    ("MY", "SG"),
)
PAID_SEARCH = {
    year: Campaign(
        f"CMP-{year}-PS", f"Search ads {year}", "Paid Search", date(year, 1, 1), date(year, 12, 31)
    )
    for year in (2023, 2024, 2025, 2026)
}
EVENTS = [
    Campaign(
        "CMP-2023-E1",
        "Office Expo KL 2023",
        "Event",
        date(2023, 10, 11),
        date(2023, 10, 14),
        64_000,
        ("MY", "SG"),
    ),
    Campaign(
        "CMP-2024-E1",
        "Canton Fair spring 2024",
        "Event",
        date(2024, 4, 15),
        date(2024, 4, 19),
        82_000,
        ("CN", "ID"),
    ),
    Campaign(
        "CMP-2024-E2",
        "Office Expo KL 2024",
        "Event",
        date(2024, 10, 9),
        date(2024, 10, 12),
        70_000,
        ("MY", "SG"),
    ),
    Campaign(
        "CMP-2025-E1",
        "Canton Fair spring 2025",
        "Event",
        date(2025, 4, 15),
        date(2025, 4, 19),
        88_000,
        ("CN", "ID"),
    ),
    Campaign(
        "CMP-2025-E2",
        "Office Expo KL 2025",
        "Event",
        date(2025, 10, 8),
        date(2025, 10, 11),
        76_000,
        ("MY", "SG"),
    ),
    Campaign(
        "CMP-2026-E1",
        "Canton Fair spring 2026",
        "Event",
        date(2026, 4, 15),
        date(2026, 4, 19),
        91_000,
        ("CN", "ID"),
    ),
]
CAMPAIGNS = [*PAID_SEARCH.values(), *EVENTS, REBATE]


@dataclass(slots=True, frozen=True)
class Member:
    """A customer chosen for a campaign, or left out of it on purpose."""

    campaign_id: str
    customer_id: str
    arm: str  # treated, control
    joined: date


def event_of(day: date, country: str) -> Campaign | None:
    """Return the event whose leads come in that day: up to six weeks after it began."""
    for event in EVENTS:
        if country in event.countries and 0 <= (day - event.started).days <= 42:
            return event
    return None
