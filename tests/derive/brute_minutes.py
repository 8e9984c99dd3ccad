"""Working time by looking at every minute: numpy, zoneinfo, and no clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EPOCH = date(1970, 1, 1)
Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Hours:
    """Working hours of a zone from one day to another, both in force."""

    zone: str
    week: Mapping[str, Sequence[str]]
    free: Iterable[date] = ()
    since: date = date(1, 1, 1)
    until: date = date(9999, 12, 31)


def minutes(first: datetime, last: datetime) -> Array:
    """Every minute of a time, as minutes since 1970."""
    return np.arange(_minute(first), _minute(last))


def works(instants: Array, order: Sequence[Hours]) -> Array:
    """Whether each minute is work: on each day by the first hours in force on that day."""
    found = np.zeros(len(instants), dtype=bool)
    for place, hours in enumerate(order):
        local = instants + _offsets(hours.zone, instants)
        day, clock = np.divmod(local, 1440)
        weekday = (day + 3) % 7  # 1970 began on a Thursday
        inside = np.zeros(len(instants), dtype=bool)
        for name, spans in hours.week.items():
            for span in spans:
                opens, closes = (int(t[:2]) * 60 + int(t[3:]) for t in span.split("-"))
                inside |= (weekday == NAMES.index(name)) & (clock >= opens) & (clock < closes)
        inside &= ~np.isin(day, [(d - EPOCH).days for d in hours.free])
        inside &= _in_force(day, hours)
        for earlier in order[:place]:
            inside &= ~_in_force(day, earlier)
        found |= inside
    return found


def _in_force(day: Array, hours: Hours) -> Array:
    return (day >= (hours.since - EPOCH).days) & (day <= (hours.until - EPOCH).days)


def _offsets(zone: str, instants: Array) -> Array:
    """Minutes east of Greenwich; no zone changes but on half an hour."""
    info = ZoneInfo(zone)
    halves, place = np.unique(instants // 30, return_inverse=True)
    at = [
        round(datetime.fromtimestamp(int(h) * 1800, UTC).astimezone(info).utcoffset() / _MINUTE)  # type: ignore[operator]
        for h in halves
    ]
    return np.asarray(at)[place]


_MINUTE = datetime(1970, 1, 1, 0, 1, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)


def _minute(moment: datetime) -> int:
    return round(moment.timestamp()) // 60
