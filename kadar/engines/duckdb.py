"""DuckDB: the embedded engine, reading one published version of the store."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from kadar.engines.engine import Columns, refusal
from kadar.whole_file import replacing

_MOMENT = "TIMESTAMP WITH TIME ZONE"

# Connections of one process to one file share what is attached: each lends under a name of its own.
_lenders = itertools.count()


class DuckDB:
    """Runs statements on an open connection in time zone UTC, as `Store.reader` gives it."""

    dialect = "duckdb"

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._lent: str | None = None  # database in memory of what is lent
        self._home = ""

    def run(self, sql: str) -> Columns:
        """Run one statement; see `kadar.engines.engine.Engine`."""
        try:
            cursor = self._execute(sql)
            # a day plus an interval is a time stamp without zone: it is still a day
            moments = {name for name, kind, *_ in cursor.description if kind == _MOMENT}
            fetched = cursor.fetchnumpy()
        except duckdb.Error as error:
            raise refusal(error) from error
        return {name: plain(column, name in moments) for name, column in fetched.items()}

    def lend(self, table: str, query: str, columns: Mapping[str, Any] | None = None) -> None:
        """Make `crm.<table>` in memory, beside the file, for this connection alone.

        The query may read `columns`, each an array, by the name of lent.
        """
        run = self._connection.execute
        if self._lent is None:
            (self._home,) = run("SELECT current_database()").fetchone() or ("",)
            lent = f"kadar_lent_{next(_lenders)}"
            run(f"ATTACH ':memory:' AS {lent} (READ_WRITE)")
            self._lent = lent
            run(f"CREATE SCHEMA {lent}.crm")
            paths = ",".join([f'"{self._home}".main', f'"{self._home}".crm', f"{lent}.crm"])
            run("SET search_path = '" + paths.replace("'", "''") + "'")
        if columns is not None:
            self._connection.register("lent", dict(columns))
        try:
            self._execute(f'CREATE OR REPLACE TABLE {self._lent}.crm."{table}" AS {query}')
        finally:
            if columns is not None:
                self._connection.unregister("lent")

    def keep_lent(self, table: str, file: Path) -> None:
        """Write a table that was lent to a Parquet file; where that may not be, do nothing."""
        self.keep(f'FROM {self._lent}.crm."{table}"', file)

    def keep(self, query: str, file: Path) -> bool:
        """Write the rows of a query to a Parquet file; say whether that could be."""
        try:
            with replacing(file) as partial:
                target = str(partial).replace("'", "''")
                self._execute(f"COPY ({query}) TO '{target}' (FORMAT parquet)")
        except (duckdb.Error, OSError):
            return False
        return True

    def _execute(self, sql: str) -> duckdb.DuckDBPyConnection:
        """Run one statement; with the memory DuckDB takes by itself where less will not do.

        Not all it does can go on beside memory, and the place for that may be full or read-only.
        """
        try:
            return self._connection.execute(sql)
        except (duckdb.OutOfMemoryException, duckdb.IOException):
            self._connection.execute("RESET memory_limit")
            return self._connection.execute(sql)

    def close(self) -> None:
        """Close the file; what was lent goes."""
        if self._lent is not None:
            with suppress(duckdb.Error):  # it goes with the last connection at the latest
                self._connection.execute(f'USE "{self._home}"')
                self._connection.execute(f"DETACH {self._lent}")
        self._connection.close()


def plain(column: Any, moment: bool = False) -> Any:
    """Return a column of DuckDB's as `Engine.run` promises it."""
    values = np.ma.getdata(column)
    mask = np.ma.getmaskarray(column)
    if values.dtype.kind == "M":
        times = values.astype("datetime64[us]" if moment else "datetime64[D]")
        times[mask] = np.datetime64("NaT")
        return times
    if values.dtype.kind in "fiu":
        return np.where(mask, np.nan, values.astype(np.float64))
    things = values.astype(object)
    things[mask] = None
    return things
