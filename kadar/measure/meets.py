"""Which conditions the rows of a table meet: why a row is in one number and not in another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import ibis

from kadar.measure.compile import needed
from kadar.measure.deferred import Deferred
from kadar.measure.facts import Facts, Per
from kadar.measure.formula import Measure
from kadar.measure.placement import readable
from kadar.measure.question import Question
from kadar.measure.records import Listing, kind_of, plain
from kadar.measure.relations import OPENS, Relations
from kadar.measure.tables import READABLE


def compile_meets(
    base: Facts | str,
    tests: Mapping[str, Deferred],
    days: Mapping[str, str],
    question: Question,
    *,
    span: tuple[date, date] | None,
    dialect: str = "duckdb",
    bounded: bool = True,
) -> Listing:
    """Compile, for each row, which tests it meets (1, 0, null) and where its days lie.

    The rows are those of a table, or of facts in the one period of a question. `days` names
    columns of local days: -1 before the span, 0 in it, 1 after it, null where there is none. Of a
    table only rows with one of these days in the span are given, or all if not `bounded`.
    """
    relations = Relations(question)
    if isinstance(base, str):
        made = READABLE[base]
        rows = readable(base)
        keys: tuple[str, ...] = made.key
    else:
        read = needed([Measure(base, "count", None, test) for test in tests.values()])
        per = [step for step in base.steps if isinstance(step, Per)]
        keys = (per[-1].key,) if per else READABLE[base.table].key
        rows = relations.build(base, {*read, *(() if per else keys)})
        if question.since is not None and question.grain != "all":
            rows = rows.filter(rows[OPENS] == ibis.literal(question.since))
    chosen: dict[str, Any] = {name: rows[name] for name in keys}
    for name, column in days.items():
        chosen[name] = _place(rows[column], span)
    for name, test in tests.items():
        met = relations.resolve(rows, test)
        chosen[name] = ibis.ifelse(met.isnull(), ibis.null("float64"), ibis.ifelse(met, 1.0, 0.0))
    if isinstance(base, str) and days and span is not None and bounded:
        inside = [(chosen[name] == 0.0).fill_null(False) for name in days]
        within = inside[0]
        for one in inside[1:]:
            within = within | one
        rows = rows.mutate(**{f"kadar_{n}": c for n, c in chosen.items()}, kadar_in=within)
        rows = rows.filter(rows.kadar_in)
        chosen = {name: rows[f"kadar_{name}"] for name in chosen}
    kinds = {name: kind_of(column.type()) for name, column in chosen.items()}
    listed = rows.select(**{name: plain(column, kinds[name]) for name, column in chosen.items()})
    return Listing(str(ibis.to_sql(listed, dialect=dialect)), None, kinds)


def _place(day: Any, span: tuple[date, date] | None) -> Any:
    if span is None:  # of all time
        return ibis.ifelse(day.isnull(), ibis.null("float64"), 0.0)
    opens, closes = (ibis.literal(one) for one in span)
    at = ibis.ifelse(day < opens, -1.0, ibis.ifelse(day >= closes, 1.0, 0.0))
    return ibis.ifelse(day.isnull(), ibis.null("float64"), at)
