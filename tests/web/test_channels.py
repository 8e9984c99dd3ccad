"""Channels: spend, leads, cost and value against the shop's own rows."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

import kadar
from tests.companies import at
from tests.web.shop import CHANNELS, rows

SINCE, UNTIL = at("2025-05-31 16:00"), at("2026-05-31 16:00")


def _told(client: TestClient, address: str = "/channels/channels.json") -> dict[str, dict]:
    return {row["channel"]: row for row in client.get(address).json()["rows"]}


def test_each_channel_has_its_spend_leads_and_conversion(shop_client: TestClient) -> None:
    data, told = rows(), _told(shop_client)
    assert set(told) == set(CHANNELS)
    for channel, row in told.items():
        spent = sum(
            one["amount"]
            for one in data["spend"]
            if one["channel"] == channel and SINCE <= one["spent_at"] < UNTIL
        )
        leads = [one for one in data["leads"]
                 if one["channel"] == channel and SINCE <= one["created_at"] < UNTIL]  # fmt: skip
        in_time = [
            one
            for one in leads
            if one["converted_at"] and (one["converted_at"] - one["created_at"]).days < 90
        ]
        assert row["spend"] == pytest.approx(spent)
        assert row["leads"] == len(leads)
        assert row["conversion"] == pytest.approx(len(in_time) / len(leads))


def test_cost_is_spend_per_customer_won_in_the_span(shop_client: TestClient) -> None:
    data, told = rows(), _told(shop_client)
    firsts: dict[str, list] = {}
    for one in data["orders"]:
        firsts.setdefault(one["customer_id"], []).append(one["ordered_at"])
    for one in data["deals"]:
        if one["outcome"] == "won":
            firsts.setdefault(one["customer_id"], []).append(one["closed_at"])
    channel_of = {one["customer_id"]: one["channel"] for one in data["customers"]}
    for channel, row in told.items():
        won = sum(
            SINCE <= min(moments) < UNTIL and channel_of[customer] == channel
            for customer, moments in firsts.items()
        )
        assert row["customers"] == won
        assert row["cac"] == (pytest.approx(row["spend"] / won) if won else None)


def test_the_page_says_what_the_workspace_says(shop_client: TestClient, shop_folder: Path) -> None:
    asked = kadar.open(shop_folder).ask(
        "clv", variant="to_cac", by=["channel"], grain="all", since="2025-06-01", until="2026-06-01"
    )
    told = _told(shop_client)
    assert {row.dimensions["channel"]: row.value for row in asked} == {
        channel: row["to_cac"] for channel, row in told.items()
    }
    drawn = shop_client.get("/channels/worth.json").json()["rows"]
    known = {row.dimensions["channel"]: row for row in asked if row.value is not None}
    assert {row["channel"]: row["lower"] for row in drawn} == {c: r.lower for c, r in known.items()}
    assert shop_client.get("/channels/cost.svg").status_code == 200


def test_a_channel_leads_to_its_funnel_and_its_kpis(shop_client: TestClient) -> None:
    page = shop_client.get("/channels").text
    assert "/funnel?where=channel%3DPaid+search" in page
    assert "/kpi/clv?variant=to_cac&amp;where=channel%3DReferral" in page


def test_without_spend_and_leads_the_page_says_what_to_map(bare_client: TestClient) -> None:
    page = bare_client.get("/channels").text
    assert "There is no spend and no lead yet" in page
    assert "kadar import spend.csv" in page
