"""A KPI by cohort, as a document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from kadar.documents.known import Known
from kadar.documents.number import DESCRIBED, Scalar
from kadar.show.records import plain

if TYPE_CHECKING:
    from kadar.insight.cohorts import Cell as Found
    from kadar.insight.cohorts import Cohorts
    from kadar.show.reader import Reader
    from kadar.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One cohort at one age, or the total of the cohorts mature at that age."""

    __pydantic_config__ = DESCRIBED

    cohort: str | None
    """The cohort's period; null for a total."""
    opens: date | None
    closes: date | None
    dimensions: dict[str, Scalar]
    age: int
    """Whole periods after the cohort's own, which is age 0."""
    value: float | None
    numerator: float
    denominator: float
    n: int
    lower: float | None
    upper: float | None
    cohorts: int
    complete: bool
    mature: bool
    """Whether the period of this age is over; else the value is that to date."""


@dataclass(frozen=True, kw_only=True)
class Triangle(Known):
    """A KPI by cohort and age. Totals are sums over sums, never means of ratios."""

    __pydantic_config__ = DESCRIBED

    kpi: str
    title: str
    variant: str
    unit: str
    words: str
    """What is read, in the reader's language."""
    instead_of: str | None
    """The reading asked for, where the data lacks what it needs and this one stands for it."""
    lacking: list[str]
    cells: list[Cell]
    totals: list[Cell]
    excluded: dict[str, int]


def triangle(workspace: Workspace, reader: Reader, made: Cohorts) -> Triangle:
    """Return a triangle as a document."""
    grain = made.question.grain
    return Triangle(
        data_version=made.data_version,
        observed_until=made.observed_until,
        observed_until_assumed=made.assumed,
        kpi=made.kpi,
        title=reader.t(workspace.kpis[made.kpi].title),
        variant=made.variant,
        unit=made.unit,
        words=" ".join(reader.t(made.wording).split()),
        instead_of=made.instead_of,
        lacking=made.lacking,
        cells=[_cell(one, grain, reader) for one in made.cells],
        totals=[_cell(one, grain, reader) for one in made.totals],
        excluded=made.excluded,
    )


def _cell(one: Found, grain: str, reader: Reader) -> Cell:
    there = one.opens is not None and one.closes is not None
    return Cell(
        cohort=reader.period(grain, one.opens, one.closes) if there else None,  # type: ignore[arg-type]
        opens=one.opens,
        closes=one.closes,
        dimensions={name: plain(value) for name, value in one.dimensions.items()},
        age=one.age,
        value=one.value,
        numerator=one.numerator,
        denominator=one.denominator,
        n=one.n,
        lower=one.lower,
        upper=one.upper,
        cohorts=one.cohorts,
        complete=one.complete,
        mature=one.mature,
    )
