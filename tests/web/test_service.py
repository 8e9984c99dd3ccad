"""Service: queues, open tickets and the hours of the week, against the shop's own rows."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from statistics import median

import pytest
from fastapi.testclient import TestClient

import kadar
from tests.companies import at
from tests.web.shop import rows

SINCE, UNTIL = at("2025-05-31 16:00"), at("2026-05-31 16:00")  # whole months in Kuala Lumpur
KNOWN = at("2026-06-12 16:00")


@pytest.fixture(scope="module")
def tickets() -> list:
    return rows()["tickets"]


@pytest.mark.parametrize("by", ["channel", "category", "priority", "owner_id"])
def test_queues_count_the_open_tickets_with_their_ages(
    shop_client: TestClient, tickets: list, by: str
) -> None:
    still = [row for row in tickets if row["resolved_at"] is None]
    told = shop_client.get(f"/service/queues.json?by={by}").json()["rows"]
    names = {row[by] if by != "owner_id" else f"Agent {row[by][1:]}" for row in tickets}
    assert {row["name"] for row in told} == names
    for row in told:
        mine = [
            one
            for one in still
            if (one[by] if by != "owner_id" else f"Agent {one[by][1:]}") == row["name"]
        ]
        assert row["open"] == len(mine)
        assert row["unanswered"] == sum(one["responded_at"] is None for one in mine)
        ages = [(KNOWN - one["created_at"]).total_seconds() / 3600 for one in mine]
        assert row["median_age"] == (pytest.approx(median(ages)) if ages else None)
        assert row["oldest_age"] == (pytest.approx(max(ages)) if ages else None)


def test_queues_agree_with_the_kpis(shop_client: TestClient, shop_folder: Path) -> None:
    workspace = kadar.open(shop_folder)
    told = {row["name"]: row for row in shop_client.get("/service/queues.json").json()["rows"]}
    for row in workspace.ask("backlog", by=["channel"], grain="all"):
        assert told[row.dimensions["channel"]]["open"] == row.value
    asked = workspace.ask(
        "first_response_time", by=["channel"], grain="all", since="2025-06-01", until="2026-06-01"
    )
    for row in asked:
        assert told[row.dimensions["channel"]]["first_response"] == row.value


def test_the_oldest_open_tickets_come_first_and_narrow_to_a_queue(
    shop_client: TestClient, tickets: list
) -> None:
    still = sorted(
        (row for row in tickets if row["resolved_at"] is None), key=lambda row: row["created_at"]
    )
    told = shop_client.get("/service/open.json").json()["rows"]
    assert [row["ticket_id"] for row in told] == [row["ticket_id"] for row in still]
    chat = shop_client.get("/service/open.json?by=channel&queue=Chat").json()["rows"]
    assert [row["ticket_id"] for row in chat] == [
        row["ticket_id"] for row in still if row["channel"] == "Chat"
    ]
    assert shop_client.get("/service/open.json?queue=%27%20OR%201%3D1").json()["rows"] == []


def test_the_week_is_counted_in_the_companys_zone(shop_client: TestClient, tickets: list) -> None:
    came: Counter[tuple[int, int]] = Counter()
    waited: dict[tuple[int, int], list[float]] = {}
    for row in tickets:
        if SINCE <= row["created_at"] < UNTIL:
            local = row["created_at"] + timedelta(hours=8)
            place = (local.isoweekday(), local.hour)
            came[place] += 1
            if row["responded_at"]:
                wait = (row["responded_at"] - row["created_at"]).total_seconds() / 3600
                waited.setdefault(place, []).append(wait)
    told = shop_client.get("/service/waits.json").json()
    cells = {(one["weekday"], one["hour"]): one for one in told["hours"]}
    assert {place: one["tickets"] for place, one in cells.items()} == came
    for place, one in cells.items():
        assert one["answered"] == len(waited.get(place, []))
        known = waited.get(place)
        assert one["wait"] == (pytest.approx(median(known), rel=1e-6) if known else None)
    assert len(told["rows"]) == 7
    assert "Hours of Asia/Kuala_Lumpur, when the ticket came in." in told["notes"]
    assert shop_client.get("/service/arrivals.svg").text.startswith("<svg")


def test_weekdays_begin_as_the_companys_week_does_in_the_readers_language(
    shop_client: TestClient,
) -> None:
    days = [
        shop_client.get(f"/service/arrivals.json?lang={code}").json()["rows"][0]["day"]
        for code in ("en", "ms", "zh_CN")
    ]
    assert days == ["Mon", "Isn", "周一"]


def test_a_company_without_tickets_is_told_what_to_map(bare_client: TestClient) -> None:
    answer = bare_client.get("/service")
    assert answer.status_code == 200
    assert "There are no tickets yet" in answer.text
    assert "kadar import tickets.csv" in answer.text
    assert "responded_at" in answer.text


def test_filters_hold_for_every_panel(shop_client: TestClient, tickets: list) -> None:
    def rows_of(panel: str, **asked: str) -> list:
        told = shop_client.get(f"/service/{panel}.json", params=asked)
        assert told.status_code == 200
        return told.json()["rows"]

    chosen = tickets[0]["channel"]
    mine = [one for one in tickets if one["channel"] == chosen]
    still = [one for one in mine if one["resolved_at"] is None]
    assert 0 < len(still) < sum(one["resolved_at"] is None for one in tickets)
    where = f"channel={chosen}"
    queues = rows_of("queues", where=where)
    assert [(row["name"], row["open"]) for row in queues] == [(chosen, len(still))]
    told = {row["ticket_id"] for row in rows_of("open", where=where)}
    assert told == {one["ticket_id"] for one in still}
    hours = shop_client.get("/service/arrivals.json", params={"where": where}).json()["hours"]
    within = [one for one in mine if SINCE <= one["created_at"] < UNTIL]
    assert sum(one["tickets"] for one in hours) == len(within) > 0
    page = shop_client.get("/service", params={"where": "channel=nowhere"})
    assert page.status_code == 200
    assert "No channel is nowhere." in page.text
