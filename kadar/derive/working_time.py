"""The working clocks in SQL.

A working clock is the number of working minutes since the calendar began; the working minutes
between two moments are the difference of two readings.
"""

from __future__ import annotations

from kadar.derive.derivation import Derivation
from kadar.derive.working_spans import Span

_EPOCH = "DATE '1970-01-01'"


def clock(work: Derivation, schedules: tuple[int, ...]) -> int:
    """Return the number of the clock that follows these schedules; its spans are written once."""
    if schedules not in work.clocks:
        work.clocks[schedules] = len(work.clocks)
        if work.days is not None:
            _write(work, work.clocks[schedules], work.timetables.spans(work.days, schedules))
    return work.clocks[schedules]


def create(work: Derivation) -> None:
    """Make `crm.working_days`, empty: `minutes_before` is its clock's reading at `opens_at`."""
    work.run(
        f"""
        CREATE TABLE {work.crm("working_days")} (
            clock INTEGER NOT NULL, day DATE NOT NULL, opens_at TIMESTAMPTZ NOT NULL,
            closes_at TIMESTAMPTZ NOT NULL, minutes_before DOUBLE NOT NULL
        )
        """
    )


def _write(work: Derivation, clock: int, spans: list[Span]) -> None:
    before, total = [], 0
    for span in spans:
        before.append(total)
        total += span.closes - span.opens
    work.run(
        f"""
        INSERT INTO {work.crm("working_days")}
        SELECT {clock}, {_EPOCH} + day, make_timestamptz(opens * 1000000),
            make_timestamptz(closes * 1000000), before / 60
        FROM (SELECT unnest($day::INTEGER[]) AS day, unnest($opens::BIGINT[]) AS opens,
            unnest($closes::BIGINT[]) AS closes, unnest($before::BIGINT[]) AS before)
        """,
        {
            "day": [span.day for span in spans],
            "opens": [span.opens for span in spans],
            "closes": [span.closes for span in spans],
            "before": before,
        },
    )


class WorkingClock:
    """Readings of the working clocks in SQL: a join on clock and day, arithmetic within the day.

    A clock is a number in `crm.working_days`; 0 is the company's own.
    """

    def __init__(self, work: Derivation) -> None:
        self.work = work
        most = work.value(
            f"SELECT coalesce(max(n), 0) FROM "
            f"(SELECT count(*) AS n FROM {work.crm('working_days')} GROUP BY clock, day)"
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
            SELECT n.clock, c.day{spans}, CAST(coalesce(sum(s.worked) OVER (
                PARTITION BY n.clock ORDER BY c.day ROWS BETWEEN UNBOUNDED PRECEDING AND
                1 PRECEDING), 0) AS BIGINT) AS before
            FROM {work.crm("calendar")} c
                CROSS JOIN (SELECT unnest(range({max(len(work.clocks), 1)})) AS clock) n
                LEFT JOIN (
                    SELECT clock, day, list({{'opens_at': opens_at, 'closes_at': closes_at}}
                        ORDER BY opens_at) AS spans,
                        sum(epoch_us(closes_at) - epoch_us(opens_at)) AS worked
                    FROM {work.crm("working_days")} GROUP BY clock, day
                ) s ON s.day = c.day AND s.clock = n.clock
            """,
        )

    def join(self, alias: str, clock: str, day: str) -> str:
        """SQL that joins a clock under `alias` for the company's local day of a moment."""
        return f"LEFT JOIN {self.table} {alias} ON {alias}.day = {day} AND {alias}.clock = {clock}"

    def reading(self, alias: str, moment: str) -> str:
        """SQL for the clock's reading at `moment`, in microseconds (BIGINT)."""
        worked = "".join(
            f" + greatest(0, least(epoch_us({moment}), {alias}.closes_{n}) - {alias}.opens_{n})"
            for n in self.places
        )
        return f"({alias}.before{worked})"
