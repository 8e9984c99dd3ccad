"""ClickHouse, embedded as chDB: `pip install 'kadar[clickhouse]'`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from chdb.session import Session

from kadar.engines.engine import Columns, refusal

# What ClickHouse does otherwise than the standard unless it is told not to.
_SETTINGS = {
    "session_timezone": "UTC",
    "join_use_nulls": 1,  # the other side of an outer join is null, not 0 or ''
    "cast_keep_nullable": 1,
    "date_time_overflow_behavior": "saturate",  # it knows the years 1900 to 2299
    "max_query_size": 1 << 24,
}


class ClickHouse:
    """Runs statements in an open session of chDB; a process can have one."""

    dialect = "clickhouse"

    def __init__(self, session: Session) -> None:
        self._session = session
        for name, value in _SETTINGS.items():
            session.query(f"SET {name} = {value!r}")

    def run(self, sql: str) -> Columns:
        """Run one statement; see `kadar.engines.engine.Engine`."""
        try:
            answered = self._session.query(sql, "Arrow")
            table = pa.ipc.open_file(pa.BufferReader(answered.bytes())).read_all()
        except (RuntimeError, pa.ArrowInvalid) as error:  # refused, or given up half-way
            raise refusal(error) from error
        return {name: _plain(table.column(name)) for name in table.column_names}

    def close(self) -> None:
        """Close the session."""
        self._session.close()


def _plain(column: Any) -> Any:
    """Return a column of Arrow's as `Engine.run` promises it."""
    kind = column.type
    if pa.types.is_date(kind):
        return column.to_numpy().astype("datetime64[D]")
    if pa.types.is_timestamp(kind):
        return column.to_numpy().astype("datetime64[us]")
    if pa.types.is_decimal(kind) or pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return column.cast(pa.float64()).to_numpy().astype(np.float64)
    things = np.empty(len(column), dtype=object)
    things[:] = column.to_pylist()
    return things
