"""Working time: the spans of each day in which there is work.

A moment is working time when its local date and time of day lie in a span, so an hour that comes
twice counts twice and one that is left out counts not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from kadar.derive.days import DAY, Days, number


@dataclass(frozen=True)
class Span:
    """Working time from `opens` to `closes` (seconds, UTC) within the local day `day`."""

    day: int  # days since 1970-01-01
    opens: int
    closes: int  # exclusive


Intervals = Iterable[tuple[int, int]]


def tiled(days: Days, worked: Intervals) -> list[Span]:
    """Return intervals of work (seconds, UTC) as spans of `days`: in order, none overlapping.

    A span that runs past midnight is split where the day opens.
    """
    spans: list[Span] = []
    first, openings, at = number(days.first), days.openings, 0
    reached = openings[0]
    for opens, closes in sorted(worked):
        begin, end = max(opens, reached), min(closes, openings[-1])
        reached = max(reached, end)
        while begin < end:
            while openings[at + 1] <= begin:
                at += 1
            until = min(end, openings[at + 1])
            spans.append(Span(first + at, begin, until))
            begin = until
    return spans


def worked(
    days: Days, spans_of: Callable[[int], Sequence[tuple[int, int]]]
) -> Iterator[tuple[int, int]]:
    """Yield the pairs of seconds (UTC) between which is work; they may overlap.

    `spans_of` gives the spans of a local day (number since 1970-01-01) in seconds after midnight;
    one that runs past midnight belongs to the day it begins on. The day before the first is asked
    for too.
    """
    at = 0
    for day in range(number(days.first) - 1, number(days.last) + 1):
        spans = spans_of(day)
        if not spans:
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
