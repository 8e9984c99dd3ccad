"""Values as databases give them, brought to what a landed record can hold: text, numbers, JSON."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from kadar.language import N_

AS_THEY_ARE = frozenset({str, bool, type(None)})
_LEAST, _MOST = -(1 << 63), (1 << 63) - 1

NO_ZONE = N_("{column} has times without a zone: read as local time of {zone}")
SECONDS = N_("{column} has intervals: read as seconds")
HEXADECIMAL = N_("{column} has bytes that are no text: read as hexadecimal digits")
UNKNOWN = N_("{column} has values that are no number (NaN, infinity): read as unknown")
AS_JSON = N_("{column} has lists: read as JSON")
AS_TEXT = N_("{column} has values of the type {type}: read as their text")


class Values:
    """Brings the columns of one query to JSON's types, and keeps why a value became another."""

    def __init__(self, zone: str) -> None:
        self._zone = ZoneInfo(zone)
        self.reasons: dict[tuple[str, str], dict[str, str]] = {}  # why, column → what it fills in

    def column(self, name: str, given: Sequence[Any]) -> Sequence[Any]:
        """Return a column's values; most are returned as they are."""
        kinds = set(map(type, given))
        if kinds <= AS_THEY_ARE:
            return given
        if kinds <= {int, type(None), bool} and all(
            v is None or _LEAST <= v <= _MOST for v in given
        ):
            return given
        return [v if type(v) in AS_THEY_ARE else self.one(name, v) for v in given]

    def one(self, name: str, given: Any) -> Any:
        """Return one value."""
        if isinstance(given, Enum):
            return self.one(name, given.value)
        if isinstance(given, int):
            return given if _LEAST <= given <= _MOST else str(given)
        for kind, brought in _BROUGHT.items():
            if isinstance(given, kind):
                return brought(self, name, given)
        if isinstance(given, str) or given is None:
            return given
        self._because(AS_TEXT, name, type=type(given).__name__)
        return str(given)

    def _moment(self, name: str, given: datetime) -> str:
        if given.tzinfo is None:
            self._because(NO_ZONE, name, zone=self._zone.key)
            given = given.replace(tzinfo=self._zone)
        return given.isoformat()

    def _plain(self, _name: str, given: date | time) -> str:
        return given.isoformat()

    def _interval(self, name: str, given: timedelta) -> float | int:
        self._because(SECONDS, name)
        seconds = given / timedelta(microseconds=1) / 1_000_000
        return int(seconds) if seconds.is_integer() else seconds

    def _exact(self, name: str, given: Decimal) -> str | None:
        if not given.is_finite():
            self._because(UNKNOWN, name)
            return None
        return format(given, "f")

    def _number(self, name: str, given: float) -> float | None:
        if not math.isfinite(given):
            self._because(UNKNOWN, name)
            return None
        return given

    def _bytes(self, name: str, given: bytes | bytearray | memoryview) -> str:
        raw = bytes(given)
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            text = ""
        if text.isprintable() and (text or not raw):
            return text
        self._because(HEXADECIMAL, name)
        return raw.hex()

    def _list(self, name: str, given: Sequence[Any]) -> list[Any]:
        self._because(AS_JSON, name)
        return [self.one(name, v) for v in given]

    def _object(self, name: str, given: dict[Any, Any]) -> dict[str, Any]:
        return {str(key): self.one(name, v) for key, v in given.items()}

    def _because(self, why: str, column: str, **more: str) -> None:
        self.reasons.setdefault((why, column), {"column": column, **more})


_BROUGHT: dict[type | tuple[type, ...], Callable[[Values, str, Any], Any]] = {
    datetime: Values._moment,  # before date, which it is, too
    (date, time): Values._plain,
    Decimal: Values._exact,
    float: Values._number,
    timedelta: Values._interval,
    (bytes, bytearray, memoryview): Values._bytes,
    (list, tuple, set, frozenset): Values._list,
    dict: Values._object,
    UUID: lambda _values, _name, given: str(given),
}
