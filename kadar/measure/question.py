"""A question: grain, dimensions, filters and span. It belongs to the asker, never to the KPI."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kadar.errors import KadarError, nearest
from kadar.language import N_

GRAINS = ("day", "week", "month", "quarter", "year", "all")
OPERATORS = ("!=", "<=", ">=", "=", "<", ">")


@dataclass(frozen=True)
class Filter:
    """A condition on a dimension; several values of `=` and `!=` mean any and none of them.

    The value "" stands for null. Null is different from every value.
    """

    dimension: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Elapsed:
    """The first days of every period: what an unfinished one can be compared on.

    Working days are those of the company's calendar with working time in them; the period then
    ends with the last of so many. A period that has fewer days is not in the answer.
    """

    days: int
    working: bool = False


@dataclass(frozen=True)
class Question:
    """What is asked about formulas.

    Periods are those that open in `[since, until)`, days of the company's calendar; each holds
    all of its rows. For the grain `all` the span itself is the one period. With `elapsed` every
    period is only its first days: it closes after them, for events and states alike.
    """

    grain: str = "month"
    by: tuple[str, ...] = ()
    where: tuple[Filter, ...] = ()
    since: date | None = None
    until: date | None = None
    elapsed: Elapsed | None = None

    def __post_init__(self) -> None:
        if self.grain not in GRAINS:
            raise KadarError(
                "KDR-ASK-001",
                N_("There is no grain {grain}."),
                N_("These exist: {grains}."),
                grain=self.grain,
                grains=nearest(self.grain, list(GRAINS)),
            )
        if self.since and self.until and self.since >= self.until:
            raise KadarError(
                "KDR-ASK-002",
                N_("The span from {since} until {until} is empty."),
                N_("Give an `until` after `since`; it is not part of the span."),
                since=self.since,
                until=self.until,
            )
        if self.elapsed is not None and (self.elapsed.days < 1 or self.grain in ("day", "all")):
            raise KadarError(
                "KDR-ASK-030",
                N_("There are no first {days} days of the grain {grain}."),
                N_("Ask for one day or more, of weeks, months, quarters or years."),
                days=self.elapsed.days,
                grain=self.grain,
            )


def parse_filter(text: str) -> Filter:
    """Read `country=MY`, `channel!=web` or `country=MY,SG`.

    Raises KDR-ASK-003 where there is no operator.
    """
    for position in range(len(text)):
        for operator in OPERATORS:
            if position and text.startswith(operator, position):
                values = tuple(v.strip() for v in text[position + len(operator) :].split(","))
                return Filter(text[:position].strip(), operator, values)
    raise KadarError(
        "KDR-ASK-003",
        N_("{text} is not a filter."),
        N_("Write it as dimension=value, dimension!=value or dimension=value,value."),
        text=text,
    )
