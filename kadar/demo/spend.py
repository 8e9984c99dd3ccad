"""Spend: what winning customers cost, media in dollars and the rest in ringgit."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from kadar.demo.campaigns import EVENTS, PAID_SEARCH, REBATE
from kadar.demo.deals import Deal
from kadar.demo.rates import rate
from kadar.demo.seasons import CLOSES, OPENS, stream

# each month's entries: day, channel, category, team, ringgit, spread, growth over three years
MONTHLY: list[tuple[int, str | None, str, str, float, float, float]] = [
    (5, None, "tools", "marketing", 3_900, 0.0, 0.3),
    (12, "Web", "agency", "marketing", 6_500, 0.1, 0.0),
    (18, "Partner", "other", "marketing", 4_200, 0.3, 0.0),
    (20, "Referral", "other", "marketing", 1_800, 0.4, 0.0),
    (25, None, "salaries", "sales", 46_000, 0.0, 0.3),
    (25, None, "salaries", "marketing", 17_000, 0.0, 0.3),
]
COMMISSION = 0.02  # of what was won in the month


@dataclass(slots=True)
class Spend:
    """One amount spent on winning customers, in hundredths of its currency."""

    day: date
    channel: str | None
    campaign_id: str | None
    category: str
    team: str
    amount: int
    currency: str = "MYR"
    id: str = ""


def ads() -> list[Spend]:
    """Return the search account, week by week in dollars.

    The price of a click nearly triples from the middle of 2025 while the leads stay as they were.
    """
    numbers = stream("ads")
    made = []
    day = OPENS.date() + timedelta(days=2)  # a Monday
    while day < CLOSES.date():
        dearer = 1.0 + max(0.0, min(1.8, (day - date(2025, 6, 1)).days / 200))
        amount = round(115_000 * dearer * numbers.uniform(0.85, 1.15))
        campaign = PAID_SEARCH[day.year].id
        made.append(Spend(day, "Paid Search", campaign, "media", "marketing", amount, "USD"))
        day += timedelta(days=7)
    return made


def ledger(deals: list[Deal]) -> list[Spend]:
    """Return the ledger's entries in ringgit, in the order they were posted."""
    numbers = stream("ledger")
    won: dict[tuple[int, int], float] = defaultdict(float)
    for deal in deals:
        if deal.outcome == "won" and deal.closed:
            month = (deal.closed.year, deal.closed.month)
            won[month] += deal.amount * rate(deal.currency, *month)
    made: list[Spend] = []
    for offset in range(36):
        year, number = 2023 + (offset + 6) // 12, (offset + 6) % 12 + 1
        for day, channel, category, team, ringgit, spread, growth in MONTHLY:
            factor = (1 + growth * offset / 36) * numbers.uniform(1 - spread, 1 + spread)
            amount = round(100 * ringgit * factor)
            made.append(Spend(date(year, number, day), channel, None, category, team, amount))
        amount = round(100 * COMMISSION * won[year, number])
        made.append(Spend(date(year, number, 28), None, None, "commissions", "sales", amount))
    for campaign in [*EVENTS, REBATE]:
        category = "events" if campaign.channel == "Event" else "other"
        made.append(
            Spend(
                campaign.started,
                campaign.channel,
                campaign.id,
                category,
                "marketing",
                round(100 * campaign.cost),
            )
        )
    made.sort(key=lambda entry: entry.day)
    for position, entry in enumerate(made):
        entry.id = f"GL-{position + 1:05d}"
    return made
