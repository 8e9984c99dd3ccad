"""Faults of DuckDB that kadar works around: a test here fails when one is mended upstream."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest


def test_strict_csv_with_crlf_and_an_empty_last_field_is_misread(tmp_path: Path) -> None:
    """`kadar.sources.files` reads with strict_mode off where new_line is given."""
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\r\n1,\r\n2,x\r\n")
    read = (
        f"select count(*) from read_csv('{path}', auto_detect = false, header = true, "
        "columns = {a: 'VARCHAR', b: 'VARCHAR'}, delim = ',', quote = '\"', escape = '\"', "
        "new_line = '\\r\\n', strict_mode = "
    )
    try:
        strict = duckdb.connect().sql(read + "true)").fetchall()
    except duckdb.Error:
        strict = [(None,)]
    assert strict != [(2,)], "mended: strict_mode may be used again"
    assert duckdb.connect().sql(read + "false)").fetchall() == [(2,)]


def test_fetching_a_moment_needs_pytz() -> None:
    """Queries of kadar's give moments as `epoch_us` or text."""
    try:
        import pytz  # noqa: F401
    except ImportError:
        with pytest.raises(duckdb.Error, match="pytz"):
            duckdb.connect().sql("select timestamptz '2026-01-01 00:00:00+00'").fetchall()
    else:
        pytest.skip("pytz is installed")
