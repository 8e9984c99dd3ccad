"""Schedules in force: which working hours hold on which day, for whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from kadar.derive.days import Days, day_of, number
from kadar.derive.public_holidays import public_holidays
from kadar.derive.settings import Settings, time_zone, working_spans
from kadar.derive.working_spans import Span, tiled, worked
from kadar.project import Company
from kadar.schedule import Schedule


@dataclass(frozen=True)
class Timetable:
    """A schedule, ready to compute with: days are numbers since 1970-01-01."""

    name: str | None  # None: the company's own hours
    zone: ZoneInfo
    spans: dict[int, list[tuple[int, int]]]  # by weekday, seconds after midnight
    places: tuple[str, ...] = ()
    since: int | None = None
    until: int | None = None  # inclusive
    when: dict[str, list[str]] = field(default_factory=dict)
    off: frozenset[str] = frozenset()  # "2026-09-16" or "12-24"
    on: frozenset[str] = frozenset()

    @classmethod
    def of(cls, schedule: Schedule, company: Company) -> Timetable:
        """Check and convert one `[[schedules]]` table (KDR-DRV-001 … 006)."""
        places = schedule.places
        if places is None:
            places = [company.holidays] if company.holidays else []
        return cls(
            schedule.name,
            time_zone(schedule.time_zone or company.time_zone),
            working_spans(schedule.working_hours),
            tuple(places),
            number(date.fromisoformat(schedule.since)) if schedule.since else None,
            number(date.fromisoformat(schedule.until)) if schedule.until else None,
            {
                name: [value] if isinstance(value, str) else value
                for name, value in schedule.when.items()
            },
            frozenset(schedule.days_off),
            frozenset(schedule.days_worked),
        )

    def in_force(self, day: int) -> bool:
        """Whether the schedule holds on a day of its own time zone."""
        return (self.since is None or self.since <= day) and (
            self.until is None or day <= self.until
        )

    def holidays(self, first: int, last: int) -> dict[int, str]:
        """Days without work between two years (inclusive), with what they are called."""
        found: dict[int, str] = {}
        for place in self.places:
            found |= public_holidays(place, first, last)
        for text in self.off:
            years = [""] if len(text) == 10 else [f"{year}-" for year in range(first, last + 1)]
            for year in years:
                if year and text == "02-29" and not _leap(int(year[:4])):
                    continue
                found.setdefault(number(date.fromisoformat(year + text)), text)
        if not self.on:
            return found
        return {
            day: name
            for day, name in found.items()
            if not {day_of(day).isoformat(), f"{day_of(day):%m-%d}"} & self.on
        }


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


class Timetables:
    """The company's schedules, and the clocks made of them.

    A clock follows, on each day, the first of its schedules that is in force, and the company's
    own hours where none is.
    """

    def __init__(self, settings: Settings, company: Company, schedules: Sequence[Schedule]) -> None:
        own = Timetable(
            None,
            settings.zone,
            settings.working_spans,
            (company.holidays,) if company.holidays else (),
        )
        self.tables = [*(Timetable.of(schedule, company) for schedule in schedules), own]

    @property
    def general(self) -> tuple[int, ...]:
        """Schedules that hold for everything: those without conditions."""
        return tuple(at for at, table in enumerate(self.tables[:-1]) if not table.when)

    def holidays(self, days: Days, among: tuple[int, ...]) -> dict[int, str]:
        """Public holidays and days off of a clock, by day."""
        found: dict[int, str] = {}
        for at, own in self._shared(among).items():
            table = self.tables[at]
            kept = table.holidays(days.first.year, days.last.year)
            found |= {day: name for day, name in kept.items() if own(day)}
        return found

    def spans(self, days: Days, among: tuple[int, ...]) -> list[Span]:
        """Working spans of a clock over `days`."""
        return tiled(days, self._worked(days, among))

    def _worked(self, days: Days, among: tuple[int, ...]) -> Iterator[tuple[int, int]]:
        for at, own in self._shared(among).items():
            table = self.tables[at]
            free = table.holidays(days.first.year - 1, days.last.year + 1)
            # a day may begin a day earlier or later in another zone
            local = Days(table.zone, days.first - timedelta(days=1), days.last + timedelta(days=1))

            def spans_of(day: int) -> list[tuple[int, int]]:
                if day in free or not own(day):  # noqa: B023  (used before the next turn)
                    return []
                return table.spans.get(day_of(day).weekday(), [])  # noqa: B023

            yield from worked(local, spans_of)

    def _shared(self, among: tuple[int, ...]) -> dict[int, _Own]:
        """By schedule: on which days it is the first in force."""
        order = [*among, len(self.tables) - 1]
        return {at: _Own(self.tables, order[: n + 1]) for n, at in enumerate(order)}


@dataclass(frozen=True)
class _Own:
    tables: list[Timetable]
    order: list[int]  # the schedule is the last of these

    def __call__(self, day: int) -> bool:
        *earlier, own = (self.tables[at] for at in self.order)
        return own.in_force(day) and not any(table.in_force(day) for table in earlier)
