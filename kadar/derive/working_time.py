"""Working time: the spans of each day in which the company works, and the clock over them.

The working clock is the number of working minutes since the calendar began; the working minutes
between two moments are the difference of two readings. A moment is working time when its local
date and time of day lie in a span, so an hour that comes twice counts twice and one that is left
out counts not at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kadar.derive.days import DAY, Days, day_of, number
from kadar.derive.derivation import Derivation


@dataclass(frozen=True)
class Span:
    """Working time from `opens` to `closes` (seconds, UTC) within the local day `day`."""

    day: int  # days since 1970-01-01
    opens: int
    closes: int  # exclusive


def working_spans(
    days: Days, by_weekday: dict[int, list[tuple[int, int]]], holidays: set[int]
) -> list[Span]:
    """Return the working spans of `days`, in order, none overlapping.

    A span that runs past midnight belongs to the day it begins on: that day's weekday and
    holiday decide.
    """
    spans: list[Span] = []
    first, openings, at = number(days.first), days.openings, 0
    reached = openings[0]
    for opens, closes in sorted(_worked(days, by_weekday, holidays)):
        begin, end = max(opens, reached), min(closes, openings[-1])
        reached = max(reached, end)
        while begin < end:  # split where a day opens
            while openings[at + 1] <= begin:
                at += 1
            until = min(end, openings[at + 1])
            spans.append(Span(first + at, begin, until))
            begin = until
    return spans


def _worked(
    days: Days, by_weekday: dict[int, list[tuple[int, int]]], holidays: set[int]
) -> Iterator[tuple[int, int]]:
    """Pairs of seconds (UTC) the company works between; they may overlap."""
    at = 0
    for day in range(number(days.first) - 1, number(days.last) + 1):
        spans = by_weekday.get(day_of(day).weekday(), [])
        if not spans or day in holidays:
            continue
        midnight = day * DAY
        # offsets are at most 26 hours apart, so an earlier stretch cannot touch this day
        while days.stretches[at].ends + days.stretches[at].offset < midnight - 2 * DAY:
            at += 1
        for stretch in days.stretches[at:]:
            if stretch.begins + stretch.offset > midnight + 3 * DAY:
                break
            for start, end in spans:
                opens = max(midnight + start - stretch.offset, stretch.begins)
                closes = min(midnight + end - stretch.offset, stretch.ends)
                if opens < closes:
                    yield opens, closes


class WorkingClock:
    """Readings of the working clock in SQL, by a join on the day and arithmetic within it."""

    def __init__(self, work: Derivation) -> None:
        self.work = work
        most = work.value(
            f"SELECT coalesce(max(n), 0) FROM "
            f"(SELECT count(*) AS n FROM {work.crm('working_days')} GROUP BY day)"
        )
        self.places = range(1, most + 1)
        # a day's missing spans are empty ones, at its opening
        spans = "".join(
            f", coalesce(epoch_us(spans[{n}].opens_at), epoch_us(c.opens_at)) AS opens_{n}"
            f", coalesce(epoch_us(spans[{n}].closes_at), epoch_us(c.opens_at)) AS closes_{n}"
            for n in self.places
        )
        self.table = work.temporary(
            "working clock",
            f"""
            SELECT c.day, CAST(round(c.working_minutes_before * 60) AS BIGINT) * 1000000 AS before
                {spans}
            FROM {work.crm("calendar")} c LEFT JOIN (
                SELECT day, list({{'opens_at': opens_at, 'closes_at': closes_at}}
                    ORDER BY opens_at) AS spans
                FROM {work.crm("working_days")} GROUP BY day
            ) s ON s.day = c.day
            """,
        )

    def join(self, alias: str, day: str) -> str:
        """SQL that joins the clock under `alias` for the local day of a moment."""
        return f"LEFT JOIN {self.table} {alias} ON {alias}.day = {day}"

    def reading(self, alias: str, moment: str) -> str:
        """SQL for the clock's reading at `moment`, in microseconds (BIGINT)."""
        worked = "".join(
            f" + greatest(0, least(epoch_us({moment}), {alias}.closes_{n}) - {alias}.opens_{n})"
            for n in self.places
        )
        return f"({alias}.before{worked})"
