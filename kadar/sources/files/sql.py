"""Names and texts inside SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def literal(text: object) -> str:
    """Return text as an SQL literal."""
    return "'" + str(text).replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Return a name as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def one(
    connection: DuckDBPyConnection, query: str, parameters: Sequence[object] = ()
) -> tuple[Any, ...]:
    """Return the only row of a query, leaving no result open on the connection."""
    rows = connection.execute(query, list(parameters)).fetchall()
    return tuple(rows[0])
