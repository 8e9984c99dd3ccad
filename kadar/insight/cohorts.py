"""A KPI by cohort: what each period's customers, leads or deals came to, age by age."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from kadar.errors import NO, KadarError, nearest
from kadar.language import N_

if TYPE_CHECKING:
    from kadar.asking import Asking
    from kadar.engines.engine import Columns
    from kadar.kpi import Catalogue, CohortReading, Kpi
    from kadar.measure.intervals import Array
    from kadar.measure.question import Question
    from kadar.measure.triangle import Triangle

AGES = 12  # the oldest age of a triangle, where none is given
FIELDS = (
    "kpi",
    "variant",
    "grain",
    "row",
    "opens",
    "closes",
    "age",
    "value",
    "numerator",
    "denominator",
    "n",
    "lower",
    "upper",
    "cohorts",
    "complete",
    "mature",
    "unit",
)
CELL, TOTAL = "cell", "total"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cohort at one age, or the total of the cohorts that are mature at it.

    The cohort's period is `[opens, closes)` in days of the company's calendar; a total has none.
    `age` counts whole periods after it: 0 is the period itself. `n` members stand behind the
    value, in `cohorts` cohorts. `complete` says that the cohort's own period is over, `mature`
    that the period of this age is, and that the data goes back to the cohort's start. The value
    of a cell that is not mature is that to date, or of whom the data still knows; it is null where
    a part says nothing. `lower` and `upper` are the 95 % interval.
    """

    opens: date | None
    closes: date | None
    dimensions: dict[str, Any]
    age: int
    value: float | None
    numerator: float
    denominator: float
    n: int
    lower: float | None
    upper: float | None
    cohorts: int
    complete: bool
    mature: bool


@dataclass(frozen=True)
class Cohorts:
    """A triangle: its cells by cohort and age, and the totals of each age.

    A total is the sum of the numerators over the sum of the denominators of the cohorts mature
    at that age: never a mean of ratios. `instead_of` names the reading asked for, where the data
    lacks what it needs and this one stands in its place. `excluded` counts the rows left out.
    """

    kpi: str
    variant: str
    unit: str
    wording: str
    question: Question
    ages: int
    cells: list[Cell] = field(repr=False)
    totals: list[Cell] = field(repr=False)
    excluded: dict[str, int]
    instead_of: str | None
    lacking: list[str]
    observed_until: datetime | None
    assumed: bool
    data_version: str

    def __iter__(self) -> Iterator[Cell]:
        return iter(self.cells)

    def __len__(self) -> int:
        return len(self.cells)

    def records(self) -> list[dict[str, Any]]:
        """Return cells and totals as flat records; `row` says which of the two each is."""
        return [
            self._record(kind, one)
            for kind, several in ((CELL, self.cells), (TOTAL, self.totals))
            for one in several
        ]

    def names(self) -> list[str]:
        """Return the names of the fields of a record, in order."""
        place = FIELDS.index("age")
        return [*FIELDS[:place], *self.question.by, *FIELDS[place:]]

    def _record(self, kind: str, one: Cell) -> dict[str, Any]:
        whole = {
            "kpi": self.kpi,
            "variant": self.variant,
            "grain": self.question.grain,
            "row": kind,
            "unit": self.unit,
            **one.dimensions,
        }
        return {n: whole[n] if n in whole else getattr(one, n) for n in self.names()}


def reading(kpis: Catalogue, kpi: Kpi, name: str | None = None) -> CohortReading:
    """Return a KPI's reading by cohort; the usual variant's, else its first, for None.

    Raises KDR-COH-001 where the KPI has none, KDR-COH-002 where none is called so.
    """
    there = kpi.triangles
    if not there:
        having = sorted(one.name for one in kpis if one.triangles)
        raise KadarError(
            "KDR-COH-001",
            N_("{kpi} has no reading by cohort."),
            N_("These have one: {kpis}. docs/cohorts.md shows how a KPI gets one."),
            kpi=kpi.name,
            kpis=", ".join(having) or "-",
        )
    if name is None:
        return there.get(kpi.usual) or next(iter(there.values()))
    if name not in there:
        raise KadarError(
            "KDR-COH-002",
            N_("{kpi} has no reading {variant} by cohort."),
            N_("These exist: {variants}."),
            kpi=kpi.name,
            variant=name,
            variants=nearest(name, list(there)),
        )
    return there[name]


def cohorts(
    asking: Asking, kpi: Kpi, chosen: CohortReading, question: Question, ages: int = AGES
) -> Cohorts:
    """Make the triangle of a KPI: one statement for the cells, one for what was left out.

    `question.since` and `question.until` choose the cohorts; what became of them is always whole.

    Raises KDR-COH-003 for the grain `all`, KDR-COH-004 for ages below 0, KDR-COH-005 where the
    data lacks columns, and what `ask` raises for dimensions and filters.
    """
    from kadar.filtered import check_values
    from kadar.measure.lineage import tables
    from kadar.measure.triangle_sql import compile_triangle

    check_shape(question, ages)
    made, triangle, lacking = computable(asking, kpi, chosen)
    members, _ = triangle.measures
    asking.check_reach(kpi, members, question)
    cells, left_out = compile_triangle(triangle, question, ages, asking.engine.dialect)
    columns = asking.engine.run(cells)
    if not len(columns["age"]) and question.where:
        check_values(asking.engine, tables(members), question)
    excluded = {} if left_out is None else asking.engine.run(left_out)
    return Cohorts(
        kpi.name,
        made.name,
        made.unit,
        made.wording,
        question,
        ages,
        _cells(triangle, columns, question.by),
        _totals(triangle, columns, question.by),
        {reason: int(count[0]) for reason, count in excluded.items() if count[0]},
        chosen.name if made is not chosen else None,
        lacking,
        asking.observed_until,
        asking.assumed,
        asking.data_version,
    )


