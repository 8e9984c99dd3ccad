"""`crm.calendar`: the company's local days, their periods and working minutes."""

from __future__ import annotations

from datetime import date, datetime

from kadar.derive.days import DAY, Days, day_of, number
from kadar.derive.derivation import Derivation
from kadar.derive.extent import Extent
from kadar.derive.periods import starts
from kadar.derive.working_time import clock, create

_SECOND = 1_000_000  # microseconds


def covered(work: Derivation, extents: list[Extent]) -> Days | None:
    """Whole years around every moment, one more on each side; `None` where there is none."""
    moments = [m for extent in extents for m in (extent.earliest, extent.latest)]
    until = work.settings.observed_until
    if not moments:
        return None
    if isinstance(until, datetime):
        moments.append(round(until.timestamp()) * _SECOND)
    elif until is not None:
        moments.append(number(until) * DAY * _SECOND)
    first = day_of(min(moments) // _SECOND // DAY - 1)
    # an order keeps its customer active for some days more
    last = day_of(max(moments) // _SECOND // DAY + 1 + work.company.inactive_after_days)
    return Days(work.settings.zone, date(first.year - 1, 1, 1), date(last.year + 1, 12, 31))


def build(work: Derivation, extents: list[Extent]) -> None:
    """Make `crm.calendar` and `crm.working_days`, and set `work.days`.

    The calendar's working minutes and holidays are those that hold for all: the company's own
    and those of schedules without conditions.
    """
    work.days = covered(work, extents)
    _tables(work)
    if work.days is None:
        return
    days, settings = work.days, work.settings
    general = work.timetables.general
    holidays = work.timetables.holidays(days, general)
    clock(work, general)
    spans = work.timetables.spans(days, general)
    numbers = list(range(number(days.first), number(days.last) + 1))
    worked = [0] * len(numbers)
    for span in spans:
        worked[span.day - numbers[0]] += span.closes - span.opens
    before = [0]
    for seconds in worked:
        before.append(before[-1] + seconds)
    epoch = "DATE '1970-01-01'"
    work.run(
        f"""
        INSERT INTO {work.crm("calendar")}
        SELECT {epoch} + day, make_timestamptz(opens * 1000000), make_timestamptz(closes * 1000000),
            {epoch} + week, {epoch} + month, {epoch} + quarter, {epoch} + year,
            worked / 60, before / 60, holiday
        FROM (SELECT unnest($day::INTEGER[]) AS day, unnest($opens::BIGINT[]) AS opens,
            unnest($closes::BIGINT[]) AS closes, unnest($week::INTEGER[]) AS week,
            unnest($month::INTEGER[]) AS month, unnest($quarter::INTEGER[]) AS quarter,
            unnest($year::INTEGER[]) AS year, unnest($worked::BIGINT[]) AS worked,
            unnest($before::BIGINT[]) AS before, unnest($holiday::VARCHAR[]) AS holiday)
        """,
        {
            "day": numbers,
            "opens": days.openings[:-1],
            "closes": days.openings[1:],
            **{
                grain: [number(d) for d in starts(grain, days.first, days.last, settings)]
                for grain in ("week", "month", "quarter", "year")
            },
            "worked": worked,
            "before": before[:-1],
            "holiday": [holidays.get(n) for n in numbers],
        },
    )


def _tables(work: Derivation) -> None:
    work.run(
        f"""
        CREATE TABLE {work.crm("calendar")} (
            day DATE NOT NULL, opens_at TIMESTAMPTZ NOT NULL, closes_at TIMESTAMPTZ NOT NULL,
            week DATE NOT NULL, month DATE NOT NULL, quarter DATE NOT NULL, year DATE NOT NULL,
            working_minutes DOUBLE NOT NULL, working_minutes_before DOUBLE NOT NULL,
            holiday VARCHAR
        )
        """
    )
    create(work)
