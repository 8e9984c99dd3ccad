"""`kadar reconcile`: the bridge as a table, as records, in another language; figures explained."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import duckdb
import pytest

from tests.cli.conftest import Run
from tests.companies import at, company


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("acme")
    company(
        folder,
        toml='name = "Acme"\nobserved_until = 2026-07-01',
        deals=[
            {"created_at": at("2026-03-01"), "closed_at": at("2026-05-02"),
             "outcome": "won" if i < 9 else "lost"}
            for i in range(30)
        ] + [
            {"created_at": at("2026-03-01"), "expected_close_at": at("2026-05-02"),
             "outcome": "open"}
            for i in range(12)
        ],
    )  # fmt: skip
    return folder


def test_the_bridge_in_words_with_its_rows(run: Run, acme: Path) -> None:
    asked = ("reconcile", "win_rate", "--with", "with_overdue", "--period", "2026-Q2")
    done = run(*asked, "--project", acme, "--records")
    assert done.code == 0, done.err
    for part in ("30.0%", "21.4%", "-8.6 pp", "+12", "expected to close in the period", "deals-41"):
        assert part in done.out, part
    malay = run(*asked, "--project", acme, "--language", "ms")
    assert "expected to close" not in malay.out
    assert "21.4%" in malay.out


def test_records_in_every_format(run: Run, acme: Path, tmp_path: Path) -> None:
    asked = ("reconcile", "win_rate", "--with", "with_overdue", "--period", "2026-05",
             "--project", acme)  # fmt: skip
    lines = json.loads(run(*asked, "--format", "json").out)
    assert [line["kind"] for line in lines] == ["start", "came", "end"]
    assert lines[1]["effect"] == pytest.approx(9 / 42 - 9 / 30)
    assert (lines[1]["rows"], lines[1]["denominator"]) == (12, 12)
    rows = list(csv.DictReader(io.StringIO(run(*asked, "--format", "csv", "--records").out)))
    assert len(rows) == 12
    assert {row["denominator"] for row in rows} == {"1.0"}
    file = tmp_path / "rows.parquet"
    assert run(*asked, "--format", "parquet", "--records", "--output", file).code == 0
    found = (
        duckdb.connect()
        .sql(f"select count(distinct deal_id), sum(denominator) from '{file}'")
        .fetchall()
    )
    assert found == [(12, 12.0)]


def test_a_figure_is_explained_or_is_not(run: Run, acme: Path) -> None:
    asked = ("reconcile", "win_rate", "--period", "2026-Q2", "--project", acme, "--with-value")
    done = run(*asked, "21.4%")
    assert done.code == 0
    assert "21.4% is with_overdue: 21.4%." in done.out
    none = run(*asked, "0.9")
    assert none.code == 1
    assert "Nothing known comes to 0.9. The nearest is" in none.out
    assert run(*asked, "many").code == 2
    assert "KDR-REC-003" in run(*asked, "many").err
