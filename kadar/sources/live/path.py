"""Values of records by their JSON path, as the engine's `json_extract_string` gives them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_PLAIN = re.compile(r"\$((?:\.[A-Za-z_]\w*)+)", re.ASCII)


def taker(path: str) -> Callable[[Mapping[str, Any]], str | None] | None:
    """Return what takes the text at a path out of a record; None for a path that is not plain.

    Reading the one value again from the record's JSON takes the engine several times longer.
    """
    plain = _PLAIN.fullmatch(path)
    if plain is None:
        return None
    *ahead, last = plain[1][1:].split(".")

    def take(record: Mapping[str, Any]) -> str | None:
        for name in ahead:
            within = record.get(name)
            if not isinstance(within, dict):
                return None
            record = within
        value = record.get(last)
        return value if value is None or type(value) is str else _text(value)

    return take


def _text(value: Any) -> str | None:
    """Return the text of what is not text."""
    import msgspec

    if type(value) is int:
        return str(value)
    said = msgspec.json.encode(value).decode()
    with _engine().cursor() as cursor:
        ((found,),) = cursor.execute("select json_extract_string(?, '$')", [said]).fetchall()
    return None if found is None else str(found)


@cache
def _engine() -> DuckDBPyConnection:
    """Return a connection of our own: the module's is the caller's, and holds one result."""
    import duckdb

    return duckdb.connect()
