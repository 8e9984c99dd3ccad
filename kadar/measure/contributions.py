"""What tests of a change are made from: what each unit adds, and the values behind a quantile."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import ibis

from kadar.measure.compile import needed
from kadar.measure.facts import Facts, Per, ToDate
from kadar.measure.formula import Measure, conditions, relation
from kadar.measure.linear import Linear
from kadar.measure.question import Question
from kadar.measure.relations import OPENS, Relations
from kadar.measure.tables import READABLE

UNIT, AMOUNT, TIMES = "unit", "amount", "times"
CUSTOMER = "customer_id"


@dataclass(frozen=True)
class Contributions:
    """A statement with the columns `opens`, `by_0` …, `unit` or `amount`, and what they add.

    `kind` says what the units are: those of one kind are the same in every statement.
    """

    sql: str
    kind: str


def compile_units(line: Linear, question: Question, dialect: str = "duckdb") -> Contributions:
    """Compile what each unit adds to a sum, by period and group: columns `unit` and `amount`.

    A unit is the key that the rows are grouped by, else their customer, else (a row without
    one) the row.
    """
    facts = relation(line.facts)
    to_date = bool(facts.steps) and isinstance(facts.steps[-1], ToDate)
    built = replace(facts, steps=facts.steps[:-1]) if to_date else facts
    kind, columns = _unit(built)
    whole = Measure(line.facts, "sum", line.row())

    def made(relations: Relations) -> Any:
        rows = relations.build(built, {*columns, *needed([whole])}, unbounded=to_date)
        rows = _kept(relations, rows, line.facts)
        parts = [rows[name].cast("string") for name in columns]
        unit = parts[0]
        if len(parts) == 2:
            unit = ibis.coalesce(parts[0], ibis.literal("#") + parts[1])
        amount = relations.resolve(rows, line.row()).cast("float64")
        rows = rows.mutate(**{UNIT: unit, AMOUNT: amount})
        return rows.group_by([*relations.keys, UNIT]).aggregate(**{AMOUNT: rows[AMOUNT].sum()})

    relations = Relations(question)
    found = relations.accumulate(made, [AMOUNT], (UNIT,)) if to_date else made(relations)
    return Contributions(_sql(found, relations, [UNIT, AMOUNT], dialect), kind)


def compile_values(measure: Measure, question: Question, dialect: str = "duckdb") -> Contributions:
    """Compile the values of a quantile and how often each is there: `amount` and `times`."""
    relations = Relations(question)
    rows = relations.build(relation(measure.facts), needed([measure]))
    rows = _kept(relations, rows, measure.facts)
    if measure.condition is not None:
        rows = rows.filter(relations.resolve(rows, measure.condition))
    value = relations.resolve(rows, measure.expression).cast("float64")
    rows = rows.mutate(**{AMOUNT: value}).filter(lambda t: t[AMOUNT].notnull())
    found = rows.group_by([*relations.keys, AMOUNT]).aggregate(**{TIMES: rows.count()})
    return Contributions(_sql(found, relations, [AMOUNT, TIMES], dialect), "value")


def _unit(facts: Facts) -> tuple[str, list[str]]:
    """Return what the units are and the columns that name one."""
    per = [step.key for step in facts.steps if isinstance(step, Per)]
    if per:
        return per[-1], [per[-1]]
    table = READABLE[facts.table]
    key = table.key[0]
    if CUSTOMER in table and key != CUSTOMER:
        return CUSTOMER, [CUSTOMER, key]
    return key, [key]


def _kept(relations: Relations, rows: Any, facts: Facts) -> Any:
    for condition in conditions(facts):
        rows = rows.filter(relations.resolve(rows, condition))
    return rows


def _sql(found: Any, relations: Relations, names: list[str], dialect: str) -> str:
    chosen = found.select(opens=found[OPENS], **{n: found[n] for n in [*relations.by, *names]})
    return str(ibis.to_sql(chosen, dialect=dialect))
