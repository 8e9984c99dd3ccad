"""The last increment of a query that was read: kept as a mark, and what is read again before it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from kadar.errors import FAILED, KadarError
from kadar.language import N_
from kadar.sources.database.queries import OVERLAP, OVERLAP_OF_NUMBERS

Kept = dict[str, str]
_READ: dict[str, Callable[[str], Any]] = {
    "moment": datetime.fromisoformat,
    "day": date.fromisoformat,
    "whole": int,
    "exact": Decimal,
    "number": float,
    "text": str,
    "bytes": bytes.fromhex,
}


def kept(given: Any, column: str) -> Kept:
    """Return an increment as JSON can hold it. Raises KDR-SRC-210 for what has no order."""
    if isinstance(given, datetime):
        return {"type": "moment", "value": given.isoformat()}
    if isinstance(given, date):
        return {"type": "day", "value": given.isoformat()}
    if isinstance(given, bytes | bytearray | memoryview):  # a row version
        return {"type": "bytes", "value": bytes(given).hex()}
    for kind, name in ((int, "whole"), (Decimal, "exact"), (float, "number"), (str, "text")):
        if isinstance(given, kind) and not isinstance(given, bool):
            return {"type": name, "value": str(given)}
    raise KadarError(
        "KDR-SRC-210",
        N_("The increment {column} has values of the type {type}, which do not grow."),
        N_("Name a column of times or of numbers as increment, or none: then all is read."),
        exit_code=FAILED,
        column=column,
        type=type(given).__name__,
    )


def restored(said: Kept) -> Any:
    """Return the increment that was kept."""
    return _READ[said["type"]](said["value"])


def before(given: Any, overlap: timedelta | int | None) -> Any:
    """Return from where the next reading begins: rows may be committed later than their increment.

    By default ten minutes before a moment, a day before a day, 1000 before a whole number. Text
    that is a moment stays text, written so that it sorts before it.
    """
    time = overlap if isinstance(overlap, timedelta) else OVERLAP
    count = overlap if isinstance(overlap, int) else OVERLAP_OF_NUMBERS
    if isinstance(given, datetime):
        return given - time
    if isinstance(given, date):
        return given - max(time, timedelta(days=1))
    if isinstance(given, int | Decimal | float):
        return given - count
    if isinstance(given, str) and len(given) > 10:
        try:
            moment = datetime.fromisoformat(given).replace(tzinfo=None) - time
        except ValueError:
            return given
        return moment.isoformat(given[10], "seconds")
    return given
