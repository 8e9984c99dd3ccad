"""Odd values of databases become text, numbers or JSON, and it is said why."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kadar.sources.database.increment import before, kept, restored
from kadar.sources.database.values import Values

ID = UUID("12345678-1234-5678-1234-567812345678")


class Colour(Enum):
    RED = "red"


@pytest.mark.parametrize(
    ("given", "expected", "why"),
    [
        ("text", "text", None),
        (None, None, None),
        (True, True, None),
        (7, 7, None),
        (1 << 70, "1180591620717411303424", None),
        (Decimal("1E+3"), "1000", None),
        (Decimal("12.50"), "12.50", None),
        (Decimal("NaN"), None, "no number"),
        (float("inf"), None, "no number"),
        (1.5, 1.5, None),
        (datetime(2026, 3, 1, 9, tzinfo=UTC), "2026-03-01T09:00:00+00:00", None),
        (datetime(2026, 3, 1, 9), "2026-03-01T09:00:00+08:00", "without a zone"),  # noqa: DTZ001
        (date(2026, 3, 1), "2026-03-01", None),
        (time(9, 30), "09:30:00", None),
        (timedelta(hours=1, milliseconds=500), 3600.5, "intervals"),
        (timedelta(days=2), 172800, "intervals"),
        (b"plain", "plain", None),
        (b"\x00\xff", "00ff", "hexadecimal"),
        (memoryview(b"\xfe"), "fe", "hexadecimal"),
        ([1, Decimal("2.5"), None], [1, "2.5", None], "JSON"),
        ({"a": {"at": date(2026, 1, 1)}}, {"a": {"at": "2026-01-01"}}, None),
        (ID, str(ID), None),
        (Colour.RED, "red", None),
        (complex(1, 2), "(1+2j)", "complex"),
    ],
)  # fmt: skip
def test_a_value_and_why(given: Any, expected: Any, why: str | None) -> None:
    values = Values("Asia/Kuala_Lumpur")
    (made,) = values.column("deals.x", [given])
    assert made == expected
    assert type(made) is type(expected)
    said = [text.format(**fills) for (text, _), fills in values.reasons.items()]
    assert [why in text for text in said] == ([True] if why else [])
    msgspec.json.encode(made)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
    | st.decimals() | st.datetimes() | st.datetimes(timezones=st.just(UTC)) | st.dates()
    | st.times() | st.timedeltas() | st.uuids() | st.fractions(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner),
    max_leaves=8,
)  # fmt: skip


@given(st.lists(anything, max_size=6))
def test_whatever_comes_can_be_landed(column: list[Any]) -> None:
    made = Values("Europe/Berlin").column("t.c", column)
    assert len(made) == len(column)
    json.loads(msgspec.json.encode(list(made)))


increments = (
    st.datetimes() | st.datetimes(timezones=st.just(timezone(timedelta(hours=8)))) | st.dates()
    | st.integers() | st.decimals(allow_nan=False, allow_infinity=False)
    | st.floats(allow_nan=False, allow_infinity=False) | st.text() | st.binary()
)  # fmt: skip


@given(increments)
def test_an_increment_is_kept_exactly(one: Any) -> None:
    mark = json.loads(json.dumps(kept(one, "c")))
    assert restored(mark) == one
    assert type(restored(mark)) is type(one)


@given(
    st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1)),  # noqa: DTZ001
    st.sampled_from("T "),
    st.sampled_from(["seconds", "milliseconds", "microseconds"]),
    st.sampled_from(["", "Z", "+00:00"]),
    st.timedeltas(timedelta(0), timedelta(minutes=10)),
)
def test_text_that_is_a_moment_goes_back_in_its_own_order(
    moment: datetime, sep: str, precision: str, zone: str, ago: timedelta
) -> None:
    """What is at most the overlap older than the last increment is read again, as text compares."""
    last = moment.isoformat(sep, precision) + zone
    late = (moment - ago).isoformat(sep, precision) + zone
    assert before(last, None) <= late


def test_an_increment_goes_back_by_the_overlap() -> None:
    moment = datetime(2026, 3, 1, 9, tzinfo=UTC)
    assert before(moment, None) == moment - timedelta(minutes=10)
    assert before(moment, timedelta(hours=2)) == moment - timedelta(hours=2)
    assert before(date(2026, 3, 1), None) == date(2026, 2, 28)
    assert before(5000, None) == 4000
    assert before(5000, 0) == 5000
    assert before("v-17", None) == "v-17"
