"""Times that may not be over, of real companies: what each edge comes to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import pytest

from kadar.workspace import Workspace
from tests.companies import at, company

KNOWN = 'time_zone = "UTC"\nobserved_until = "2026-06-30"'
CREATED = at("2026-06-01")
Hours = float | None


def tickets(*hours: Hours, created: datetime = CREATED) -> list[dict[str, Any]]:
    """Tickets created together, each replied to so many hours later, or not yet."""
    return [
        {"created_at": created, "responded_at": None if h is None else created + timedelta(hours=h)}
        for h in hours
    ]


def replies(folder: Path, rows: Sequence[dict[str, Any]], **how: Any) -> Any:
    work = company(folder, toml=KNOWN, columns={"tickets": ["responded_at"]}, tickets=rows)
    answer = work.ask("first_response_time", variant="censored", **how)
    return answer.rows[0] if len(answer) == 1 else answer.rows


def test_open_tickets_make_the_median_longer(tmp_path: Path) -> None:
    row = replies(tmp_path, tickets(1, 2, 3, None, None))
    assert row.value == 3
    assert (row.n, row.waiting) == (5, 2)
    assert row.mature, "those who wait have waited longer: they cannot change it"


def test_nothing_open_is_the_plain_median_as_asked_by_default(tmp_path: Path) -> None:
    rows = tickets(1, 2, 4, 10)
    row = replies(tmp_path, rows)
    assert row.value == median([1, 2, 4, 10]) == 3
    assert (row.waiting, row.at_least) == (0, None)


def test_a_median_not_reached_is_at_least_what_was_seen(tmp_path: Path) -> None:
    row = replies(tmp_path, tickets(1, None, None))
    assert (row.value, row.lower, row.upper) == (None, 1, None)
    assert row.at_least == 30 * 24
    assert not row.mature


def test_all_wait(tmp_path: Path) -> None:
    row = replies(tmp_path, tickets(None, None))
    assert (row.value, row.at_least, row.waiting) == (None, 720, 2)


def test_replies_at_once_and_before_creation(tmp_path: Path) -> None:
    row = replies(tmp_path, tickets(0, 0, -5))
    assert (row.value, row.n) == (0, 2)
    assert row.excluded == {"responded_before_created": 1}


def test_what_happens_after_the_data_ends_has_not_happened(tmp_path: Path) -> None:
    late = tickets(1, 24 * 40) + tickets(1, created=at("2026-07-02"))
    row = replies(tmp_path, late)
    assert (row.n, row.waiting) == (2, 1)
    assert row.value == 1, "half have been replied to within the hour"
    assert not row.mature


def test_a_ticket_resolved_without_a_reply_waited_until_then(tmp_path: Path) -> None:
    rows = tickets(5, 6, 7, None)
    rows[-1] |= {"resolved_at": CREATED + timedelta(hours=2), "status": "resolved"}
    assert replies(tmp_path, rows).value == 6
    rows[-1] |= {"resolved_at": None}
    (tmp_path / "undated").mkdir()
    row = replies(tmp_path / "undated", rows)
    assert (row.value, row.excluded) == (6, {"resolution_undated": 1})


def test_reopened_and_still_open_has_no_resolution(tmp_path: Path) -> None:
    said = [("resolved", 1), ("reopened", 2)]
    work = company(
        tmp_path,
        toml=KNOWN,
        tickets=[{"ticket_id": "a", "created_at": CREATED},
                 {"ticket_id": "b", "created_at": CREATED}],
        ticket_events=[{"ticket_id": "a", "event": e, "occurred_at": CREATED + timedelta(hours=h)}
                       for e, h in said]
        + [{"ticket_id": "b", "event": "resolved", "occurred_at": CREATED + timedelta(hours=9)}],
    )  # fmt: skip
    (row,) = work.ask("resolution_time", variant="censored")
    assert (row.n, row.waiting, row.value) == (2, 1, 9)
    assert not row.mature


def leads(folder: Path, count: int = 600, until: str = "2026-06-30") -> Workspace:
    """A company with so many leads from January to June, a half converted sooner or later."""
    random, rows, known = Random(7), [], at("2026-07-01")
    for _ in range(count):
        created = at("2026-01-01") + timedelta(hours=random.random() * 181 * 24)
        end = created + timedelta(days=random.expovariate(1 / 30))
        what = "converted_at" if random.random() < 0.5 else "disqualified_at"
        channel = random.choice(["web", "event"])
        over = {what: end} if end < known else {}
        rows.append({"created_at": created, "channel": channel, **over})
    toml = f'time_zone = "UTC"\nobserved_until = "{until}"'
    return company(folder, toml=toml, leads=rows)


def test_a_mature_period_is_projected_to_be_what_it_is(tmp_path: Path) -> None:
    work = leads(tmp_path)
    plain = work.ask("lead_conversion_rate", by=["channel"]).rows
    final = work.ask("lead_conversion_rate", variant="projected", by=["channel"]).rows
    assert {row.mature for row in plain} == {True, False}
    for now, then in zip(plain, final, strict=True):
        assert now.value is not None
        assert then.value is not None
        assert now.mature == then.mature
        if now.mature:
            assert then.value == then.lower == then.upper == now.value
        else:
            assert now.value <= then.lower <= then.value <= then.upper  # type: ignore[operator]
            assert then.waiting


def test_projections_stand_beside_the_rows_that_need_them(tmp_path: Path) -> None:
    work = leads(tmp_path)
    answer = work.ask(["lead_conversion_rate", "new_customers"], by=["channel"], collect=True)
    beside = work.projected(answer)
    assert len(beside) == len(answer)
    told = work.ask("lead_conversion_rate", variant="projected", by=["channel"]).rows
    values = {(row.opens, row.dimensions["channel"]): row for row in told}
    for row, final in zip(answer, beside, strict=True):
        if row.kpi == "lead_conversion_rate" and not row.mature:
            assert final == values[row.opens, row.dimensions["channel"]]
        else:
            assert final is None
    mature = work.ask("lead_conversion_rate", until="2026-03-01")
    assert work.projected(mature) == [None, None]


def test_each_group_learns_from_its_own(tmp_path: Path) -> None:
    work = leads(tmp_path)
    split = work.ask("lead_conversion_rate", variant="projected", by=["channel"]).rows
    alone = work.ask("lead_conversion_rate", variant="projected", where={"channel": "web"}).rows
    web = [row for row in split if row.dimensions["channel"] == "web"]
    assert [row.value for row in web] == [row.value for row in alone]


def test_a_share_is_unknown_until_one_row_has_had_the_time(tmp_path: Path) -> None:
    rows = leads(tmp_path).ask("lead_conversion_rate", variant="censored").rows
    known = {row.opens.month: row.value is not None for row in rows}
    # April's first leads have had ninety days at the end of June
    assert known == {1: True, 2: True, 3: True, 4: True, 5: False, 6: False}
    assert [row.mature for row in rows] == [True, True, True, False, False, False]
    assert all((row.at_least is None) == (row.value is not None) for row in rows)


def test_nothing_to_learn_from_is_nothing_to_say(tmp_path: Path) -> None:
    work = company(tmp_path, toml=KNOWN, leads=[{"created_at": at("2026-06-20")}] * 3,
                   columns={"leads": ["converted_at"]})  # fmt: skip
    (row,) = work.ask("lead_conversion_rate", variant="projected")
    assert (row.value, row.at_least, row.waiting, row.n) == (None, 0, 3, 3)


def test_half_of_the_deals_won_were_won_by_then(tmp_path: Path) -> None:
    def deals(*ways: tuple[str, int | None]) -> list[dict[str, Any]]:
        made = []
        for outcome, days in ways:
            closed = None if days is None else CREATED + timedelta(days=days)
            made.append({"created_at": CREATED, "closed_at": closed, "outcome": outcome})
        return made

    closed = deals(("won", 4), ("won", 8), ("won", 9), ("won", 11), ("lost", 1), ("lost", 20))
    work = company(tmp_path, toml=KNOWN, deals=closed)
    (row,) = work.ask("sales_cycle_length", variant="censored_from_deal")
    (plain,) = work.ask("sales_cycle_length", variant="from_deal")
    assert row.value == plain.value == 8.5
    (tmp_path / "open").mkdir()
    work = company(tmp_path / "open", toml=KNOWN, deals=closed + deals(("open", None)))
    (row,) = work.ask("sales_cycle_length", variant="censored_from_deal")
    assert (row.value, row.waiting, row.n) == (8.5, 1, 7)


def test_a_lead_is_contacted_by_the_first_message_a_person_began(tmp_path: Path) -> None:
    def contact(lead: str, hours: float, **how: Any) -> dict[str, Any]:
        usual = {"direction": "outbound", "automated": False}
        moment = CREATED + timedelta(hours=hours)
        return {"lead_id": lead, "occurred_at": moment, **usual, **how}

    names = ["a", "b", "c", "d", "e"]
    rows: list[dict[str, Any]] = [{"lead_id": n, "created_at": CREATED} for n in names]
    rows[3]["disqualified_at"] = CREATED + timedelta(hours=1)
    work = company(
        tmp_path,
        toml=KNOWN,
        leads=rows,
        interactions=[
            contact("a", 0.1, automated=True), contact("a", 3), contact("a", 9),
            contact("b", 1, direction="inbound"), contact("b", 5, automated=None),
            contact("c", -2),
        ],
    )  # fmt: skip
    (row,) = work.ask("lead_response_time")
    assert (row.value, row.n) == (4, 2)
    assert row.excluded == {"contacted_before_created": 1, "not_contacted": 2}
    # d was given up after an hour; of a, b and e, who waits, two are contacted
    (row,) = work.ask("lead_response_time", variant="censored")
    assert (row.value, row.n, row.waiting) == (5, 4, 2)
    (row,) = work.ask("lead_response_time", variant="within_target")
    assert row.value == 0.5


def test_lead_response_time_needs_to_know_who_began(tmp_path: Path) -> None:
    work = company(tmp_path, toml=KNOWN, leads=[{"created_at": CREATED}],
                   interactions=[{"lead_id": "x", "occurred_at": CREATED}])  # fmt: skip
    lacking = work.computable()["lead_response_time"]
    assert lacking["default"], "no direction is mapped"


def test_what_came_after_a_day_the_data_is_known_until_waits_still(tmp_path: Path) -> None:
    work = leads(tmp_path, until="2026-04-30")
    april = work.ask("lead_conversion_rate", variant="projected").rows[-1]
    assert april.opens.month == 4
    assert april.waiting
    assert april.value is not None
    assert not april.mature


@pytest.mark.parametrize("grain", ["all", "year", "week"])
def test_every_grain_answers(tmp_path: Path, grain: str) -> None:
    work = leads(tmp_path, 120)
    for variant in ("censored", "projected"):
        rows = work.ask("lead_conversion_rate", variant=variant, grain=grain).rows
        assert sum(row.n or 0 for row in rows) == 120
        assert any(row.value is not None for row in rows)