def check_shape(question: Question, ages: int) -> None:
    """Refuse a question that has no cohorts or no ages."""
    if question.grain == "all":
        raise KadarError(
            "KDR-COH-003",
            N_("Everything at once is no cohort."),
            N_("Choose a grain: day, week, month, quarter or year."),
        )
    if ages < 0:
        raise KadarError(
            "KDR-COH-004",
            N_("An age cannot be {ages}."),
            N_("Give the oldest age in periods: 0, 1, 2 …"),
            ages=ages,
        )


def computable(
    asking: Asking, kpi: Kpi, chosen: CohortReading
) -> tuple[CohortReading, Triangle, list[str]]:
    """Return the reading that the data carries, its triangle, and what the one asked for lacks."""
    triangle, lacking = _triangle(asking, kpi, chosen)
    if not lacking:
        return chosen, triangle, []
    if chosen.otherwise:
        other = kpi.triangles[chosen.otherwise]
        instead, lacks = _triangle(asking, kpi, other)
        if not lacks:
            return other, instead, lacking
    others = [n for n, one in kpi.triangles.items() if not _triangle(asking, kpi, one)[1]]
    raise KadarError(
        "KDR-COH-005",
        N_("{kpi} ({variant}) cannot be read by cohort: the data has no {columns}."),
        N_("Map them in kadar.toml. Readings that can be computed: {variants}."),
        exit_code=NO,
        kpi=kpi.name,
        variant=chosen.name,
        columns=", ".join(lacking),
        variants=", ".join(others) or "-",
    )


def _triangle(asking: Asking, kpi: Kpi, made: CohortReading) -> tuple[Triangle, list[str]]:
    """Return the triangle of a reading, money without a rate left out, and the columns it lacks."""
    from kadar.measure.currency import without_unknown_rates
    from kadar.measure.formula import measures

    triangle = made.triangle(asking.project.kpi.get(kpi.name))
    members, later = triangle.measures
    known = [one.facts for one in measures(without_unknown_rates(members + later))]
    triangle = triangle.over(*known)
    return triangle, asking.missing(triangle.formula)


def _cells(triangle: Triangle, columns: Columns, by: Sequence[str]) -> list[Cell]:
    count = len(columns["age"])
    value, lower, upper = _estimates(triangle, columns)
    opens, closes = (columns[name].astype(object) for name in ("opens", "closes"))
    mature = columns["mature"].astype(bool)
    said = columns["known"].astype(bool)
    return [
        Cell(
            opens[i],
            closes[i],
            {name: columns[f"by_{place}"][i] for place, name in enumerate(by)},
            int(columns["age"][i]),
            _number(value[i]) if said[i] else None,
            float(columns["numerator"][i]),
            float(columns["denominator"][i]),
            int(columns["n"][i]),
            _number(lower[i]) if said[i] else None,
            _number(upper[i]) if said[i] else None,
            1,
            bool(columns["complete"][i]),
            bool(mature[i]),
        )
        for i in range(count)
    ]


def _totals(triangle: Triangle, columns: Columns, by: Sequence[str]) -> list[Cell]:
    """Return for each group and age the total of the cohorts that are mature at it."""
    import numpy as np

    from kadar.measure.triangle import BASE, SUMS

    places: dict[tuple[Any, ...], list[int]] = {}
    for i in np.flatnonzero(columns["mature"].astype(bool)):
        group = tuple(columns[f"by_{place}"][i] for place in range(len(by)))
        places.setdefault((*group, int(columns["age"][i])), []).append(int(i))
    keys = sorted(places, key=lambda key: (*((v is None, str(v)) for v in key[:-1]), key[-1]))
    sums = {
        name: np.array([columns[name][places[key]].sum() for key in keys], dtype=float)
        for name in (*SUMS, *BASE)
    }
    sums["age"] = np.array([key[-1] for key in keys], dtype=float)
    value, lower, upper = _estimates(triangle, sums)
    return [
        Cell(
            None,
            None,
            dict(zip(by, key[:-1], strict=True)),
            key[-1],
            _number(value[i]),
            float(sums["numerator"][i]),
            float(sums["denominator"][i]),
            int(sums["n"][i]),
            _number(lower[i]),
            _number(upper[i]),
            len(places[key]),
            True,
            True,
        )
        for i, key in enumerate(keys)
    ]


def _estimates(triangle: Triangle, sums: Columns) -> tuple[Array, Array, Array]:
    """Return value, lower and upper of cells: Wilson for a share, else Student's t by members."""
    import numpy as np

    from kadar.measure import intervals

    top, bottom, n = sums["numerator"], sums["denominator"], sums["n"]
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(bottom == 0, np.nan, top / bottom)
    if triangle.share:
        lower, upper = intervals.wilson(top, n)
    else:
        moments = (sums["squares"], sums["cross"], sums["base_squares"])
        lower, upper = intervals.ratio(top, bottom, moments, n)
    nothing = np.isnan(value)
    if triangle.first:  # what something is of itself is no estimate
        nothing |= sums["age"] == 0
    return value, np.where(nothing, np.nan, lower), np.where(nothing, np.nan, upper)


def _number(value: float) -> float | None:
    return None if value != value else float(value)  # noqa: PLR0124  (NaN)
