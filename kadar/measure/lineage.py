"""Lineage: the columns a formula cannot do without, walked from the formula, without a query."""

from __future__ import annotations

from kadar.measure.deferred import Deferred, columns
from kadar.measure.dimensions import dimension, dimensions
from kadar.measure.facts import Facts, Latest, LeaveOut, Matching, Per, Where
from kadar.measure.formula import Formula, all_measures
from kadar.measure.question import Question
from kadar.measure.tables import MADE_OF, READABLE

ALWAYS = {"rate_missing", "source", "spell_id"}


def reads(formula: Formula) -> set[tuple[str, str]]:
    """Table and column of everything a formula needs from the company's data."""
    found: set[tuple[str, str]] = set()
    for measure in all_measures(formula):
        made = READABLE[measure.facts.table]
        names = {*(measure.facts.state or (measure.facts.moment,))}
        names |= measure.columns(required=True)
        names |= _step_columns(measure.facts)
        found |= {
            (made.name, _moment(made.name, source))
            for name in names
            if name in made and name not in ALWAYS
            for source in MADE_OF.get((made.name, name), (name,))
        }
    return found


def kinds(formula: Formula) -> set[tuple[str, str, tuple[str, ...]]]:
    """Table, column and values of every kind of row that a formula keeps to.

    A kind is a value of a column of choices that does not change (`surveys.kind`): where no row
    is of it, the formula's value is not nought but unknown.
    """
    found = set()
    for measure in all_measures(formula):
        made = READABLE[measure.facts.table]
        for step in measure.facts.steps:
            if isinstance(step, Where):
                for name, values in _equalities(step.condition):
                    if name in made and made[name].choices and not made[name].stands:
                        found.add((made.name, name, values))
    return found


def _equalities(condition: Deferred) -> list[tuple[str, tuple[str, ...]]]:
    """Return what must hold of columns for a condition to be met: `column` is one of `values`."""
    args = condition.args
    if condition.operation == "and":
        return [*_equalities(args[0]), *_equalities(args[1])]
    if condition.operation == "eq":
        for column, value in (args, args[::-1]):
            if _is_column(column) and isinstance(value, str):
                return [(column.args[0], (value,))]
    if condition.operation == "method" and args[1] == "isin" and _is_column(args[0]):
        return [(args[0].args[0], tuple(map(str, args[2])))]
    return []


def _is_column(value: object) -> bool:
    return isinstance(value, Deferred) and value.operation == "column"


def tables(formula: Formula) -> set[str]:
    """Return the tables a formula reads."""
    return {measure.facts.table for measure in all_measures(formula)}


def reads_for(formula: Formula, question: Question) -> set[tuple[str, str]]:
    """Table and column of everything the question's dimensions and filters need.

    Raises KDR-ASK-004 where a dimension cannot be reached from some of the facts.
    """
    found: set[tuple[str, str]] = set()
    asked = [*question.by, *(condition.dimension for condition in question.where)]
    placed = {(m.facts.table, m.facts.dimensions_of or "") for m in all_measures(formula)}
    for table, of in sorted(placed):
        for name in asked:
            reached = dimension(table, name, of or None)
            at = table
            for reference, to in reached.path:
                found.add((at, reference))
                at = to
            found.add((at, reached.column))
    return {(table, column) for table, column in found if column not in ALWAYS}


def divisible_by(formula: Formula, carried: set[tuple[str, str]] | None) -> list[str]:
    """Return the dimensions of a formula that the data carries; all it has where None."""
    reachable = [set(dimensions(table)) for table in sorted(tables(formula))]
    return sorted(
        name
        for name in set.intersection(*reachable)
        if "." not in name
        and (carried is None or reads_for(formula, Question(by=(name,))) <= carried)
    )


def _step_columns(facts: Facts) -> set[str]:
    read: set[str] = set()
    for step in facts.steps:
        if isinstance(step, Where | LeaveOut):
            read |= columns(step.condition, required=True)
        elif isinstance(step, Per):
            read.add(step.key)
            for _name, aggregate in step.aggregates:
                read |= columns(aggregate.expression, required=True)
        elif isinstance(step, Latest | Matching):
            read.add(step.key)
    return read


def _moment(table: str, name: str) -> str:
    """Return the moment behind a local day; any other column as it is."""
    moment = f"{name.removesuffix('_on')}_at"
    return moment if name.endswith("_on") and moment in READABLE[table] else name
