"""When a server syncs by itself: `every 15m`, `daily 02:00`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from kadar.errors import KadarError
from kadar.language import N_

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
LEAST = timedelta(seconds=10)


@dataclass(frozen=True)
class Timetable:
    """Every so long from the start on, or daily at a clock time of a time zone."""

    every: timedelta | None = None
    daily: time | None = None
    zone: tzinfo = UTC

    def next(self, last: datetime | None, now: datetime) -> datetime:
        """Return when to sync (aware), given when the last one began (None: there was none yet).

        What was missed is made up for at once, once. A clock time that a day does not have, as
        when clocks are put forward, is that much later; one that it has twice counts once.
        """
        if self.daily is None:
            every = self.every or LEAST
            return now if last is None else max(last + every, now)
        after = (last or now).astimezone(self.zone)
        day = after.date()
        while True:
            moment = datetime.combine(day, self.daily, self.zone).astimezone(UTC)
            if moment > after:
                return max(moment, now)
            day += timedelta(days=1)


def timetable(what: str, when: str, zone: str) -> Timetable:
    """Read `every 15m` or `daily 02:00` (in the time zone named). Raises KDR-SRC-232."""
    if what == "every" and (found := re.fullmatch(r"(\d{1,6})([smhd])", when)):
        every = timedelta(**{_UNITS[found.group(2)]: int(found.group(1))})
        if every >= LEAST:
            return Timetable(every=every)
    if what == "daily" and (found := re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", when)):
        at = time(int(found.group(1)), int(found.group(2)))
        return Timetable(daily=at, zone=ZoneInfo(zone))
    raise KadarError(
        "KDR-SRC-232",
        N_("“{what} {when}” is no time to sync at."),
        N_("Say --sync every 15m (s, m, h, d; 10s at least) or --sync daily 02:00."),
        what=what,
        when=when,
    )
