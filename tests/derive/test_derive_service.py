"""Tickets completed from their events; surveys with their scales; deals with their leads."""

from __future__ import annotations

from typing import Any

import pytest
from derive_model import Crm

COLUMNS = "responded_at, resolved_at, first_resolved_at, reopened, status"


def ticket_events(*events: tuple[str, str]) -> list[dict[str, Any]]:
    return [{"ticket_id": "1", "event": e, "occurred_at": f"2024-01-{day}"} for e, day in events]


def day(number: str) -> str:
    return f"2024-01-{number} 00:00:00"


@pytest.mark.parametrize(
    ("own", "events", "expected"),
    [
        # what the row says itself
        ({}, [], (None, None, None, None, "open")),
        ({"resolved_at": "2024-01-05"}, [], (None, day("05"), None, None, "resolved")),
        ({"status": "resolved"}, [], (None, None, None, None, "resolved")),
        # open, yet it was resolved once
        (
            {"resolved_at": "2024-01-05", "status": "open"},
            [],
            (None, None, day("05"), None, "open"),
        ),
        (
            {"resolved_at": "2024-01-05", "first_resolved_at": "2024-01-03", "status": "open"},
            [],
            (None, None, day("03"), None, "open"),
        ),
        # what its events say
        ({}, [("created", "01")], (None, None, None, 0, "open")),
        (
            {},
            [("responded", "03"), ("responded", "02"), ("resolved", "04")],
            (day("02"), day("04"), day("04"), 0, "resolved"),
        ),
        # resolved, reopened and still open: reopened 1 and no resolution
        (
            {},
            [("resolved", "04"), ("reopened", "05")],
            (None, None, day("04"), 1, "open"),
        ),
        (
            {},
            [("resolved", "04"), ("reopened", "05"), ("resolved", "06")],
            (None, day("06"), day("04"), 1, "resolved"),
        ),
        # dates without a time: both on one day
        ({}, [("resolved", "04"), ("reopened", "04")], (None, None, day("04"), 1, "open")),
        (
            {},
            [("resolved", "04"), ("reopened", "06"), ("resolved", "06")],
            (None, day("06"), day("04"), 1, "resolved"),
        ),
        # the row's own values win
        (
            {"responded_at": "2024-01-09", "resolved_at": "2024-01-08", "reopened": 7},
            [("responded", "02"), ("resolved", "04"), ("reopened", "05"), ("resolved", "06")],
            (day("09"), day("08"), day("04"), 7, "resolved"),
        ),
        # … and a resolution of its own is overtaken by a later reopening only
        (
            {"resolved_at": "2024-01-08"},
            [("resolved", "08"), ("reopened", "09")],
            (None, None, day("08"), 1, "open"),
        ),
        (
            {"resolved_at": "2024-01-08"},
            [("resolved", "03"), ("reopened", "04")],
            (None, day("08"), day("03"), 1, "resolved"),
        ),
        (
            {"status": "open"},
            [("resolved", "04")],
            (None, None, day("04"), 0, "open"),
        ),
    ],
)
def test_a_ticket_is_completed_from_its_events(
    crm: Crm,
    own: dict[str, Any],
    events: list[tuple[str, str]],
    expected: tuple[Any, ...],
) -> None:
    crm.put("tickets", {"ticket_id": "1", "created_at": "2024-01-01"} | own)
    if events:
        crm.put("ticket_events", *ticket_events(*events))
    crm.derive()
    assert crm.rows(f"SELECT {COLUMNS} FROM crm.tickets") == [expected]


def test_events_fill_the_days_and_the_working_minutes_too(crm: Crm) -> None:
    crm.put("tickets", {"ticket_id": "1", "created_at": "2024-01-01 10:00:00+00"})
    crm.put(
        "ticket_events",
        {"ticket_id": "1", "event": "responded", "occurred_at": "2024-01-01 10:30:30+00"},
        {"ticket_id": "1", "event": "resolved", "occurred_at": "2024-01-02 10:00:00+00"},
    )
    crm.derive()
    assert crm.rows(
        "SELECT response_working_minutes, resolution_working_minutes, "
        "first_resolution_working_minutes, resolved_on::VARCHAR FROM crm.tickets"
    ) == [(30.5, 540, 540, "2024-01-02")]


