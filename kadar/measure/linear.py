"""Linear formulas over one set of facts: what lets a ratio's error be known exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kadar.measure.deferred import Deferred, either
from kadar.measure.facts import Facts
from kadar.measure.formula import Constant, Formula, Measure, Operation


@dataclass(frozen=True, eq=False)
class Linear:
    """A sum over the rows of some facts: coefficient times count or sum, several of them."""

    facts: Facts
    terms: tuple[tuple[float, Measure], ...]

    @property
    def counts(self) -> bool:
        """Whether every term counts rows."""
        return all(measure.kind == "count" for _, measure in self.terms)

    @property
    def plain_count(self) -> bool:
        """Whether this is the number of rows, no more."""
        return len(self.terms) == 1 and self.counts and self.terms[0][1].condition is None

    def row(self) -> Deferred:
        """What one row adds."""
        parts: list[Any] = []
        for coefficient, measure in self.terms:
            value: Any = coefficient
            if measure.expression is not None:
                value = Deferred("float", measure.expression) * coefficient
                value = Deferred("known", value, 0.0)
            if measure.condition is not None:
                value = either(Deferred("known_true", measure.condition), value, 0.0)
            parts.append(value)
        whole = parts[0]
        for part in parts[1:]:
            whole = whole + part
        return whole if isinstance(whole, Deferred) else Deferred("constant", whole)


def linear(formula: Formula) -> Linear | None:
    """Return the formula as a sum over the rows of one set of facts, or None."""
    if isinstance(formula, Measure):
        if formula.kind in ("count", "sum"):
            return Linear(formula.facts, ((1.0, formula),))
        return None
    if isinstance(formula, Operation):
        left, right = linear(formula.left), linear(formula.right)
        if formula.symbol in "+-" and left and right and str(left.facts) == str(right.facts):
            sign = 1.0 if formula.symbol == "+" else -1.0
            more = tuple((sign * c, m) for c, m in right.terms)
            return Linear(left.facts, (*left.terms, *more))
        if formula.symbol == "*" and isinstance(formula.left, Constant) and right:
            return _scaled(right, float(formula.left.number))
        if formula.symbol in "*/" and isinstance(formula.right, Constant) and left:
            factor = float(formula.right.number)
            return _scaled(left, factor if formula.symbol == "*" else 1 / factor)
    return None


def _scaled(line: Linear, factor: float) -> Linear:
    return Linear(line.facts, tuple((c * factor, m) for c, m in line.terms))


def products(left: Linear, right: Linear) -> Measure:
    """Sum over the rows of what each adds to the one times what it adds to the other."""
    return Measure(left.facts, "sum", left.row() * right.row())


def cubed(line: Linear) -> Measure:
    """Sum over the rows of the third power of what each adds."""
    return Measure(line.facts, "sum", line.row() * line.row() * line.row())


def beyond(part: Linear, whole: Linear) -> Measure:
    """How many rows add to the part less than nothing or more than to the whole."""
    outside = (part.row() < 0) | (part.row() > whole.row())
    return Measure(part.facts, "count", None, outside)
