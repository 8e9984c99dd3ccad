"""Changes planted into a steady company: volume, logging, currencies and months of another size."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kadar.checks.finding import Finding
from tests.checks.test_found import NAMES, found
from tests.companies import at

Row = dict[str, Any]
END = at("2026-05-31 16:00")  # midnight of Kuala Lumpur: where the known days end


def orders(weeks: int, a_week: int, before: datetime = END, **more: Any) -> list[Row]:
    """Return orders evenly over whole weeks up to a moment."""
    apart = timedelta(days=7) / a_week
    return [
        {
            "customer_id": f"C{n % len(NAMES)}",
            "ordered_at": before - apart * n - timedelta(hours=1),
            "revenue": 100 + n % 7,
            "cost": 60,
            **more,
        }
        for n in range(weeks * a_week)
    ]


def look(folder: Path, rows: list[Row], **tables: list[Row]) -> dict[str, Finding]:
    customers = [{"customer_id": f"C{n}", "name": name} for n, name in enumerate(NAMES)]
    return found(folder, {"customers": customers, "orders": rows, **tables})


def test_a_steady_company_has_no_changes(tmp_path: Path) -> None:
    assert look(tmp_path, orders(40, 14)) == {}


@pytest.mark.parametrize(("before", "after"), [(14, 42), (28, 4)])
def test_a_jump_of_volume_is_told_with_its_week(tmp_path: Path, before: int, after: int) -> None:
    changed = END - timedelta(weeks=6)
    seen = look(tmp_path, orders(6, after) + orders(30, before, changed))
    assert set(seen) == {"KDR-CHK-015"}
    finding = seen["KDR-CHK-015"]
    assert finding.details["began"] == "2026-04-20"  # six weeks before 1 June
    assert (finding.details["before"], finding.details["after"]) == (before, after)
    assert (finding.severity, finding.withholds) == ("told", False)


@pytest.mark.parametrize("a_week", [24, 9])
def test_less_than_twice_is_no_jump(tmp_path: Path, a_week: int) -> None:
    rows = orders(6, a_week) + orders(30, 14, END - timedelta(weeks=6))
    assert look(tmp_path, rows) == {}


def test_a_week_of_holidays_is_no_jump(tmp_path: Path) -> None:
    rows = orders(5, 14) + orders(1, 2, END - timedelta(weeks=5))
    rows += orders(30, 14, END - timedelta(weeks=6))
    assert look(tmp_path, rows) == {}


def emptied(row: Row) -> Row:
    return {**row, "channel": None}


def filled(row: Row) -> Row:
    return {**row, "channel": "web"}


@pytest.mark.parametrize(
    ("early", "late", "before", "after"),
    [(filled, emptied, 0, 100), (emptied, filled, 100, 0)],
)
def test_a_column_that_is_no_longer_filled_is_told(
    tmp_path: Path,
    early: Callable[[Row], Row],
    late: Callable[[Row], Row],
    before: int,
    after: int,
) -> None:
    change = at("2026-02-28 16:00")
    rows = [(late if r["ordered_at"] >= change else early)(r) for r in orders(50, 21)]
    finding = look(tmp_path, rows)["KDR-CHK-016"]
    assert finding.column == "channel"
    assert finding.details["month"] == "2026-03"
    assert (finding.details["before"], finding.details["after"]) == (before, after)


def test_machines_that_begin_to_write_are_told(tmp_path: Path) -> None:
    change = at("2026-02-28 16:00")
    sent = [
        {"occurred_at": r["ordered_at"], "kind": "email", "direction": "outbound",
         "automated": r["ordered_at"] >= change and n % 2 == 0}
        for n, r in enumerate(orders(50, 21))
    ]  # fmt: skip
    finding = look(tmp_path, orders(50, 14), interactions=sent)["KDR-CHK-016"]
    assert (finding.column, finding.details["month"]) == ("automated", "2026-03")
    assert finding.details["before"] == 0
    assert abs(finding.details["after"] - 50) <= 1


def rates() -> list[Row]:
    return [{"currency": "USD", "valid_at": at("2020-01-01"), "rate": 4.5}]


@pytest.mark.parametrize(("amount", "told"), [(24_000, True), (25, False)])
def test_amounts_written_in_the_wrong_currency_are_of_another_size(
    tmp_path: Path, amount: int, *, told: bool
) -> None:
    own = [{**r, "currency": "MYR"} for r in orders(40, 14)]
    foreign = [{**r, "currency": "USD", "revenue": amount} for r in orders(40, 1)]
    seen = look(tmp_path, own + foreign, fx_rates=rates())
    assert ("KDR-CHK-018" in seen) == told
    if told:
        finding = seen["KDR-CHK-018"]
        assert (finding.count, finding.examples) == (40, ["USD"])
        # 24,000 at 4.5 ringgit against a median of 103
        assert float(finding.details["ratio"]) == pytest.approx(24_000 * 4.5 / 103, rel=0.02)


@pytest.mark.parametrize(("times", "told"), [(100, True), (0.01, True), (3, False)])
def test_a_source_that_changes_its_unit_is_told_with_the_month(
    tmp_path: Path, times: float, *, told: bool
) -> None:
    change = at("2026-02-28 16:00")
    rows = [
        {**r, "revenue": r["revenue"] * (times if r["ordered_at"] >= change else 1)}
        for r in orders(40, 14)
    ]
    seen = look(tmp_path, rows)
    assert ("KDR-CHK-019" in seen) == told
    if told:
        finding = seen["KDR-CHK-019"]
        assert (finding.column, finding.details["month"]) == ("revenue", "2026-03")
        assert float(finding.details["ratio"]) == pytest.approx(times, rel=0.05)
