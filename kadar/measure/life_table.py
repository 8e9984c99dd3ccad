"""From a time that may not be over and a question to its life table, one statement.

A row for each period, group and distinct time: how many ended then, ended otherwise, or wait
still. Grouping and adding is all the engine does, so that every engine gives the same numbers;
`survival` makes the estimates.
"""

from __future__ import annotations

from typing import Any

from kadar.measure.compile import condition, needed
from kadar.measure.compiled import COUNTS
from kadar.measure.formula import Measure, Waiting, relation
from kadar.measure.question import Question
from kadar.measure.relations import OPENS, Relations


def compile_life_table(measure: Measure, question: Question, dialect: str = "duckdb") -> str:
    """Compile the life table of a measure: opens, a column per dimension (`by_0` …), time, counts.

    `opens` is the period's first day; of the grain `all`, one and the same for every row.
    """
    import ibis

    waiting = measure.waiting
    if waiting is None:
        raise ValueError(f"{measure} is no time that may not be over")
    relations = Relations(question)
    rows = relations.build(relation(measure.facts), needed([measure]))
    where = condition(relations, rows, measure)
    if where is not None:
        rows = rows.filter(where)
    none, one = (ibis.literal(n, type="int64") for n in (0, 1))
    ended, over = ends(relations, rows, waiting)
    made = rows.mutate(
        time=relations.resolve(rows, measure.expression).cast("float64"),
        ended=ibis.ifelse(ended, one, none),
        over=ibis.ifelse(over, one, none),
    )
    keys = [OPENS, *relations.by]
    result = made.group_by([*keys, "time"]).aggregate(
        ended=made.ended.sum(), over=made.over.sum(), rows=made.count()
    )
    counted = {
        "ended": result.ended,
        "other": result.over - result.ended,
        "waiting": result.rows - result.over,
    }
    chosen = result.select(
        result[OPENS].name("opens"),
        *(result[name] for name in relations.by),
        result.time,
        *(counted[name].cast("float64").name(name) for name in COUNTS),
    )
    return str(ibis.to_sql(chosen.order_by(["opens", *relations.by, "time"]), dialect=dialect))


def ends(relations: Relations, rows: Any, waiting: Waiting) -> tuple[Any, Any]:
    """Return whether a row has ended as is waited for, and whether it has ended at all."""
    import ibis

    ended = ibis.coalesce(relations.resolve(rows, waiting.ended), False)
    if waiting.other is None:
        return ended, ended
    return ended, ended | ibis.coalesce(relations.resolve(rows, waiting.other), False)
