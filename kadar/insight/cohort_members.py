"""Who stands behind one cell of a triangle, and what each comes to in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kadar.errors import NO, KadarError
from kadar.insight.cohorts import computable
from kadar.language import N_
from kadar.measure.period import ALL, Period, find_period

if TYPE_CHECKING:
    from kadar.asking import Asking
    from kadar.kpi import CohortReading, Kpi
    from kadar.measure.question import Filter

THERE, VALUE, BASE = "counted", "value", "base"


@dataclass(frozen=True)
class Members:
    """The members of a cohort at one age.

    `rows` has each member's key and dimensions; of a share `counted` says whether it stands above
    the line; else `value` and `base` are what it adds above and below. A limit shortens `rows`,
    never `n`, `numerator` and `denominator`.
    """

    kpi: str
    variant: str
    cohort: str
    age: int
    n: int
    numerator: float
    denominator: float
    columns: dict[str, str]  # name → text, number or boolean
    rows: list[dict[str, Any]] = field(repr=False)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def cohort_members(
    asking: Asking,
    kpi: Kpi,
    chosen: CohortReading,
    cell: str,
    *,
    by: Sequence[str] = (),
    where: Sequence[Filter] = (),
    limit: int | None = None,
) -> Members:
    """List the members of a cell written `2026-03:5`: the cohort's period, then the age.

    Raises KDR-COH-006 where the text is no cell, KDR-COH-007 where the age has not begun, and
    what `find_period` and `cohorts` raise.
    """
    from kadar.measure.triangle_sql import compile_members

    period, age = _cell(asking, cell)
    made, triangle, _ = computable(asking, kpi, chosen)
    question = period.question(tuple(by), tuple(where))
    members, _later = triangle.measures
    asking.check_reach(kpi, members, question)
    found = asking.engine.run(compile_members(triangle, question, age, asking.engine.dialect))
    value, base = found["value"], found["base"]
    key = triangle.followed.key
    columns = {key: "text", **dict.fromkeys(by, "text")}
    columns |= {THERE: "boolean"} if triangle.share else {VALUE: "number", BASE: "number"}
    rows = []
    for i in range(len(value) if limit is None else min(limit, len(value))):
        row = {key: found["member"][i]}
        row |= {name: found[f"by_{place}"][i] for place, name in enumerate(by)}
        if triangle.share:
            row[THERE] = bool(value[i])
        else:
            row |= {VALUE: float(value[i]), BASE: float(base[i])}
        rows.append(row)
    return Members(
        kpi.name,
        made.name,
        period.label,
        age,
        len(value),
        float(value.sum()),
        float(base.sum()),
        columns,
        rows,
    )


def _cell(asking: Asking, text: str) -> tuple[Period, int]:
    cohort, _, age = text.rpartition(":")
    if not age.strip().isdigit() or cohort.strip().lower() in ("", ALL):
        raise KadarError(
            "KDR-COH-006",
            N_("{text} is not a cell of a triangle."),
            N_("Write the cohort's period and the age, as 2026-03:5 or 2026-Q1:2."),
            text=text,
        )
    period, place = find_period(cohort, asking.engine.run), int(age)
    begun = asking.engine.run(
        "SELECT count(*) AS ages FROM crm.periods CROSS JOIN crm.company "
        f"WHERE grain = '{period.grain}' AND opens >= DATE '{period.opens}' "
        "AND opens_at < observed_until"
    )
    ages = int(begun["ages"][0])
    if place >= ages:
        raise KadarError(
            "KDR-COH-007",
            N_("The cohort {cohort} has not reached the age {age}."),
            N_("Its latest age is {latest}."),
            exit_code=NO,
            cohort=period.label,
            age=place,
            latest=ages - 1,
        )
    return period, place
