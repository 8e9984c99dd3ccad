"""Rows out of one-row queries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def one(
    connection: DuckDBPyConnection, query: str, parameters: Sequence[object] = ()
) -> tuple[Any, ...]:
    """Return the only row of a query, leaving no result open on the connection."""
    rows = connection.execute(query, list(parameters)).fetchall()
    return tuple(rows[0])
