"""PostgreSQL 15 or later, through psycopg 3: `pip install 'kadar[postgres]'`."""

from __future__ import annotations

from datetime import UTC
from decimal import Decimal
from typing import Any

import numpy as np
import psycopg

from kadar.engines.engine import Columns, refusal

# types by the numbers of the catalogue pg_type, the same on every server
_DAYS = (1082, 1114)  # a day plus an interval is a time stamp without zone
_MOMENT = 1184
_NUMBERS = (20, 21, 23, 700, 701, 1700)


class PostgreSQL:
    """Runs statements on an open connection, which it sets to autocommit, reading only, in UTC."""

    dialect = "postgres"

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        connection.autocommit = True
        connection.execute("SET TIME ZONE 'UTC'")
        connection.execute("SET default_transaction_read_only = on")
        # compiling such statements to machine code takes longer than running them
        connection.execute("SET jit = off")

    def run(self, sql: str) -> Columns:
        """Run one statement; see `kadar.engines.engine.Engine`."""
        try:
            cursor = self._connection.execute(sql.encode())
            rows = cursor.fetchall()
        except psycopg.Error as error:
            raise refusal(error) from error
        made = cursor.description or []
        columns = zip(*rows, strict=True) if rows else ((),) * len(made)
        return {
            column.name: _plain(values, column.type_code)
            for column, values in zip(made, columns, strict=True)
        }

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def _plain(values: tuple[Any, ...], kind: int) -> Any:
    """Return a column of psycopg's as `Engine.run` promises it."""
    if kind in _DAYS:
        return np.array(values, dtype="datetime64[D]")
    if kind == _MOMENT:
        utc = [None if v is None else v.astimezone(UTC).replace(tzinfo=None) for v in values]
        return np.array(utc, dtype="datetime64[us]")
    if kind in _NUMBERS:
        numbers = [float(v) if isinstance(v, Decimal) else v for v in values]
        return np.array(numbers, dtype=np.float64)  # None becomes NaN
    things = np.empty(len(values), dtype=object)
    things[:] = values
    return things
