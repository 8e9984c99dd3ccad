"""Stays made of what was seen at each sync, against what really happened."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import pytest

from kadar.sources.live.spells import make_macros

BEGAN = datetime(2026, 1, 5, 8, tzinfo=UTC)
Version = tuple[str, str | None, str | None, datetime | None, datetime, bool]


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("set timezone = 'UTC'")
        make_macros(opened)
        yield opened


def hour(count: float) -> datetime:
    return BEGAN + timedelta(hours=count)


def said(count: float) -> str:
    return hour(count).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def stays(
    connection: duckdb.DuckDBPyConnection, versions: Sequence[Version], since: str = "'since'"
) -> list[tuple[Any, ...]]:
    connection.execute(
        "create or replace temp table Deals__versions (_row bigint, _key varchar, stage varchar, "
        "since varchar, _modified timestamptz, _seen_at timestamptz, _deleted boolean)"
    )
    for row, version in enumerate(versions, 1):
        connection.execute("insert into Deals__versions values (?,?,?,?,?,?,?)", [row, *version])
    found = connection.execute(
        "select _key, state, entered_at, left_at, told, first "
        f"from spells('Deals', 'stage', {since}) order by _key, entered_at, _row"
    )
    return found.fetchall()


def test_the_systems_own_word_counts_before_the_moment_it_was_seen(connection: Any) -> None:
    found = stays(
        connection,
        [
            ("1", "New", said(1), hour(2), hour(24), False),
            ("1", "New", said(1), hour(30), hour(48), False),  # the amount changed
            ("1", "Offer", said(50), hour(51), hour(72), False),
        ],
    )
    assert found == [
        ("1", "New", hour(1), hour(50), True, True),
        ("1", "Offer", hour(50), None, True, False),
    ]


def test_without_a_word_of_the_system_it_is_the_last_change_or_when_it_was_seen(
    connection: Any,
) -> None:
    versions: list[Version] = [
        ("1", "New", None, hour(2), hour(24), False),
        ("1", "Offer", None, hour(51), hour(72), False),
        ("2", "New", None, None, hour(24), False),
    ]
    expected = [
        ("1", "New", hour(2), hour(51), False, True),
        ("1", "Offer", hour(51), None, False, False),
        ("2", "New", hour(24), None, False, True),
    ]
    assert stays(connection, versions) == expected
    assert stays(connection, versions, "null") == expected


def test_milliseconds_and_a_stage_that_was_left_and_entered_again(connection: Any) -> None:
    def milliseconds(count: float) -> str:
        return str(int(hour(count).timestamp() * 1000))

    found = stays(
        connection,
        [
            ("1", "New", milliseconds(1), hour(1), hour(24), False),
            ("1", "New", milliseconds(30), hour(30), hour(48), False),
        ],
    )
    assert found == [
        ("1", "New", hour(1), hour(30), True, True),
        ("1", "New", hour(30), None, True, False),
    ]


def test_a_state_that_moved_though_the_system_says_nothing_new(connection: Any) -> None:
    found = stays(
        connection,
        [
            ("1", "New", said(1), hour(1), hour(24), False),
            ("1", "Offer", said(1), hour(40), hour(48), False),
        ],
    )
    assert found == [
        ("1", "New", hour(1), hour(40), True, True),
        ("1", "Offer", hour(40), None, False, False),
    ]


def test_what_is_gone_has_no_stays_and_what_came_back_goes_on(connection: Any) -> None:
    found = stays(
        connection,
        [
            ("1", "New", said(1), hour(1), hour(24), False),
            ("1", None, None, None, hour(48), True),
            ("2", "New", said(2), hour(2), hour(24), False),
            ("2", None, None, None, hour(48), True),
            ("2", "New", said(2), hour(60), hour(72), False),
            ("2", "Won", said(80), hour(80), hour(96), False),
        ],
    )
    assert found == [
        ("2", "New", hour(2), hour(80), True, True),
        ("2", "Won", hour(80), None, True, False),
    ]


@pytest.mark.parametrize("seed", range(8))
def test_looked_at_after_every_move_it_is_the_whole_history(seed: int, connection: Any) -> None:
    dice = random.Random(seed)
    versions: list[Version] = []
    expected: list[tuple[Any, ...]] = []
    for deal in range(6):
        at, stage, moves = float(deal), "", []
        for _ in range(dice.randint(1, 7)):
            stage = dice.choice([one for one in "ABCD" if one != stage])
            moves.append((at, stage))
            for edit in range(dice.randint(1, 3)):  # seen, some times unmoved
                seen = hour(at + 0.1 * (edit + 1))
                versions.append((str(deal), stage, said(at), seen, seen, False))
            at += dice.randint(1, 90)
        for place, (entered, stage) in enumerate(moves):
            left = hour(moves[place + 1][0]) if place + 1 < len(moves) else None
            expected.append((str(deal), stage, hour(entered), left, True, place == 0))
    versions.sort(key=lambda version: version[4])
    assert stays(connection, versions) == expected
