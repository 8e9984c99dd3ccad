"""The running period: how many of its days are known, and as many of an earlier one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kadar.measure.question import Elapsed

Run = Callable[[str], Mapping[str, Any]]  # `Engine.run`

# How many periods before it the same period of the year before is: the same days of the week,
# the same month or week of any calendar that has as many of them in a year.
YEAR = {"day": 364, "week": 52, "month": 12, "quarter": 4, "year": 1}


@dataclass(frozen=True)
class Running:
    """The period that the data ends in, and the earlier one it is compared with.

    `elapsed` are the whole days known of it, no more of them than the earlier one has: the same
    days of both. `finished` says whether it is known to its close.
    """

    opens: date
    earlier: date
    elapsed: Elapsed
    finished: bool


def running(run: Run, grain: str, *, working: bool = False, back: int = 1) -> Running | None:
    """Return the period the data ends in beside the one `back` periods before it.

    A day that is known only in part does not count. None where no whole day of the period is
    known, or the earlier period is not in the calendar. `run` runs a statement on the store.
    """
    counted = "CASE WHEN c.working_minutes > 0 THEN 1 ELSE 0 END" if working else "1"
    found = run(
        "SELECT p.position, p.opens, "
        f"sum({counted}) AS days, "
        f"sum(CASE WHEN c.closes_at <= k.observed_until THEN {counted} ELSE 0 END) AS known, "
        "max(CASE WHEN p.closes_at <= k.observed_until THEN 1 ELSE 0 END) AS finished "
        f"FROM crm.periods p JOIN crm.calendar c ON c.{grain} = p.opens CROSS JOIN crm.company k "
        f"WHERE p.grain = '{grain}' AND p.opens_at < k.observed_until "
        "GROUP BY p.position, p.opens ORDER BY p.position"
    )
    places = {int(position): i for i, position in enumerate(found["position"])}
    if not places:
        return None
    last = max(places)
    now, earlier = places[last], places.get(last - back)
    if earlier is None:
        return None
    days = min(int(found["known"][now]), int(found["days"][earlier]))
    if days < 1:
        return None
    opens = found["opens"].astype(object)
    return Running(opens[now], opens[earlier], Elapsed(days, working), bool(found["finished"][now]))


def openings(run: Run, grain: str) -> list[date]:
    """First days of the periods of a grain, in order; those the data has not reached too."""
    found = run(f"SELECT opens FROM crm.periods WHERE grain = '{grain}' ORDER BY position")
    days: list[date] = found["opens"].astype(object).tolist()
    return days
