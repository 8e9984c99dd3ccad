"""CSV that kadar writes: text a spreadsheet would run is defused, numbers are as they are."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import duckdb
import pytest

from kadar.exporting import export
from kadar.show.records import text_parts, text_rows
from tests.companies import at, company

HOSTILE = ("=1+1", "+60123456789", "-2", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x","y")')


@pytest.mark.parametrize("text", HOSTILE)
def test_text_that_begins_like_a_formula_is_defused(text: str) -> None:
    ((cell,),) = list(csv.reader(io.StringIO(text_rows(["a"], [[text]]), newline="")))[1:]
    assert cell == f"'{text}"


def test_everything_else_is_as_it_is() -> None:
    row = [-2, -2.5, 1e-9, date(2026, 1, 2), None, True, {"a": 1}, "a=b", "2026-01-02", " =1"]
    read = list(csv.reader(io.StringIO(text_rows(["n"] * len(row), [row]))))[1]
    assert read == ["-2", "-2.5", "1e-09", "2026-01-02", "", "true", '{"a": 1}', "a=b",
                    "2026-01-02", " =1"]  # fmt: skip


def test_long_csv_comes_in_pieces_that_are_the_whole() -> None:
    rows = [[n, f"={n}"] for n in range(2500)]
    pieces = list(text_parts(["n", "t"], rows))
    assert len(pieces) == 3
    assert "".join(pieces) == text_rows(["n", "t"], rows)
    assert len("".join(pieces).splitlines()) == 2501


def test_exported_tables_are_defused_in_csv_and_whole_in_parquet(tmp_path: Path) -> None:
    names = [*HOSTILE[:4], "plain", None]
    (tmp_path / "p").mkdir()
    made = company(
        tmp_path / "p",
        customers=[
            {"customer_id": f"c{i}", "name": name, "created_at": at("2026-01-03")}
            for i, name in enumerate(names)
        ],
    )
    export(made, tmp_path / "csv", "csv")
    with (tmp_path / "csv" / "customers.csv").open(newline="") as file:
        read = {row["customer_id"]: row["name"] for row in csv.DictReader(file)}
    assert read == {f"c{i}": f"'{n}" if i < 4 else n or "" for i, n in enumerate(names)}
    export(made, tmp_path / "parquet", "parquet")
    file = tmp_path / "parquet" / "customers.parquet"
    kept = dict(duckdb.connect().sql(f"SELECT customer_id, name FROM '{file}'").fetchall())
    assert kept == {f"c{i}": n for i, n in enumerate(names)}
