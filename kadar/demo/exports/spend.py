"""Spend: the agency's sheet of search ads in dollars, and the ledger in ringgit."""

from __future__ import annotations

from pathlib import Path

from kadar.demo.campaigns import PAID_SEARCH
from kadar.demo.company import Company
from kadar.demo.exports.text import Text, money
from kadar.demo.rates import rates
from kadar.demo.report import DemoFile, Fault

ADS = (
    "Week",
    "Campaign",
    "Campaign ID",
    "Channel",
    "Category",
    "Team",
    "Clicks",
    "Cost",
    "Currency",
)
LEDGER = (
    "Entry ID",
    "Expense Date",
    "Channel",
    "Campaign ID",
    "Category",
    "Team",
    "Amount",
    "Currency",
)


def write(company: Company, folder: Path) -> tuple[list[DemoFile], list[Fault]]:
    """Write both and the exchange rates; the agency's sheet has no id of its own."""
    names = {campaign.id: campaign.name for campaign in PAID_SEARCH.values()}
    ads = Text("exports/search_ads_spend.csv", "spend", ADS)
    for entry in company.ads:
        ads.add(
            (
                entry.day.isoformat(),
                names[entry.campaign_id or ""],
                entry.campaign_id,
                entry.channel,
                entry.category,
                entry.team,
                entry.amount // 140,
                f"${money(entry.amount)}",
                entry.currency,
            )
        )
    ledger = Text("exports/marketing_sales_spend.csv", "spend", LEDGER)
    for entry in company.ledger:
        ledger.add(
            (
                entry.id,
                entry.day.isoformat(),
                entry.channel,
                entry.campaign_id,
                entry.category,
                entry.team,
                f"RM {money(entry.amount)}",
                entry.currency,
            )
        )
    fx = Text("exports/fx_rates.csv", "fx_rates", ("Currency", "Valid From", "Exchange Rate"))
    for currency, day, value in rates():
        fx.add((currency, day.isoformat(), f"{value:.4f}"))
    return [ads.save(folder), ledger.save(folder), fx.save(folder)], []
