"""From files to numbers: `init`, `import`, `sync`, `tables`, `check`, `export`."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import duckdb
import pytest

from tests.cli.conftest import Run

DEALS = """\
Record ID,Deal Name,Create Date,Close Date,Deal Stage,Amount
{rows}
"""


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    folder = tmp_path / "exports"
    folder.mkdir()
    rows = [
        f"{1000 + i},Deal {i},2026-0{1 + i % 5}-03 09:00,2026-0{1 + i % 5}-2{i % 9} 10:00,"
        f"{'Closed Won' if i % 3 == 0 else 'Closed Lost'},{100 + i}.50"
        for i in range(30)
    ]
    rows[7] = rows[7].rpartition(",")[0] + ",to be confirmed"
    (folder / "deals.csv").write_text(DEALS.format(rows="\n".join(rows)), "utf-8")
    return folder


def counts(out: str, source: str) -> list[int]:
    (line,) = [line for line in out.splitlines() if line.startswith(source)]
    return [int(n) for n in re.findall(r"(?<=\s)\d+(?=\s|$)", line)]


def test_files_become_numbers_in_one_command(run: Run, exports: Path, tmp_path: Path) -> None:
    done = run("import", exports / "deals.csv", "--yes", "--project", tmp_path)
    assert done.code == 0, done
    read, new, changed, unchanged, quarantined, gone = counts(done.out, "hubspot deals")
    assert (read, new, changed, unchanged, quarantined, gone) == (30, 29, 0, 0, 1, 0)
    assert "Win rate" in done.out.partition("Computable with it:")[2].partition("Not")[0]
    assert "surveys.score" in done.out
    asked = run("ask", "win_rate", "--grain", "all", "--format", "json", "--project", tmp_path)
    (row,) = json.loads(asked.out)
    assert (row["numerator"], row["denominator"]) == (10, 29)

    again = run("sync", "--project", tmp_path)
    assert again.code == 0
    assert "as before, not read" in again.out
    forced = run("sync", "hubspot deals", "--force", "--project", tmp_path)
    assert counts(forced.out, "hubspot deals")[:5] == [30, 0, 0, 29, 1]


def test_what_was_refused_is_a_failure_until_it_is_allowed(
    run: Run, exports: Path, tmp_path: Path
) -> None:
    run("import", exports, "--yes", "--project", tmp_path)
    done = run("check", "--project", tmp_path)
    assert done.code == 1
    assert "exports/deals.csv" in done.out
    assert "to be confirmed" in done.out
    assert run("check", "--allow", "1", "--project", tmp_path).code == 0
    found = json.loads(run("check", "--format", "json", "--project", tmp_path).out)
    (refused,) = [one for one in found if one["breaks"]]
    assert (refused["line"], refused["column"]) == (9, "amount")
    missing = [one["reason"] for one in found if one["check"] == "missing_columns"]
    assert any("nps" in reason for reason in missing)

    text = (exports / "deals.csv").read_text("utf-8")
    (exports / "deals.csv").write_text(text.replace("to be confirmed", "107.50"), "utf-8")
    run("sync", "--project", tmp_path)
    assert run("check", "--project", tmp_path).code == 0


def test_tables_count_rows_and_columns(run: Run, exports: Path, tmp_path: Path) -> None:
    run("import", exports, "--yes", "--project", tmp_path)
    (table,) = json.loads(run("tables", "--format", "json", "--project", tmp_path).out)
    assert (table["table"], table["rows"], table["quarantined"]) == ("deals", 29, 1)
    assert "outcome" in table["columns"]
    columns = json.loads(run("tables", "deals", "--format", "json", "--project", tmp_path).out)
    carried = {column["column"]: column["carried"] for column in columns}
    assert carried["outcome"]
    assert not carried["lost_reason"]
    assert run("tables", "deal").code == 2
    assert "deals" in run("tables", "deals").out  # needs no project


def test_export_writes_tables_and_values(run: Run, acme: Path, tmp_path: Path) -> None:
    for form in ("parquet", "csv"):
        folder = tmp_path / form
        done = run("export", "--format", form, "--output", folder, "--project", acme)
        assert done.code == 0, done.err
        assert duckdb.connect().sql(f"select count(*) from '{folder}/deals.{form}'").fetchall() == [
            (60,)
        ]
        april = (
            duckdb.connect()
            .sql(
                f"select value from '{folder}/kpis.{form}' where kpi = 'win_rate' "
                "and variant = 'default' and opens = date '2026-04-01'"
            )
            .fetchall()
        )
        assert april == [(0.3,)]


def test_consent_is_asked_and_can_be_refused(
    run: Run, exports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io

    run("init", tmp_path, "--yes")
    before = (tmp_path / "kadar.toml").read_bytes()
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    done = run("import", exports, "--project", tmp_path)
    assert done.code == 1
    assert (tmp_path / "kadar.toml").read_bytes() == before
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert run("import", exports, "--project", tmp_path).code == 0


def test_file_that_is_no_export_is_not_proposed(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "poem.csv"
    file.write_text("roses,violets\nred,blue\n", "utf-8")
    done = run("import", file, "--yes", "--project", tmp_path)
    assert done.code == 1
    assert "not proposed" in done.out
    missing = run("import", tmp_path / "absent.csv", "--yes", "--project", tmp_path)
    assert (missing.code, "KDR-CLI-006" in missing.err) == (2, True)


def test_source_whose_file_is_gone_fails_with_three(
    run: Run, exports: Path, tmp_path: Path
) -> None:
    run("import", exports, "--yes", "--project", tmp_path)
    (exports / "deals.csv").unlink()
    done = run("sync", "--project", tmp_path)
    assert done.code == 3
    assert "failed" in done.out
    assert run("ask", "win_rate", "--project", tmp_path).code == 0  # the last good state stands


def test_unknown_source_is_wrong_usage(run: Run, acme: Path) -> None:
    assert run("sync", "nobody", "--project", acme).code == 2


def test_init_writes_what_it_is_told_and_never_over_another(run: Run, tmp_path: Path) -> None:
    from kadar.project import load

    folder = tmp_path / "new"
    done = run(
        "init", folder, "--name", "Kedai", "--currency", "MYR", "--time-zone",
        "Asia/Kuala_Lumpur", "--holidays", "MY-10", "--contract", "--language", "ms",
    )  # fmt: skip
    assert done.code == 0, done.err
    company = load(folder).company
    assert (company.name, company.currency, company.time_zone) == (
        "Kedai",
        "MYR",
        "Asia/Kuala_Lumpur",
    )
    assert (company.holidays, company.contract, company.language) == ("MY-10", True, "ms")
    again = run("init", folder, "--yes")
    assert (again.code, "KDR-CLI-007" in again.err) == (2, True)


def test_init_leaves_nothing_behind_where_a_setting_cannot_be(run: Run, tmp_path: Path) -> None:
    done = run("init", tmp_path, "--currency", "RINGGIT", "--yes")
    assert done.code == 2
    assert not (tmp_path / "kadar.toml").exists()


def test_dates_that_can_be_read_both_ways_are_settled_before_anything_is_written(
    run: Run, tmp_path: Path
) -> None:
    rows = [f"{i},0{1 + i % 5}/0{1 + i % 9}/2026,Closed Won,{100 + i}" for i in range(9)]
    file = tmp_path / "deals.csv"
    file.write_text("Record ID,Close Date,Deal Stage,Amount\n" + "\n".join(rows) + "\n", "utf-8")
    refused = run("import", file, "--yes", "--project", tmp_path)
    assert refused.code == 1
    assert "KDR-MAP-013" in refused.err
    assert "--date-order" in refused.err
    assert "sources" not in tomllib.loads((tmp_path / "kadar.toml").read_text("utf-8"))

    done = run("import", file, "--yes", "--date-order", "mdy", "--project", tmp_path)
    assert done.code == 0, done
    (written,) = tomllib.loads((tmp_path / "kadar.toml").read_text("utf-8"))["sources"]
    assert written["date_format"]["closed_at"] == "M/D/Y"
    asked = run("ask", "win_rate", "--format", "json", "--project", tmp_path, "--grain", "month")
    assert asked.code == 0, asked
    months = {row["opens"][:7] for row in json.loads(asked.out)}
    assert months == {f"2026-0{month}" for month in range(1, 6)}
