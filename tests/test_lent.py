"""What an engine lends is its own, whoever else reads the same file."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb

from kadar.engines.duckdb import DuckDB


def test_many_lend_a_table_of_one_name_at_once(tmp_path: Path) -> None:
    file = tmp_path / "store.duckdb"
    with duckdb.connect(str(file)) as made:
        made.execute("create schema crm")

    def lend(number: int) -> list[float]:
        engine = DuckDB(duckdb.connect(str(file), read_only=True))
        try:
            engine.lend("predictions", f"SELECT {number} AS n FROM range(1000)")
            return list(engine.run("SELECT DISTINCT n FROM crm.predictions")["n"])
        finally:
            engine.close()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lend, range(100))) == [[float(n)] for n in range(100)]


def test_what_was_lent_goes_with_the_engine(tmp_path: Path) -> None:
    file = tmp_path / "store.duckdb"
    with duckdb.connect(str(file)) as made:
        made.execute("create schema crm")
    with duckdb.connect(str(file), read_only=True) as other:  # keeps the instance alive
        engine = DuckDB(duckdb.connect(str(file), read_only=True))
        engine.lend("predictions", "SELECT 1 AS n")
        engine.close()
        found = other.execute("select database_name from duckdb_databases()").fetchall()
        assert not [name for (name,) in found if name.startswith("kadar_lent")]
