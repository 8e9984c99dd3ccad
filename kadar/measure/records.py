"""From a measure and a question to the rows that make it, and what each of them adds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import ibis

from kadar.measure.compile import needed
from kadar.measure.facts import Facts, Per, ToDate
from kadar.measure.formula import Measure, conditions, relation
from kadar.measure.life_table import ends
from kadar.measure.question import Question
from kadar.measure.relations import OPENS, Relations
from kadar.measure.tables import READABLE

CONTRIBUTION = "contribution"
PERIOD = "period"  # opens; of a measure to date, in which period the row came
STATE = "state"  # of a time that may not be over
RECORDED_CURRENCY = "recorded_currency"  # of a row whose money is here in the company's
ENDED, OTHERWISE, WAITING = "ended", "otherwise", "waiting"
PEOPLE = ("customer_id", "owner_id")


@dataclass(frozen=True)
class Listing:
    """The statement of the rows; where a limit cuts them short, also that of their totals.

    `kinds` has the columns of the rows in order: text, moment, day, integer, number or boolean.
    A moment is in microseconds since 1970 in UTC. The columns of the totals are `n`, how many
    rows there are, and `total`, what they add up to.
    """

    rows: str
    totals: str | None
    kinds: dict[str, str]


def compile_records(
    measure: Measure,
    question: Question,
    *,
    factor: float = 1.0,
    limit: int | None = None,
    offset: int = 0,
    dialect: str = "duckdb",
) -> Listing:
    """Compile the rows of a measure in the one period of a question, after `offset` of them.

    A row's contribution is `factor` for a count, `factor` times its value for a sum, its value
    for a quantile, its time (so far) for one that may not be over; of several rows with the same
    value, the first has the `factor` of a distinct count. A row whose value is unknown adds
    nothing to a sum and is listed with none. Of a time that may not be over, `state` says
    whether it has ended, has otherwise, or is waiting. Money is in the company's currency;
    `recorded_currency` is what the row was recorded in.
    """
    facts = relation(measure.facts)
    to_date = bool(facts.steps) and isinstance(facts.steps[-1], ToDate)
    built = replace(facts, steps=facts.steps[:-1]) if to_date else facts
    relations = Relations(question)
    shown = _shown(measure, facts)
    rows = relations.build(built, {*shown, *needed([measure])}, unbounded=to_date)
    if question.since is not None and question.grain != "all":
        opens: date = question.since
        rows = rows.filter(
            rows[OPENS] <= ibis.literal(opens) if to_date else rows[OPENS] == ibis.literal(opens)
        )
    held = conditions(measure.facts)
    for condition in held if measure.condition is None else [*held, measure.condition]:
        rows = rows.filter(relations.resolve(rows, condition))
    rows = _with_contribution(relations, rows, measure, factor)
    chosen = {
        RECORDED_CURRENCY if name == "currency" else name: rows[name]
        for name in shown
        if name in rows.columns
    }
    for position, name in enumerate(question.by):
        chosen.setdefault(name, rows[relations.by[position]])
    if to_date and question.grain != "all":
        chosen[PERIOD] = rows[OPENS]
    if measure.waiting is not None:
        ended, over = ends(relations, rows, measure.waiting)
        how = ibis.ifelse(ended, ENDED, ibis.ifelse(over, OTHERWISE, WAITING))
        chosen[STATE] = how
    chosen[CONTRIBUTION] = rows[CONTRIBUTION]
    kinds = {name: kind_of(column.type()) for name, column in chosen.items()}
    listed = rows.select(**{name: plain(column, kinds[name]) for name, column in chosen.items()})
    listed = listed.order_by([name for name in kinds if name != CONTRIBUTION])
    totals = None
    if limit is not None:
        listed = listed.limit(limit, offset=offset)
        made = rows.aggregate(n=rows.count(), total=rows[CONTRIBUTION].sum())
        totals = str(ibis.to_sql(made, dialect=dialect))
    return Listing(str(ibis.to_sql(listed, dialect=dialect)), totals, kinds)


def _shown(measure: Measure, facts: Facts) -> list[str]:
    """Columns of the rows in order: moment, key, customer, owner, source, what is read."""
    per = [step for step in facts.steps if isinstance(step, Per)]
    made = READABLE[facts.table]
    if per:
        first = [per[-1].key, *(name for name, _ in per[-1].aggregates)]
    else:
        first = [*(facts.state or (facts.moment,)), *made.key, *PEOPLE, "source"]
        first = [name for name in first if name in made]
    read = needed([measure])
    for step in facts.steps:  # what the steps before read is of the row too
        read |= needed([Measure(replace(facts, steps=(step,)), "count")])
    if "rate_missing" in read:  # what lacks a rate
        read = read - {"rate_missing"} | {"currency"}
    return list(dict.fromkeys([*first, *sorted(read)]))


def _with_contribution(relations: Relations, rows: Any, measure: Measure, factor: float) -> Any:
    one = ibis.literal(factor, type="float64")
    if measure.kind == "count":
        return rows.mutate(**{CONTRIBUTION: one})
    if measure.kind == "projected":
        value = relations.resolve(rows, measure.expression)
        return rows.mutate(**{CONTRIBUTION: value.cast("float64")})
    value = relations.resolve(rows, measure.expression)
    if measure.kind == "sum":
        return rows.mutate(**{CONTRIBUTION: value.cast("float64") * one})
    rows = rows.mutate(kadar_value=value)
    rows = rows.filter(rows.kadar_value.notnull())
    if measure.waiting is not None:
        rows = rows.filter(rows.kadar_value >= 0)
    if not measure.totals:
        return rows.mutate(**{CONTRIBUTION: rows.kadar_value.cast("float64")})
    place = ibis.row_number().over(group_by=rows.kadar_value)
    nothing = ibis.literal(0.0, type="float64")
    return rows.mutate(**{CONTRIBUTION: ibis.ifelse(place == 0, one, nothing)})


def kind_of(type_: Any) -> str:
    """Return what a listing calls a type."""
    if type_.is_timestamp():
        return "moment"
    if type_.is_date():
        return "day"
    if type_.is_boolean():
        return "boolean"
    if type_.is_integer():
        return "integer"
    return "number" if type_.is_numeric() else "text"


def plain(column: Any, kind: str) -> Any:
    """Return a column as every engine's client gives it back alike."""
    if kind == "moment":
        seconds = column.truncate("s").epoch_seconds().cast("float64")
        return seconds * 1_000_000.0 + column.microsecond().cast("float64")
    return column.cast("float64") if kind in ("number", "integer") else column
