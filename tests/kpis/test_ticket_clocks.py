"""What stops the clock of a ticket, and what does not: cases worked out by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kadar.answer import Row
from kadar.workspace import Workspace
from tests.companies import at, company

# 2 February 2026 is a Monday
KNOWN = 'observed_until = "2026-02-28"\nworking_hours = { mon = ["09:00-17:00"], '
KNOWN += ", ".join(f'{day} = ["09:00-17:00"]' for day in ("tue", "wed", "thu", "fri")) + " }"


def desk(
    folder: Path, *events: tuple[Any, ...], toml: str = KNOWN, kpi: str = "", **ticket: Any
) -> Workspace:
    """One ticket of Monday 09:00 and its events: moment, event and who (or True for a bot)."""
    rows = []
    for moment, event, *who in events:
        row = {"ticket_id": "t", "occurred_at": at(moment), "event": event}
        if who:
            row["automated" if isinstance(who[0], bool) else "owner_id"] = who[0]
        rows.append(row)
    return company(
        folder,
        toml=toml,
        kpi=kpi,
        tickets=[{"ticket_id": "t", "created_at": at("2026-02-02 09:00"), **ticket}],
        ticket_events=rows,
        people=[{"person_id": "7", "name": "Ana"}, {"person_id": "9", "role": "Bot"}],
        columns={"tickets": ["responded_at", "resolved_at", "first_resolved_at", "reopened"]},
    )


def minutes(work: Workspace, kpi: str, variant: str | None = None) -> float | None:
    row = answer(work, kpi, variant)
    return None if row.value is None else round(row.value * 60, 6)


def answer(work: Workspace, kpi: str, variant: str | None = None) -> Row:
    (row,) = work.ask(kpi, variant=variant, grain="all").rows
    return row


@pytest.mark.parametrize("bot", [True, "9"])
def test_a_bots_close_is_no_answer_and_the_wait_begins_with_the_reopening(
    tmp_path: Path, bot: bool | str
) -> None:
    work = desk(
        tmp_path,
        ("2026-02-02 09:05", "resolved", bot),
        ("2026-02-06 14:00", "reopened"),
        ("2026-02-06 14:10", "responded", "7"),
    )
    assert minutes(work, "first_response_time") == 10
    assert minutes(work, "first_response_time", "business") == 10
    assert minutes(work, "first_response_time", "from_creation") == 4 * 1440 + 310
    assert work.ask("resolution_time", grain="all").rows == []
    assert answer(work, "backlog").value == 1


def test_a_bot_neither_answers_nor_resolves(tmp_path: Path) -> None:
    work = desk(
        tmp_path,
        ("2026-02-02 09:01", "responded", True),
        ("2026-02-02 12:00", "responded", "7"),
        ("2026-02-03 09:00", "resolved", True),
        ("2026-02-03 10:00", "resolved", "7"),
    )
    assert minutes(work, "first_response_time") == 180
    assert minutes(work, "resolution_time") == 25 * 60
    assert minutes(work, "resolution_time", "first") == 25 * 60


def test_what_only_a_bot_resolved_is_counted_beside_it(tmp_path: Path) -> None:
    work = desk(tmp_path, ("2026-02-03 09:00", "resolved", True))
    for variant in ("default", "first", "by_created", "business", "within_target"):
        row = answer(work, "resolution_time", variant)
        assert (row.value, row.excluded["resolved_by_a_bot"]) == (None, 1)
    assert answer(work, "backlog").value == 0


def test_the_reply_a_ticket_calls_automatic_is_none(tmp_path: Path) -> None:
    moment = at("2026-02-02 09:02")
    work = desk(
        tmp_path,
        ("2026-02-02 09:02", "responded"),
        ("2026-02-02 10:00", "responded"),
        responded_at=moment,
        automated_reply_at=moment,
    )
    assert minutes(work, "first_response_time") == 60


def test_waiting_for_the_customer_does_not_count(tmp_path: Path) -> None:
    events = [
        ("2026-02-02 16:00", "paused"),
        ("2026-02-02 16:30", "paused"),  # again: no change
        ("2026-02-03 10:00", "resumed"),
        ("2026-02-03 11:00", "resolved"),
        ("2026-02-04 09:00", "reopened"),
        ("2026-02-04 10:00", "paused"),
        ("2026-02-04 12:00", "resolved"),  # ends the pause
    ]
    (tmp_path / "a").mkdir()
    work = desk(tmp_path / "a", *events[::-1])  # in whatever order they come
    assert minutes(work, "resolution_time", "elapsed") == 2 * 1440 + 180
    assert minutes(work, "resolution_time") == 2 * 1440 + 180 - 18 * 60 - 120
    # Monday 8 h, Tuesday 8 h, Wednesday 3 h; the pauses take 1 h, 1 h and 2 h
    assert minutes(work, "resolution_time", "business") == (19 - 4) * 60
    # open: Monday 09-16, Tuesday 10-11, Wednesday 09-10
    assert minutes(work, "resolution_time", "handled") == 9 * 60
    assert minutes(work, "resolution_time", "handled_business") == 9 * 60
    (tmp_path / "b").mkdir()
    work = desk(tmp_path / "b", *events, kpi="[tickets]\ncount_pauses = true")
    assert minutes(work, "resolution_time") == 2 * 1440 + 180
    assert minutes(work, "resolution_time", "business") == 19 * 60
    assert minutes(work, "resolution_time", "handled") == 9 * 60


def test_a_reply_at_night_costs_no_working_time(tmp_path: Path) -> None:
    work = desk(
        tmp_path,
        ("2026-02-02 23:00", "responded"),
        created_at=at("2026-02-02 18:00"),
    )
    assert minutes(work, "first_response_time") == 300
    assert minutes(work, "first_response_time", "business") == 0


def test_a_question_at_night_waits_from_the_next_opening(tmp_path: Path) -> None:
    work = desk(
        tmp_path,
        ("2026-02-09 09:30", "responded"),
        created_at=at("2026-02-06 20:00"),  # a Friday
    )
    assert minutes(work, "first_response_time", "business") == 30


def test_solved_reopened_and_solved_again(tmp_path: Path) -> None:
    work = desk(
        tmp_path,
        ("2026-02-02 10:00", "resolved"),
        ("2026-02-02 10:00", "reopened"),
        ("2026-02-02 10:30", "reopened"),  # a repetition
        ("2026-02-02 11:00", "resolved"),
        ("2026-02-02 12:00", "resolved"),  # closed for good: resolved it was before
    )
    assert minutes(work, "resolution_time") == 120
    assert minutes(work, "resolution_time", "first") == 60
    assert answer(work, "reopen_rate").value == 1


def test_solved_reopened_and_still_open_has_no_resolution(tmp_path: Path) -> None:
    work = desk(tmp_path, ("2026-02-02 10:00", "resolved"), ("2026-02-03 10:00", "reopened"))
    assert work.ask("resolution_time", grain="all").rows == []
    assert minutes(work, "resolution_time", "first") == 60
    # it has waited from Monday 2 February 09:00 to the end of Saturday 28 February
    assert answer(work, "resolution_time", "within_target").value == 0


def test_targets_by_priority(tmp_path: Path) -> None:
    limits = "[kpi.resolution_time]\ntarget_hours = { priority = { High = 4 }, otherwise = 6 }"
    for priority, share in (("High", 0), ("Low", 1), (None, 1)):
        folder = tmp_path / str(priority)
        folder.mkdir()
        work = desk(folder, ("2026-02-02 14:00", "resolved"), kpi=limits, priority=priority)
        assert answer(work, "resolution_time", "within_target").value == share
