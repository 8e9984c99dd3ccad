"""The checks on exports of real systems and of a realistic company."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import kadar
from kadar.checks.finding import Finding
from kadar.sources.propose import add_sources, dated, propose
from kadar.sync import sync

DATA = next(
    (p / "shared" / "data" for p in Path(__file__).parents if (p / "shared" / "data").is_dir()),
    Path("absent"),
)

pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"{DATA} is absent"),
]


def checked(folder: Path, files: list[Path], company: str = "") -> dict[str, list[Finding]]:
    """Import files as `kadar import --yes` does, check them; findings by code."""
    (folder / "kadar.toml").write_text(f"[company]\n{company}\n", "utf-8")
    proposals = [dated(p, "dmy") for p in propose(kadar.open(folder).project, files)]
    add_sources(folder, [p.source for p in proposals if p.source])
    report = sync(kadar.open(folder).project)
    assert not report.failed
    found: dict[str, list[Finding]] = {}
    for one in kadar.open(folder).check():
        found.setdefault(one.code, []).append(one)
    return found


def records(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as read:
        return list(csv.DictReader(read))


def test_a_ticket_closed_before_it_was_created(tmp_path: Path) -> None:
    files = sorted((DATA / "fivetran" / "hubspot").rglob("*.csv"))
    tickets = records(DATA / "fivetran" / "hubspot" / "ticket_data.csv")
    reversed_ = [
        row["id"]
        for row in tickets
        if row["property_closed_date"] and row["property_closed_date"] < row["property_createdate"]
    ]
    assert len(reversed_) == 1
    found = checked(tmp_path, files)
    assert [one.examples for one in found["KDR-CHK-009"] if one.table == "tickets"] == [reversed_]


def test_a_company_whose_records_agree_has_nothing_but_missing_columns(tmp_path: Path) -> None:
    folder = DATA / "ravenstack"
    tickets = records(folder / "ravenstack_support_tickets.csv")
    assert all(row["closed_at"] >= row["submitted_at"] for row in tickets if row["closed_at"])
    accounts = {row["account_id"] for row in records(folder / "ravenstack_accounts.csv")}
    assert {row["account_id"] for row in tickets} <= accounts
    found = checked(tmp_path, sorted(folder.glob("*.csv")), 'currency = "USD"\ncontract = true')
    assert set(found) <= {"KDR-CHK-003"}
