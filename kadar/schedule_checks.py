"""What `[[schedules]]` in `kadar.toml` may say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from kadar.errors import nearest
from kadar.language import N_
from kadar.problem import Path, Problem
from kadar.schedule import Schedule, conditions
from kadar.time_checks import holidays_of, month_day, time_zone, working_hours


def schedule_problems(schedules: Sequence[Schedule], *, reading: bool = False) -> Iterator[Problem]:
    """Yield what is wrong; the countries of holidays are not looked up if `reading`."""
    for position, schedule in enumerate(schedules):
        at: Path = ("schedules", position)
        if not schedule.name.strip():
            yield Problem(
                (*at, "name"),
                "KDR-PRJ-050",
                N_("{file}, line {line}: the schedule has an empty name."),
                N_("Give it a short name: whose hours these are."),
            )
        yield from working_hours((*at, "working_hours"), schedule.working_hours)
        yield from _when(at, schedule)
        yield from _days(at, schedule)
        yield from _overlap(at, schedule, schedules[:position])
        if schedule.time_zone is not None:
            yield from time_zone((*at, "time_zone"), schedule.time_zone)
        if not reading:
            for place in schedule.places or []:
                yield from holidays_of((*at, "holidays"), place)


def _when(at: Path, schedule: Schedule) -> Iterator[Problem]:
    known = conditions("tickets")
    for name in schedule.when:
        if name not in known:
            yield Problem(
                (*at, "when", name),
                "KDR-PRJ-051",
                N_('{file}, line {line}: a schedule cannot depend on "{value}".'),
                N_("Tickets have: {known}."),
                {"value": name, "known": nearest(name, [n for n in known if "." not in n])},
            )


def _days(at: Path, schedule: Schedule) -> Iterator[Problem]:
    bounds = [("since", schedule.since), ("until", schedule.until)]
    listed = [("days_off", day) for day in schedule.days_off]
    listed += [("days_worked", day) for day in schedule.days_worked]
    for setting, day in [*((s, d) for s, d in bounds if d is not None), *listed]:
        every_year = setting.startswith("days_") and (month_day(day) or day == "02-29")
        if not every_year and not _day(day):
            yield Problem(
                (*at, setting),
                "KDR-PRJ-052",
                N_('{file}, line {line}: "{value}" is no day.'),
                N_('Write a day such as "2026-09-16"; days_off and days_worked take "12-24" too.'),
                {"value": day},
            )
    if schedule.since and schedule.until and schedule.until < schedule.since:
        yield Problem(
            (*at, "until"),
            "KDR-PRJ-053",
            N_("{file}, line {line}: the schedule ends before it begins."),
            N_("since is its first day and until its last."),
        )


def _overlap(at: Path, schedule: Schedule, before: Sequence[Schedule]) -> Iterator[Problem]:
    """A name's history may not say two things about one day."""
    for other in before:
        apart = (other.until or "9999") < (schedule.since or "") or (schedule.until or "9999") < (
            other.since or ""
        )
        if other.name == schedule.name and not apart:
            yield Problem(
                at,
                "KDR-PRJ-054",
                N_('{file}, line {line}: two schedules "{name}" are in force on one day.'),
                N_("Let the earlier one end with until the day before the later one's since."),
                {"name": schedule.name},
            )
            return


def _day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
