"""Numbers and money in every way people write them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kadar.errors import KadarError


def staged(desk: Any, values: list[str], **settings_: Any) -> tuple[list[Any], list[Any]]:
    """Stage `values` as the revenue of orders; return the values and what was refused."""
    lines = "".join(f'o{n};"{value}"\n' for n, value in enumerate(values))
    desk.write("a.csv", f"id;x\n{lines}")
    column = settings_.pop("column", "revenue")
    table = settings_.pop("table", "orders")
    key = {"orders": "order_id", "tickets": "ticket_id", "surveys": "survey_id"}[table]
    source = desk.source(table, columns={key: "id", column: "x"}, delimiter=";", **settings_)
    made = desk.stage(source)
    assert made.read == len(values)
    return desk.rows(made, column), desk.refused(made)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("RM 1,234.50", "1234.5"),
        ("RM1234.5", "1234.5"),
        ("$342.09K", "342090"),
        ("US$ 1.5M", "1500000"),
        ("2.25B", "2250000000"),
        ("(123.00)", "-123"),
        ("($1,234.56)", "-1234.56"),
        ("¥1,200", "1200"),
        ("￥1,200.00", "1200"),
        ("1.2万", "12000"),
        ("1 234.50", "1234.5"),
        ("1'234.50", "1234.5"),
        ("1,00,000.00", "100000"),
        ("-RM5.00", "-5"),
        ("RM -5.00", "-5"),
        ("5.00-", "-5"),
        ("５６．７", "56.7"),
        ("USD 12", "12"),
        ("12 MYR", "12"),
        ("€12", "12"),
        ("-5%", "-0.05"),
        ("1.03e3", "1030"),
        ("0.12345", "0.1235"),
        (".5", "0.5"),
    ],
)
def test_money_as_written(desk: Any, written: str, value: str) -> None:
    values, refused = staged(desk, [written, "1.5"])
    assert refused == []
    assert values == [Decimal(value), Decimal("1.5")]


@pytest.mark.parametrize("written", ["abc", "12 apples", "1.2.3", "12,34.5", "((5)", "5)"])
def test_what_is_no_number_is_refused_by_name(desk: Any, written: str) -> None:
    values, refused = staged(desk, ["1.5", written])
    assert values == [Decimal("1.5")]
    [(line, column, reason)] = refused
    assert (line, column) == (3, "revenue")
    assert "is no number" in reason


@pytest.mark.parametrize(
    "nothing", ["", "?", "NULL", "n/a", "NA", "-", "--", "#N/A", "None", "nan"]
)
def test_nothing_is_null(desk: Any, nothing: str) -> None:
    assert staged(desk, ["1.5", nothing]) == ([Decimal("1.5"), None], [])


@pytest.mark.parametrize(
    ("others", "kept"),
    [(["MY", "SG", "ZA"], True), (["EMEA", "APAC"], True), (["CASH", "Card"], False), ([], False)],
)
def test_na_is_a_value_beside_other_codes(desk: Any, others: list[str], *, kept: bool) -> None:
    values, refused = staged(desk, [*others, "NA", "n/a", "na"], column="channel")
    assert values == [*others, "NA" if kept else None, None, None]
    assert refused == []


def test_unknown_is_a_value(desk: Any) -> None:
    values, _ = staged(desk, ["unknown", "N/A"], column="channel")
    assert values == ["unknown", None]
    _, refused = staged(desk, ["unknown"])
    assert len(refused) == 1


def test_decimal_mark_is_decided_by_the_column(desk: Any) -> None:
    assert staged(desk, ["27245,67", "1.234,5", "100.000"])[0] == [
        Decimal("27245.67"),
        Decimal("1234.5"),
        Decimal(100000),
    ]
    assert staged(desk, ["1,234", "12.5"])[0] == [Decimal(1234), Decimal("12.5")]
    assert staged(desk, ["1.234.567", "1.234"])[0] == [Decimal(1234567), Decimal(1234)]
    assert staged(desk, ["R$ 100.000", "R$ 5"])[0] == [Decimal(100000), Decimal(5)]
    assert staged(desk, ["1,234", "500"])[0] == [Decimal(1234), Decimal(500)]
    assert staged(desk, ["0.125", "1.234"])[0] == [Decimal("0.125"), Decimal("1.234")]


def test_open_and_contradicting_marks_are_errors(desk: Any) -> None:
    with pytest.raises(KadarError, match=r"KDR-MAP-005.*a\.csv, line 2"):
        staged(desk, ["100.000", "5"])
    with pytest.raises(KadarError, match="KDR-MAP-005"):
        staged(desk, ["1,234"], table="surveys", column="score")
    with pytest.raises(KadarError, match=r"KDR-MAP-004.*line 2.*line 3"):
        staged(desk, ["1.5", "2,5"])


def test_decimal_setting_decides(desk: Any) -> None:
    assert staged(desk, ["100.000"], decimal=",")[0] == [Decimal(100000)]
    assert staged(desk, ["100.000"], decimal=".")[0] == [Decimal(100)]
    values, refused = staged(desk, ["1.5", "2,5"], decimal=",")
    assert values == [Decimal("2.5")]
    assert len(refused) == 1


def test_whole_numbers(desk: Any) -> None:
    values, refused = staged(desk, ["3", "3.0", "1,234", "3.7"], table="tickets", column="reopened")
    assert values == [3, 3, 1234]
    assert "no whole number" in refused[0][2]


def test_too_large_for_money(desk: Any) -> None:
    _, refused = staged(desk, ["1.5", "99999999999999999"])
    assert "larger than an amount" in refused[0][2]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    amounts=st.lists(
        st.decimals(min_value=-(10**9), max_value=10**9, places=2), min_size=1, max_size=12
    ),
    comma=st.booleans(),
    currency=st.sampled_from(["", "RM ", "$", "€"]),
    brackets=st.booleans(),
)
def test_amounts_come_back(
    desk: Any, amounts: list[Decimal], comma: bool, currency: str, brackets: bool
) -> None:
    def written(amount: Decimal) -> str:
        text = f"{abs(amount):,.2f}"
        if comma:
            text = text.translate(str.maketrans(",.", ".,"))
        text = currency + text
        if amount < 0:
            return f"({text})" if brackets else f"-{text}"
        return text

    values, refused = staged(desk, [written(amount) for amount in amounts])
    assert refused == []
    assert values == amounts


def test_another_currency_s_sign_in_one_column_is_refused(desk: Any) -> None:
    values, refused = staged(desk, ["RM 10", "RM 20.50", "30", "$10", "US$ 5", "€7", "MYR 9"])
    assert values == [Decimal(10), Decimal("20.5"), Decimal(30), Decimal(9)]
    assert [line for line, *_ in refused] == [5, 6, 7]
    assert all("another currency" in reason and "MYR" in reason for *_, reason in refused)


@pytest.mark.parametrize("amounts", [["$10", "US$ 5", "7"], ["€7", "EUR 8"], ["¥5", "6元"]])
def test_signs_of_one_currency_are_one(desk: Any, amounts: list[str]) -> None:
    values, refused = staged(desk, amounts)
    assert (len(values), refused) == (len(amounts), [])
