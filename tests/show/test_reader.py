"""Numbers, money and periods as people read them."""

from __future__ import annotations

from datetime import date

import pytest

from kadar.show.reader import Reader
from kadar.show.terminal import sparkline

EN = Reader("en", "MYR")


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (0.6318, "percent", "63.2%"),
        (-35.897, "points", "-35.9"),
        (11137.4, "money", "MYR11,137"),
        (-42.5, "money", "-MYR42.50"),
        (5.61, "hours", "5.6 h"),
        (1234.5, "hours", "1,234 h"),
        (43.0, "days", "43.0 d"),
        (1204.0, "number", "1,204"),
        (0.7392, "number", "0.74"),
        (2.28, "ratio", "2.28 x"),
        (None, "percent", "-"),
    ],
)
def test_value_with_its_unit(value: float | None, unit: str, shown: str) -> None:
    assert EN.value(value, unit) == shown


def test_money_in_the_languages_own_way() -> None:
    assert Reader("ms", "MYR").value(11137.4, "money") == "RM11,137"
    assert Reader("zh_CN", "CNY").value(11137.4, "money") == "¥11,137"
    assert Reader("en", None).value(11137.4, "money") == "11,137"


def test_both_ends_of_an_interval_have_the_same_decimals() -> None:
    assert EN.interval(874.12, 1087.3, "money") == "874 to 1,087"
    assert EN.interval(0.312, 0.471, "percent") == "31.2 to 47.1"
    assert EN.interval(None, None, "percent") == ""


@pytest.mark.parametrize(
    ("value", "unit", "shown", "apart"),
    [
        (0.0632, "percent", "+6.3 pp", "6.3 pp"),
        (-0.0632, "percent", "-6.3 pp", "6.3 pp"),
        (-0.0001, "percent", "0.0 pp", "0.0 pp"),
        (-42.5, "money", "-MYR42.50", "MYR42.50"),
        (5.61, "hours", "+5.6 h", "5.6 h"),
        (0.0, "number", "0", "0"),
    ],
)
def test_difference_with_its_sign_and_its_size(
    value: float, unit: str, shown: str, apart: str
) -> None:
    assert EN.signed(value, unit) == shown
    assert EN.apart(abs(value), unit) == apart


def test_change_in_points_of_a_share_and_else_in_percent() -> None:
    assert EN.change(0.388, 0.325, "percent") == "+6.3 pp"
    assert EN.change(4882, 6423.7, "money") == "-24.0%"
    assert EN.change(3.5, 5.0, "points") == "-1.5"
    assert EN.change(2.0, 0.0, "number") == "+2"


@pytest.mark.parametrize(
    ("starts", "grain", "opens", "name"),
    [
        ((1, 1), "day", date(2026, 9, 14), "2026-09-14"),
        ((1, 1), "week", date(2026, 9, 7), "2026-W37"),
        ((1, 1), "week", date(2026, 9, 6), "2026-W37"),  # a week that begins on Sunday
        ((1, 1), "month", date(2026, 9, 1), "2026-09"),
        ((1, 1), "quarter", date(2026, 7, 1), "2026-Q3"),
        ((1, 1), "year", date(2026, 1, 1), "2026"),
        ((7, 1), "quarter", date(2026, 7, 1), "FY2027-Q1"),
        ((7, 1), "quarter", date(2027, 4, 1), "FY2027-Q4"),
        ((7, 1), "year", date(2026, 7, 1), "FY2027"),
    ],
)
def test_names_of_periods(starts: tuple[int, int], grain: str, opens: date, name: str) -> None:
    assert Reader("en", "MYR", starts).period(grain, opens, opens) == name


def test_span_is_named_by_its_first_and_last_day() -> None:
    shown = EN.period("all", date(2026, 1, 1), date(2026, 7, 1))
    assert shown == "2026-01-01 .. 2026-06-30"


def test_sparkline_runs_from_the_lowest_to_the_highest() -> None:
    assert sparkline([0.0, 0.5, None, 1.0]) == "▁▅ █"
    assert sparkline([2.0, 2.0]) == "▄▄"
    assert sparkline([0.0, 1.0], plain=True) == "_#"
    assert sparkline([None]) == ""
