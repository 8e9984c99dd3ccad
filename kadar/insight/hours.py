"""When tickets come in, and how long they wait: by weekday and hour of the company's zone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from kadar.insight.rows import listed, meeting
from kadar.store.sql import literal

if TYPE_CHECKING:
    from kadar.asking import Asking
    from kadar.measure.question import Filter


@dataclass(frozen=True)
class Hour:
    """The tickets created in one hour of one weekday (1 Monday … 7 Sunday) of a span.

    `wait` is the median hours to the first reply by a person of the `answered` ones, as the KPI
    first_response_time has it.
    """

    weekday: int
    hour: int
    tickets: int
    answered: int
    wait: float | None


def hours(asking: Asking, since: date, until: date, where: Sequence[Filter] = ()) -> list[Hour]:
    """Return the hours of the week in which tickets were created, of days in `[since, until)`."""
    zone = literal(asking.zone.key)
    answered = "t.responded_at >= t.created_at AND t.responded_at <= k.observed_until"
    rows = listed(
        asking,
        f"""
        SELECT weekday, hour, count(*) AS tickets, count(wait) AS answered,
            percentile_cont(0.5) WITHIN GROUP (ORDER BY wait) AS wait
        FROM (
            SELECT EXTRACT(isodow FROM t.created_on) AS weekday,
                EXTRACT(hour FROM t.created_at AT TIME ZONE {zone}) AS hour,
                CASE WHEN {answered} THEN t.response_minutes / 60 END AS wait
            FROM crm.tickets t CROSS JOIN crm.company k
            WHERE t.created_on >= DATE '{since:%Y-%m-%d}' AND t.created_on < DATE '{until:%Y-%m-%d}'
                {meeting(asking, "tickets", "t", where)}
        ) placed GROUP BY weekday, hour ORDER BY weekday, hour
        """,
    )
    return [
        Hour(int(row["weekday"]), int(row["hour"]), int(row["tickets"]), int(row["answered"]),
             row["wait"])
        for row in rows
    ]  # fmt: skip
