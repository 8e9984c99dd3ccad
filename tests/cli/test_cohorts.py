"""`kadar cohorts`: a triangle people can read on any terminal, and records for other tools."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import duckdb
import pytest

from tests.cli.conftest import CONVERTED, Run
from tests.companies import at, company

COLUMNS = [
    "kpi", "variant", "grain", "row", "opens", "closes", "age", "value", "numerator",
    "denominator", "n", "lower", "upper", "cohorts", "complete", "mature", "unit",
]  # fmt: skip


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop of fifteen months, known until the middle of the last."""
    folder = tmp_path_factory.mktemp("shop")
    company(
        folder,
        toml='currency = "MYR"\nobserved_until = "2026-03-15"',
        orders=[
            {
                "customer_id": f"{cohort}-{who}",
                "ordered_at": at(f"{2025 + month // 12}-{month % 12 + 1:02}-03"),
                "revenue": 1000 + 10 * who,
                "cost": 400,
                "channel": ("web", "shop")[who % 2],
            }
            for cohort in range(15)
            for who in range(6)
            for month in range(cohort, 15)
            if month == cohort or (month + who) % 3 == 0
        ],
    )
    return folder


def test_a_triangle_fits_eighty_columns(
    run: Run, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ("cohorts", "clv", "--project", shop)
    monkeypatch.setenv("COLUMNS", "80")
    narrow = run(*arguments)
    assert narrow.code == 0
    assert max(len(line) for line in narrow.out.splitlines()) <= 80
    heads = [line.split() for line in narrow.out.splitlines() if line.startswith("cohort ")]
    assert len(heads) > 1  # in blocks of ages, none of them lost
    ages = [int(age) for head in heads for age in head[2:]]
    assert ages == list(range(13))
    assert "…" not in narrow.out
    monkeypatch.setenv("COLUMNS", "160")
    wide = run(*arguments)
    assert sum(line.startswith("cohort ") for line in wide.out.splitlines()) == 1
    cells = {word for word in narrow.out.split() if word.rstrip("*").replace(",", "").isdigit()}
    assert cells == {
        word for word in wide.out.split() if word.rstrip("*").replace(",", "").isdigit()
    }


def test_what_is_not_over_is_marked_in_words(run: Run, shop: Path) -> None:
    done = run("cohorts", "clv", "--since", "2025-12-01", "--project", shop)
    table = [line.split() for line in done.out.split("Age 0")[0].splitlines() if line.strip()]
    lines = {words[0]: words for words in table}
    assert lines["2025-12"][-1].endswith("*")
    assert not any(word.endswith("*") for word in lines["2025-12"][:-1])
    assert lines["2026-03*"][1] == "6"  # its own period is not over either
    # 3,750 of the six at first; 1,230 or 1,270 of two of them in a month after
    means = [3 * 3750 / 18, (2 * 3750 + 1230 + 1270) / 12, (3750 + 1230 + 1270) / 6]
    assert lines["total"] == ["total", *(f"{mean:,.0f}" for mean in means)]
    assert lines["cohorts"] == ["cohorts", "3", "2", "1"]
    assert "The period is not over" in done.out
    assert "MYR" in done.out


def test_records_of_cells_and_totals(run: Run, acme: Path) -> None:
    arguments = ("cohorts", "lead_conversion_rate", "--ages", "1", "--project", acme)
    rows = json.loads(run(*arguments, "--format", "json").out)
    assert [list(row) for row in rows] == [COLUMNS] * len(rows)
    first = [row for row in rows if row["row"] == "cell" and row["age"] == 0]
    assert [row["numerator"] for row in first] == [CONVERTED[month] for month in (1, 2, 3)]
    assert [row["opens"] for row in first] == ["2026-01-01", "2026-02-01", "2026-03-01"]
    (total,) = [row for row in rows if row["row"] == "total" and row["age"] == 0]
    assert (total["numerator"], total["denominator"], total["opens"]) == (14, 30, None)
    assert total["cohorts"] == 3
    table = list(csv.DictReader(io.StringIO(run(*arguments, "--format", "csv").out)))
    assert [float(row["value"]) for row in table] == [row["value"] for row in rows]


def test_parquet_has_types(run: Run, shop: Path, tmp_path: Path) -> None:
    file = tmp_path / "triangle.parquet"
    done = run(
        "cohorts", "retention_rate", "--by", "channel", "--format", "parquet",
        "--output", file, "--project", shop,
    )  # fmt: skip
    assert done.code == 0
    found = duckdb.connect().sql(f"SELECT * FROM '{file}'")
    assert found.columns == [*COLUMNS[:6], "channel", *COLUMNS[6:]]
    kinds = dict(zip(found.columns, map(str, found.types), strict=True))
    assert (kinds["opens"], kinds["age"], kinds["value"]) == ("DATE", "BIGINT", "DOUBLE")
    assert (kinds["mature"], kinds["channel"]) == ("BOOLEAN", "VARCHAR")
    sizes = f"SELECT DISTINCT channel, n FROM '{file}' WHERE row = 'cell' ORDER BY 1"
    assert duckdb.connect().sql(sizes).fetchall() == [("shop", 3), ("web", 3)]


def test_groups_one_under_another(run: Run, shop: Path) -> None:
    done = run("cohorts", "retention_rate", "--by", "channel", "--ages", "2", "--project", shop)
    heads = [line for line in done.out.splitlines() if line.startswith("channel")]
    assert sorted(heads) == ["channel = shop", "channel = web"]
    assert done.out.count("95 % from") == 2


def test_who_stands_behind_a_cell(run: Run, shop: Path) -> None:
    cell = ("--variant", "repeat", "--cell", "2025-01:2", "--project", shop)
    rows = json.loads(run("cohorts", "retention_rate", *cell, "--format", "json").out)
    assert {row["customer_id"]: row["counted"] for row in rows} == {
        f"0-{who}": (2 + who) % 3 == 0 for who in range(6)
    }
    shown = run("cohorts", "retention_rate", *cell)
    assert "cohort 2025-01, age 2: 2 of 6" in shown.out
    assert "0-4" in shown.out


def test_refusals_and_languages(run: Run, shop: Path) -> None:
    none = run("cohorts", "win_rate", "--project", shop)
    assert none.code == 2
    assert "KDR-COH-001" in none.err
    assert "clv, lead_conversion_rate" in none.err
    young = run("cohorts", "clv", "--cell", "2026-03:1", "--project", shop)
    assert (young.code, "KDR-COH-007" in young.err) == (1, True)
    chinese = run("cohorts", "clv", "--language", "zh_CN", "--project", shop)
    assert "同期群" in chinese.out
    assert "合计" in chinese.out
