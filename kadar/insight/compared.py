"""The rows of two numbers side by side: what each adds to either side of the one and other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from kadar.insight.records import CONTRIBUTION, compiled, fetch
from kadar.insight.sides import entity
from kadar.measure.facts import Per
from kadar.measure.formula import Formula, Measure
from kadar.measure.tables import READABLE

if TYPE_CHECKING:
    from kadar.answer import Row as Answered
    from kadar.asking import Asking
    from kadar.measure.question import Question

FROM, TO = "from", "to"
Row = dict[str, Any]
Place = tuple[str, str]  # of the one number or the other, and its side


@dataclass(frozen=True)
class Scope:
    """The question a number answers, and which of its rows are kept where not all are."""

    asking: Asking
    question: Question
    keep: Callable[[Measure, Row], bool] | None = None
    known: dict[str, list[Row]] = field(default_factory=dict)

    def rows(self, measure: Measure) -> list[Row]:
        """Return the rows of a measure with what each contributes."""
        mark = str(measure)
        if mark not in self.known:
            dialect = self.asking.engine.dialect
            listed = fetch(self.asking, compiled(measure, self.question, 1.0, None, dialect))
            keep = self.keep
            self.known[mark] = [r for r in listed if keep is None or keep(measure, r)]
        return self.known[mark]


@dataclass(frozen=True)
class End:
    """One of two numbers before they are laid side by side: its formula and its answer."""

    variant: str
    formula: Formula
    scope: Scope
    row: Answered


@dataclass
class Compared:
    """One row: what it adds to each side of each number, and the measures it is listed in."""

    entity: str
    table: str
    key: tuple[Any, ...]
    row: Row
    adds: dict[Place, Fraction] = field(default_factory=dict)
    measures: dict[Place, Measure] = field(default_factory=dict)

    def of(self, number: str, side: str) -> Fraction:
        """What the row adds to a side of a number."""
        return self.adds.get((number, side), Fraction(0))

    def within(self, number: str, side: str | None = None) -> bool:
        """Whether the row is in (a side of) a number."""
        return any(at == number and side in (None, on) for at, on in self.measures)


Table = dict[tuple[str, tuple[Any, ...]], Compared]


def add(table: Table, scope: Scope, at: Place, terms: Iterable[tuple[Fraction, Measure]]) -> None:
    """Add the rows of measures to the table, under one side of one number."""
    for factor, measure in terms:
        kind, keys = entity(measure), key_columns(measure)
        for row in scope.rows(measure):
            amount = exact(row[CONTRIBUTION])
            if amount is None:
                continue
            key = tuple(row.get(name) for name in keys)
            found = table.setdefault((kind, key), Compared(kind, measure.facts.table, key, row))
            found.adds[at] = found.adds.get(at, Fraction(0)) + factor * amount
            found.measures.setdefault(at, measure)


def key_columns(measure: Measure) -> tuple[str, ...]:
    """Columns that tell the rows of a measure apart."""
    per = [step for step in measure.facts.steps if isinstance(step, Per)]
    return (per[-1].key,) if per else READABLE[measure.facts.table].key


def exact(value: float | None) -> Fraction | None:
    """Return a number as it is written, not as its nearest binary: 0.1 is a tenth."""
    return None if value is None else Fraction(str(value))
