"""The funnel: counts and days against the shop's own rows."""

from __future__ import annotations

from pathlib import Path
from statistics import median

import pytest
from fastapi.testclient import TestClient

import kadar
from tests.companies import at
from tests.web.shop import STAGES, rows

SINCE, UNTIL = at("2025-05-31 16:00"), at("2026-05-31 16:00")  # whole months in Kuala Lumpur
KNOWN = at("2026-06-12 16:00")


@pytest.fixture(scope="module")
def data() -> dict[str, list]:
    return rows()


def test_the_steps_count_the_leads_and_deals_of_the_last_twelve_months(
    shop_client: TestClient, data: dict[str, list]
) -> None:
    leads = [row for row in data["leads"] if SINCE <= row["created_at"] < UNTIL]
    deals = [row for row in data["deals"] if SINCE <= row["created_at"] < UNTIL]
    told = shop_client.get("/funnel/steps.json").json()["rows"]
    assert [row["count"] for row in told] == [
        len(leads),
        sum(row["converted_at"] is not None for row in leads),
        len(deals),
        sum(row["outcome"] == "won" for row in deals),
    ]
    assert told[1]["share"] == pytest.approx(told[1]["count"] / told[0]["count"])
    assert told[3]["share"] == pytest.approx(told[3]["count"] / told[2]["count"])
    assert "2025-06-01 .. 2026-05-31" in shop_client.get("/funnel").text


def test_stages_stand_in_their_order_with_median_days_and_what_is_open(
    shop_client: TestClient, data: dict[str, list]
) -> None:
    told = shop_client.get("/funnel/stages.json").json()["rows"]
    assert [row["stage"] for row in told] == list(STAGES)
    for row in told:
        stays = [one for one in data["deal_stages"] if one["stage"] == row["stage"]]
        ended = [one for one in stays if one["left_at"] and SINCE <= one["left_at"] < UNTIL]
        begun = [one for one in stays if SINCE <= one["entered_at"] < UNTIL]
        days = [(one["left_at"] - one["entered_at"]).total_seconds() / 86_400 for one in ended]
        assert row["days"] == pytest.approx(median(days), rel=1e-6)
        assert row["stays"] == len(days)
        assert row["entered"] == len(begun)
        assert row["moved_on"] == pytest.approx(
            sum(one["left_at"] is not None for one in begun) / len(begun)
        )
        there = [one for one in data["deals"] if one["stage"] == row["stage"]]
        still = [one["amount"] for one in there if one["outcome"] == "open"]
        assert row["open"] == len(still)
        assert row["value"] == pytest.approx(sum(still))


def test_the_deals_that_stay_longest_come_first(
    shop_client: TestClient, data: dict[str, list]
) -> None:
    deals = {row["deal_id"]: row for row in data["deals"]}
    still = [one for one in data["deal_stages"]
             if one["left_at"] is None and deals[one["deal_id"]]["outcome"] == "open"]  # fmt: skip
    still.sort(key=lambda one: one["entered_at"])
    told = shop_client.get("/funnel/waiting.json").json()["rows"]
    assert [row["deal_id"] for row in told] == [one["deal_id"] for one in still]
    for row, one in zip(told, still, strict=True):
        waited = (KNOWN - one["entered_at"]).total_seconds() / 86_400
        assert row["days"] == pytest.approx(waited)
        assert row["owner"] == f"Agent {deals[row['deal_id']]['owner_id'][1:]}"


def test_span_and_filters_change_what_is_counted(
    shop_client: TestClient, data: dict[str, list]
) -> None:
    told = shop_client.get("/funnel/steps.json?months=3&where=channel%3DEvent").json()["rows"]
    spring = [row for row in data["leads"] if at("2026-02-28 16:00") <= row["created_at"] < UNTIL]
    leads = [row for row in spring if row["channel"] == "Event"]
    assert told[0]["count"] == len(leads) > 0


def test_the_page_says_what_the_workspace_says(shop_client: TestClient, shop_folder: Path) -> None:
    (asked,) = kadar.open(shop_folder).ask(
        "lead_conversion_rate", variant="ever", grain="all", since="2025-06-01", until="2026-06-01"
    )
    told = shop_client.get("/funnel/steps.json").json()["rows"][1]
    assert told["share"] == asked.value
    assert (told["lower"], told["upper"]) == (asked.lower, asked.upper)


def test_without_leads_and_deals_the_page_says_what_to_map(bare_client: TestClient) -> None:
    answer = bare_client.get("/funnel")
    assert answer.status_code == 200
    assert "There are no leads and no deals yet" in answer.text
    assert "kadar import deals.csv" in answer.text
    assert "[[sources]]" in answer.text


def test_a_filter_nothing_has_is_refused_in_its_panel(shop_client: TestClient) -> None:
    page = shop_client.get("/funnel?where=channel%3DTelepathy").text
    assert "No channel is Telepathy." in page
    assert "These exist: " in page
    assert shop_client.get("/funnel?where=channel").status_code == 400
