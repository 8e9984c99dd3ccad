"""DuckDB: the embedded engine, reading one published version of the store."""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np

from kadar.engines.engine import Columns
from kadar.errors import FAILED, KadarError
from kadar.language import N_


class DuckDB:
    """Runs statements on an open connection, as `Store.reader` gives it."""

    dialect = "duckdb"

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def run(self, sql: str) -> Columns:
        """Run one statement; see `kadar.engines.engine.Engine`."""
        try:
            fetched = self._connection.execute(sql).fetchnumpy()
        except duckdb.Error as error:
            raise KadarError(
                "KDR-ENG-001",
                N_("The engine refused a statement: {error}"),
                N_("This is a fault in kadar: please report it with the output of kadar explain."),
                exit_code=FAILED,
                error=str(error).splitlines()[0],
            ) from error
        return {name: plain(column) for name, column in fetched.items()}

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def plain(column: Any) -> Any:
    """Return a column of DuckDB's as `Engine.run` promises it."""
    values = np.ma.getdata(column)
    mask = np.ma.getmaskarray(column)
    if values.dtype.kind == "M":
        days = values.astype("datetime64[D]")
        days[mask] = np.datetime64("NaT")
        return days
    if values.dtype.kind in "fiu":
        return np.where(mask, np.nan, values.astype(np.float64))
    things = values.astype(object)
    things[mask] = None
    return things