def test_a_survey_has_the_scale_of_its_kind(crm: Crm) -> None:
    crm.put(
        "surveys",
        {"survey_id": "1", "kind": "nps"},
        {"survey_id": "2", "kind": "csat"},
        {"survey_id": "3", "kind": "ces", "scale_max": 7},
    )
    crm.derive()
    assert crm.rows("SELECT scale_min, scale_max FROM crm.surveys ORDER BY survey_id") == [
        (0, 10),
        (1, 5),
        (1, 7),
    ]


def test_a_deal_knows_when_its_earliest_lead_came_in(crm: Crm) -> None:
    crm.put(
        "leads",
        {"lead_id": "l1", "created_at": "2024-01-03", "deal_id": "d1"},
        {"lead_id": "l2", "created_at": "2024-01-02", "deal_id": "d1"},
        {"lead_id": "l3", "created_at": "2024-01-04"},
        {"lead_id": "l4", "created_at": "2024-01-01", "deal_id": "d3"},
        {"lead_id": "l5", "deal_id": "d4"},
    )
    crm.put(
        "deals",
        {"deal_id": "d1"},
        {"deal_id": "d2", "lead_id": "l3"},
        {"deal_id": "d3", "lead_id": "l3"},
        {"deal_id": "d4"},
        {"deal_id": "d5", "lead_id": "gone"},
        {"deal_id": "d6"},
    )
    crm.derive()
    assert crm.rows(
        "SELECT deal_id, lead_id, lead_created_at, day(lead_created_on) FROM crm.deals ORDER BY 1"
    ) == [
        ("d1", "l2", day("02"), 2),
        ("d2", "l3", day("04"), 4),
        ("d3", "l3", day("01"), 1),
        ("d4", "l5", None, None),
        ("d5", "gone", None, None),
        ("d6", None, None, None),
    ]


def test_tickets_that_nobody_lists_are_made_of_their_events(crm: Crm) -> None:
    crm.put(
        "ticket_events",
        {"ticket_id": "1", "event": "created", "occurred_at": "2024-01-01 10:00:00+00"},
        {"ticket_id": "1", "event": "responded", "occurred_at": "2024-01-01 10:30:00+00"},
        {"ticket_id": "1", "event": "resolved", "occurred_at": "2024-01-02 11:00:00+00"},
        {"ticket_id": "2", "event": "created", "occurred_at": "2024-01-03 10:00:00+00"},
        {"ticket_id": "3", "event": "resolved", "occurred_at": "2024-01-04 10:00:00+00"},
    )
    crm.derive()
    assert crm.rows(
        "SELECT ticket_id, created_at, created_on::VARCHAR, responded_at, resolved_at, status, "
        "round(response_minutes), source FROM crm.tickets ORDER BY 1"
    ) == [
        ("1", "2024-01-01 10:00:00", "2024-01-01", "2024-01-01 10:30:00",
         "2024-01-02 11:00:00", "resolved", 30, "kadar"),
        ("2", "2024-01-03 10:00:00", "2024-01-03", None, None, "open", 1440, "kadar"),
        ("3", None, None, None, "2024-01-04 10:00:00", "resolved", None, "kadar"),
    ]  # fmt: skip
    carried = crm.rows('SELECT "column" FROM crm.carried WHERE "table" = \'tickets\'')
    assert {("ticket_id",), ("created_at",), ("responded_at",), ("created_on",)} <= {*carried}


def test_events_of_unlisted_tickets_make_none_beside_a_list(crm: Crm) -> None:
    crm.put("tickets", {"ticket_id": "1", "created_at": "2024-01-01"})
    crm.put("ticket_events", {"ticket_id": "2", "event": "created", "occurred_at": "2024-01-03"})
    crm.derive()
    assert crm.rows("SELECT ticket_id FROM crm.tickets") == [("1",)]
