"""Local days: at which moment each begins, and on which one a moment lies.

A day opens at the first moment from which on the local date is never earlier than it. So days
tile time without gaps and overlaps whatever the clocks do: where midnight does not exist the day
opens at the change; where it comes twice, at the first that is not undone; a day the zone skipped
(30 December 2011 in Samoa) opens and closes at one moment.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

DAY = 86_400  # seconds
_EPOCH = date(1970, 1, 1).toordinal()


def number(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - _EPOCH


def day_of(number: int) -> date:
    """Return the day so many days after 1970-01-01."""
    return date.fromordinal(number + _EPOCH)


@dataclass(frozen=True)
class Stretch:
    """A stretch of time in which the clocks keep one offset; all in seconds, UTC."""

    begins: int
    ends: int  # exclusive
    offset: int  # seconds east of Greenwich


def stretches(zone: ZoneInfo, first: date, last: date) -> list[Stretch]:
    """Return the stretches of one offset that cover the local days from `first` to `last`."""

    def offset(second: int) -> int:
        local = datetime.fromtimestamp(second, UTC).astimezone(zone)
        return round(local.utcoffset().total_seconds())  # type: ignore[union-attr]

    begins, ends = (number(first) - 2) * DAY, (number(last) + 3) * DAY
    changes: list[tuple[int, int]] = [(begins, offset(begins))]
    for second in range(begins, ends, DAY):
        until = min(second + DAY, ends)
        low, before, after = second, changes[-1][1], offset(until)
        while before != after:  # a second change within the day is found by the next turn
            high = until
            while high - low > 1:
                middle = (low + high) // 2
                if offset(middle) == before:
                    low = middle
                else:
                    high = middle
            before = offset(high)
            changes.append((high, before))
            low = high
    closing = [begin for begin, _ in changes[1:]] + [ends]
    return [Stretch(b, e, o) for (b, o), e in zip(changes, closing, strict=True)]


@dataclass(frozen=True)
class Days:
    """The local days from `first` to `last` of a time zone."""

    zone: ZoneInfo
    first: date
    last: date

    @cached_property
    def stretches(self) -> list[Stretch]:
        """Return the stretches of one offset over these days."""
        return stretches(self.zone, self.first, self.last)

    @cached_property
    def openings(self) -> list[int]:
        """Seconds at which each day opens, and, last, at which the last one closes."""
        found: list[int] = []
        at = 0
        for day in range(number(self.first), number(self.last) + 2):
            midnight = day * DAY
            # the last stretch that holds a moment of an earlier day
            while at + 1 < len(self.stretches) and (
                self.stretches[at + 1].begins + self.stretches[at + 1].offset < midnight
            ):
                at += 1
            found.append(min(midnight - self.stretches[at].offset, self.stretches[at].ends))
        return found

    def opens(self, day: date) -> int:
        """Second at which a day opens; the day after `last` is known too."""
        return self.openings[day.toordinal() - self.first.toordinal()]

    @cached_property
    def steady(self) -> bool:
        """Whether every day opens 24 hours after the one before."""
        return len(self._runs) == 1

    @cached_property
    def _runs(self) -> list[tuple[int, int, int]]:
        """Runs of days that open 24 hours apart: first opening, offset, number of the last day."""
        runs: list[tuple[int, int, int]] = []
        day = number(self.first)
        for opening in self.openings[:-1]:
            offset = day * DAY - opening
            if runs and runs[-1][1] == offset:
                runs[-1] = (runs[-1][0], offset, day)
            elif runs and runs[-1][0] == opening:  # what came before was a skipped day
                runs[-1] = (opening, offset, day)
            else:
                runs.append((opening, offset, day))
            day += 1
        return runs

    def sql(self, moment: str, since: int | None = None, until: int | None = None) -> str:
        """SQL for the local day (DATE) of a moment, exactly as the calendar has it.

        A tree of comparisons over the runs of equal offset: no look-up, no time zone data of
        the engine's. The tree is smaller where all the moments are known to lie between `since`
        and `until` (microseconds, UTC).
        """
        microseconds = f"epoch_us({moment})"
        runs = self._runs
        if since is not None and until is not None:
            openings = [opening * 1_000_000 for opening, _, _ in runs]
            runs = runs[max(bisect_right(openings, since) - 1, 0) : bisect_right(openings, until)]

        def leaf(at: int) -> str:
            _, offset, last = runs[at]
            day = f"CAST(make_timestamp({microseconds} + {offset * 1_000_000}) AS DATE)"
            if at + 1 < len(runs) and runs[at + 1][0] + offset > (last + 1) * DAY:
                # the run's last day is longer than 24 hours
                return f"least({day}, DATE '{day_of(last)}')"
            return day

        def tree(low: int, high: int) -> str:
            if high - low == 1:
                return leaf(low)
            middle = (low + high) // 2
            return (
                f"CASE WHEN {microseconds} < {runs[middle][0] * 1_000_000} "
                f"THEN {tree(low, middle)} ELSE {tree(middle, high)} END"
            )

        # least() skips nulls, so an unknown moment needs saying
        return f"CASE WHEN {moment} IS NOT NULL THEN {tree(0, len(runs))} END"
