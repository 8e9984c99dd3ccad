"""Process-behaviour limits on every series of an answer: routine variation, or a signal."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import Any

from kadar.answer import Answer, Row
from kadar.errors import KadarError
from kadar.insight.change import FEWEST, TOO_FEW
from kadar.insight.comparison import plain_key
from kadar.insight.limits import Level, bounds, levels, rules
from kadar.kpi import DAYS, HOURS
from kadar.language import N_
from kadar.workspace import Workspace

DURATIONS = (HOURS, DAYS)  # medians, mostly: their values have no denominator
MUCH_FEWER = 4


@dataclass(frozen=True)
class Point:
    """A row in its series.

    No level where the row is not whole, has far fewer rows behind it than the others (`rules`
    then says so), or the series is too short.
    """

    row: Row
    level: Level | None
    since: Row | None
    rules: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the point as one flat record."""
        return {
            **self.row.as_dict(),
            "centre": self.level.centre if self.level else None,
            "lower_limit": self.level.lower if self.level else None,
            "upper_limit": self.level.upper if self.level else None,
            "level_since": self.since.opens if self.since else None,
            "signal": None if self.level is None else bool(self.rules),
            "rules": "; ".join(self.rules),
        }


@dataclass(frozen=True)
class Series:
    """The points of one KPI and group in order of time; `short` has too few for limits."""

    dimensions: dict[str, Any]
    points: list[Point]

    @property
    def short(self) -> bool:
        """Whether there are too few whole points for limits."""
        return all(point.level is None for point in self.points)


@dataclass(frozen=True)
class Signals:
    """The series of a KPI, each with its limits."""

    answer: Answer
    series: list[Series]

    def records(self) -> list[dict[str, Any]]:
        """Return a flat record for each point."""
        return [point.as_dict() for one in self.series for point in one.points]


def signals(workspace: Workspace, kpi: str, *, grain: str = "month", **asked: Any) -> Signals:
    """Put natural process limits on the series of a KPI; the rest is as for `Workspace.ask`.

    Points that are not complete or not mature are shown and never used. Raises KDR-ASK-034 for
    the grain `all`, and what `ask` raises.
    """
    if grain == "all":
        raise KadarError(
            "KDR-ASK-034",
            N_("One period over the whole span is no series."),
            N_("Ask by day, week, month, quarter or year."),
        )
    answer = workspace.ask(kpi, grain=grain, **asked)
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in answer:
        groups.setdefault(tuple(map(plain_key, row.dimensions.values())), []).append(row)
    return Signals(answer, [_series(rows) for rows in groups.values()])


def _series(rows: list[Row]) -> Series:
    rows = sorted(rows, key=lambda row: row.opens)
    whole = [row for row in rows if row.complete and row.mature and row.value is not None]
    thin = _thin(whole)
    whole = [row for row in whole if id(row) not in thin]
    values = [row.value for row in whole if row.value is not None]
    found = levels(values, *bounds(rows[0].unit, values))
    broken = rules(values, found)
    place = {id(row): i for i, row in enumerate(whole)}
    points = []
    for row in rows:
        i = place.get(id(row))
        level = None if i is None else next((x for x in found if x.start <= i < x.end), None)
        if i is None or level is None:
            points.append(Point(row, None, None, (TOO_FEW,) if id(row) in thin else ()))
        else:
            points.append(Point(row, level, whole[level.start], broken[i]))
    return Series(rows[0].dimensions, points)


def _thin(whole: list[Row]) -> set[int]:
    """Return the rows whose rate, mean or median is of far fewer rows than is usual.

    Limits are made for values that vary alike: a score of one answer among scores of hundreds
    would set them, and break them. A count or a sum of few rows is what it is.
    """
    rates = [row for row in whole if row.denominator is not None or row.unit in DURATIONS]
    usual = median(row.n or 0 for row in rates) if rates else 0
    return {id(row) for row in rates if (row.n or 0) < min(FEWEST, usual / MUCH_FEWER)}
