"""What can be taken apart: totals that add up, and ratios of two such totals."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from kadar.measure.formula import (
    Cohort,
    Constant,
    Formula,
    Measure,
    Months,
    Operation,
    SumOfDays,
    measures,
)


@dataclass(frozen=True)
class Ratio:
    """A formula that is `scale` times `division`, plus a constant perhaps."""

    scale: Fraction
    division: Operation

    @property
    def of_two_facts(self) -> bool:
        """Whether its two sides count different things, as spend per customer does."""
        above, below = (
            {f"{m.facts.table}.{m.facts.verb}" for m in measures(side)}
            for side in (self.division.left, self.division.right)
        )
        return not above & below


@dataclass(frozen=True)
class Total:
    """A formula whose values add up over a dimension, but for what counts under several."""


def shape(formula: Formula) -> Ratio | Total | None:
    """Return what a formula is to whoever takes it apart; None where it cannot be."""
    if isinstance(formula, Cohort):
        return shape(formula.formula)
    if adds(formula):
        return Total()
    if not isinstance(formula, Operation):
        return None
    left, right = formula.left, formula.right
    if formula.symbol == "/" and adds(left) and adds(right):
        return Ratio(Fraction(1), formula)
    for fixed, moving in ((left, right), (right, left)):
        if isinstance(fixed, Constant) and not (formula.symbol == "/" and fixed is left):
            inner = shape(moving)
            if isinstance(inner, Ratio):
                return Ratio(inner.scale * _factor(formula, Fraction(fixed.number)), inner.division)
    return None


def adds(formula: Formula) -> bool:
    """Whether the values of a formula add up over a dimension; a fixed number does not."""
    if isinstance(formula, Measure):
        return formula.totals
    if isinstance(formula, SumOfDays):
        return adds(formula.daily)
    if not isinstance(formula, Operation):
        return False
    if formula.symbol in "+-":
        return adds(formula.left) and adds(formula.right)
    if adds(formula.left):
        return isinstance(formula.right, Constant | Months)
    return formula.symbol == "*" and isinstance(formula.left, Constant) and adds(formula.right)


def _factor(formula: Operation, fixed: Fraction) -> Fraction:
    """Return what a constant beside a ratio multiplies its change by."""
    if formula.symbol == "*":
        return fixed
    if formula.symbol == "/":
        return 1 / fixed
    return Fraction(-1 if formula.symbol == "-" and isinstance(formula.left, Constant) else 1)
