"""From the measures' columns to values, samples and intervals of a formula.

One walk serves twice: first over nothing, to learn which measures the formula and its interval
need; then over the columns of the result.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kadar.measure import intervals
from kadar.measure.deferred import Deferred
from kadar.measure.facts import Per
from kadar.measure.formula import (
    Cohort,
    Constant,
    Formula,
    Measure,
    Months,
    Operation,
    SumOfDays,
)
from kadar.measure.intervals import Array
from kadar.measure.linear import Linear, beyond, cubed, linear, products
from kadar.measure.tables import READABLE

Column = Callable[[Measure], Array]
Bounds = tuple[Array, Array]


@dataclass(frozen=True)
class Open:
    """Of a time that may not be over: what `survival.Estimated` says beside the value."""

    at_least: Array
    waiting: Array
    settled: Array


@dataclass(frozen=True)
class Estimate:
    """A value per row with its variance, and the interval where its shape gives a better one."""

    value: Array
    variance: Array
    bounds: Bounds | None = None
    n: Array | None = None
    open: Open | None = None

    def interval(self) -> Bounds:
        """The 95 % interval."""
        return self.bounds or intervals.normal(self.value, self.variance)


@dataclass(frozen=True)
class Result:
    """What a formula comes to, one number a row; NaN where there is none."""

    value: Array
    numerator: Array
    denominator: Array
    n: Array
    lower: Array
    upper: Array
    at_least: Array
    waiting: Array
    settled: NDArray[np.bool_]  # whether the rows that wait can no longer change the value


class Evaluation:
    """Evaluates formulas over columns.

    `column` gives a measure's column, `bound` what stands beside a quantile's or an estimate's,
    `daily` the values and variances of a daily sum, `months` the observed length of each period.
    """

    def __init__(
        self,
        column: Column,
        bound: Callable[[Measure, str], Array],
        daily: Callable[[Formula], tuple[Array, Array]],
        months: Array,
    ) -> None:
        self._column = column
        self._bound = bound
        self._daily = daily
        self._months = months

    def result(self, formula: Formula) -> Result:
        """Evaluate a formula with everything an answer says about it."""
        if isinstance(formula, Cohort):
            return self.result(formula.formula)
        estimate = self.estimate(formula)
        lower, upper = estimate.interval()
        nothing = np.full_like(estimate.value, np.nan)
        ratio = ratio_of(formula)
        numerator = self.value(ratio.left) if ratio else nothing
        denominator = self.value(ratio.right) if ratio else nothing
        n = estimate.n if estimate.n is not None else nothing
        known = ~np.isnan(estimate.value)
        still = estimate.open or Open(nothing, nothing, np.ones_like(estimate.value))
        # a bound may be known before the value is
        known |= ~np.isnan(still.at_least)
        return Result(
            estimate.value,
            numerator,
            denominator,
            n,
            np.where(known, lower, np.nan),
            np.where(known, upper, np.nan),
            still.at_least,
            still.waiting,
            still.settled > 0,
        )

    def value(self, formula: Formula) -> Array:
        """Value of a formula, without what only its interval needs (scipy, for a count's)."""
        if isinstance(formula, Measure):
            return self._column(formula)
        if isinstance(formula, Operation):
            left, right = self.value(formula.left), self.value(formula.right)
            return _JOINED[formula.symbol](left, right)
        return self.estimate(formula).value

    def estimate(self, formula: Formula) -> Estimate:
        """Value and variance of a formula."""
        if isinstance(formula, Constant):
            fixed = np.full_like(self._months, float(formula.number))
            return Estimate(fixed, np.zeros_like(fixed))
        if isinstance(formula, Months):
            return Estimate(self._months, np.zeros_like(self._months))
        if isinstance(formula, Cohort):
            return self.estimate(formula.formula)
        if isinstance(formula, SumOfDays):
            return Estimate(*self._daily(formula.daily))
        if isinstance(formula, Measure):
            return self._measure(formula)
        if isinstance(formula, Operation):
            return self._operation(formula)
        raise NotImplementedError(type(formula).__name__)

    def _measure(self, measure: Measure) -> Estimate:
        value = self._column(measure)
        if measure.waiting is not None:
            low, high = self._bound(measure, "lower"), self._bound(measure, "upper")
            spread = ((high - low) / (2 * intervals.Z95)) ** 2
            own = self._bound(measure, "variance")
            variance = np.where(np.isnan(own), spread, own)
            still = Open(*(self._bound(measure, s) for s in ("at_least", "waiting", "settled")))
            return Estimate(value, variance, (low, high), self._bound(measure, "n"), still)
        if measure.kind == "quantile":
            low, high = self._bound(measure, "lower"), self._bound(measure, "upper")
            variance = ((high - low) / (2 * intervals.Z95)) ** 2
            return Estimate(value, variance, (low, high), self._bound(measure, "n"))
        line = linear(measure)
        n = value
        if measure.kind == "sum":
            n = self._column(Measure(measure.facts, "count", None, measure.condition))
        if READABLE[measure.facts.table].planned or measure.facts.state:
            # decided amounts, or everybody counted: nothing was left to chance
            nothing = np.full_like(value, np.nan)
            return Estimate(value, np.zeros_like(value), (nothing, nothing), n)
        if measure.kind == "sum" and line is not None:
            return Estimate(value, self._column(products(line, line)), None, n)
        return Estimate(value, value, intervals.poisson(value), n)

    def _operation(self, formula: Operation) -> Estimate:
        if formula.symbol == "/":
            above, below = linear(formula.left), linear(formula.right)
            if above and below and str(above.facts) == str(below.facts):
                return self._same_facts(formula, above, below)
            if above and _among(above, formula.right):
                top, bottom = self._total(above), self.estimate(formula.right).value
                share = _divide(top, bottom)
                variance = _divide(share * (1 - share), bottom)
                return Estimate(share, variance, intervals.wilson(top, bottom), bottom)
        left, right = self.estimate(formula.left), self.estimate(formula.right)
        if isinstance(formula.left, Constant) or isinstance(formula.right, Constant):
            straight = _with_constant(formula, left, right)
            if straight is not None:
                return straight
        return self._independent(formula, left, right)

    def _same_facts(self, formula: Operation, above: Linear, below: Linear) -> Estimate:
        """Ratio of two sums over the same rows: Wilson where it is a share, else delta method."""
        top, bottom = self._total(above), self._total(below)
        value = _divide(top, bottom)
        n = self._column(Measure(below.facts, "count", None, _one_condition(below)))
        if is_share(formula):
            variance = _divide(value * (1 - value), bottom)
            return Estimate(value, variance, intervals.wilson(top, bottom), n)
        aa, ab, bb = (
            self._column(products(*pair))
            for pair in ((above, above), (above, below), (below, below))
        )
        squares = np.maximum(aa - 2 * value * ab + value**2 * bb, 0.0)
        if above.counts and below.counts:
            variance = _divide(squares, bottom**2)
            bounds = None
            if is_wave(formula):
                plus, minus = (
                    sum(self._column(m) for f, m in above.terms if f == sign) for sign in (1, -1)
                )
                bounds = intervals.waves(np.asarray(plus), np.asarray(minus), n)
            return Estimate(value, variance, bounds, n)
        with np.errstate(divide="ignore", invalid="ignore"):
            small = np.where(n > 1, n / (n - 1), np.nan)
        variance = _divide(squares, bottom**2) * small
        if below.counts and len(below.terms) == 1:  # a mean
            cubes = self._column(cubed(above)) - 3 * value * aa + 2 * value**3 * n
            skewness = _divide(_divide(cubes, n), _divide(squares, n) ** 1.5)
            return Estimate(value, variance, intervals.skewed(value, variance, n, skewness), n)
        low, high = intervals.ratio(top, bottom, (aa, ab, bb), n)
        share = intervals.weighted(value, variance, bottom, bb)
        within = (self._column(beyond(above, below)) == 0) & (n > 1)
        bounds = (np.where(within, share[0], low), np.where(within, share[1], high))
        return Estimate(value, variance, bounds, n)

    def _total(self, line: Linear) -> Array:
        total = np.zeros_like(self._months)
        for coefficient, measure in line.terms:
            total = total + coefficient * self._column(measure)
        return total

    def _independent(self, formula: Operation, left: Estimate, right: Estimate) -> Estimate:
        """Delta method for two numbers over different facts, taken as independent."""
        x, y, vx, vy = left.value, right.value, left.variance, right.variance
        if formula.symbol in "+-":
            value = x + y if formula.symbol == "+" else x - y
            return Estimate(value, vx + vy, None, _fewest(left.n, right.n))
        if formula.symbol == "*":
            return Estimate(x * y, vx * y**2 + vy * x**2, None, _fewest(left.n, right.n))
        if _per_member(formula):
            vx = np.maximum(vx - _divide(x**2, y), 0.0)
        value = _divide(x, y)
        variance = _divide(vx + value**2 * vy, y**2)
        if not np.any(vx) and not np.any(vy):
            nothing = np.full_like(value, np.nan)
            return Estimate(value, variance, (nothing, nothing), right.n)
        if _counted(formula.left) and _counted(formula.right):
            return Estimate(value, variance, intervals.of_counts(x, y), right.n)
        if right.bounds is not None and not np.any(vx):  # a fixed amount over a counted one
            low, high = right.bounds
            return Estimate(value, variance, (_divide(x, high), _divide(x, low)), right.n)
        return Estimate(value, variance, None, right.n if right.n is not None else left.n)


def is_share(division: Operation) -> bool:
    """Whether a division is a proportion of counted rows, each a hit or not."""
    above, below = linear(division.left), linear(division.right)
    if above is None or not (above.counts and len(above.terms) == 1 and above.terms[0][0] == 1):
        return False
    if below is not None and str(above.facts) == str(below.facts):
        return below.plain_count
    return _among(above, division.right)


def is_wave(division: Operation) -> bool:
    """Whether a division is the mean of rows that count +1, 0 or -1."""
    above, below = linear(division.left), linear(division.right)
    if above is None or below is None or str(above.facts) != str(below.facts):
        return False
    signs = sorted(factor for factor, _ in above.terms)
    return above.counts and signs == [-1, 1] and below.counts and len(below.terms) == 1


def _among(above: Linear, below: Formula) -> bool:
    """Whether `above` counts some of the rows that `below`, a sum of counts, counts all of."""
    if not (above.counts and len(above.terms) == 1 and above.terms[0][0] == 1):
        return False
    counted: list[Formula] = [below]
    whole = False
    while counted:
        part = counted.pop()
        if isinstance(part, Operation) and part.symbol == "+":
            counted += part.children
            continue
        if not isinstance(part, Measure) or part.kind != "count":
            return False
        whole |= part.condition is None and str(part.facts) == str(above.facts)
    return whole


def _counted(formula: Formula) -> bool:
    """Whether a formula counts what happened, each once: not who was there."""
    return isinstance(formula, Measure) and formula.kind == "count" and not formula.facts.state


def _one_condition(line: Linear) -> Deferred | None:
    return line.terms[0][1].condition if len(line.terms) == 1 else None


def _per_member(formula: Operation) -> bool:
    """Whether a total per customer stands over the number of customers there are."""
    above, below = linear(formula.left), linear(formula.right)
    if not (above and below and below.counts and below.facts.state):
        return False
    keys = [
        {step.key for step in line.facts.steps if isinstance(step, Per)} for line in (above, below)
    ]
    return bool(keys[0] & keys[1])


def _with_constant(formula: Operation, left: Estimate, right: Estimate) -> Estimate | None:
    """Move or stretch an estimate by a constant, its interval with it."""
    first = isinstance(formula.left, Constant)
    fixed, moving = (left.value, right) if first else (right.value, left)
    if formula.symbol in "+-":
        sign = -1.0 if formula.symbol == "-" and first else 1.0
        shift = -fixed if formula.symbol == "-" and not first else fixed
        scale = np.full_like(fixed, sign)
    elif formula.symbol == "*":
        scale, shift = fixed, np.zeros_like(fixed)
    elif not first:
        scale, shift = _divide(np.ones_like(fixed), fixed), np.zeros_like(fixed)
    else:
        return None
    bounds = None
    if moving.bounds is not None:
        ends = [scale * end + shift for end in moving.bounds]
        bounds = (np.where(scale < 0, ends[1], ends[0]), np.where(scale < 0, ends[0], ends[1]))
    return Estimate(scale * moving.value + shift, scale**2 * moving.variance, bounds, moving.n)


def ratio_of(formula: Formula) -> Operation | None:
    """Return the division a formula shows, looked for through constants around it."""
    if isinstance(formula, Cohort):
        return ratio_of(formula.formula)
    if not isinstance(formula, Operation):
        return None
    if formula.symbol == "/" and not isinstance(formula.right, Constant):
        return formula
    for side, other in ((formula.left, formula.right), (formula.right, formula.left)):
        if isinstance(side, Constant):
            return ratio_of(other)
    return None


def _divide(x: Array, y: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(y == 0, np.nan, x / y)


_JOINED: dict[str, Callable[[Array, Array], Array]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": _divide,
}


def _fewest(left: Array | None, right: Array | None) -> Array | None:
    if left is None or right is None:
        return left if right is None else right
    return np.fmin(left, right)


def measures_of(formula: Formula) -> tuple[list[Measure], list[Formula]]:
    """Return the measures a formula and its interval need, and its daily sums."""
    found: dict[str, Measure] = {}
    daily: dict[str, Formula] = {}
    empty = np.zeros(0)

    def column(measure: Measure) -> Array:
        found[str(measure)] = measure
        return empty

    def bound(measure: Measure, _side: str) -> Array:
        return column(measure)

    def days(formula: Formula) -> tuple[Array, Array]:
        daily[str(formula)] = formula
        return empty, empty

    walk = Evaluation(column, bound, days, empty)
    walk.result(formula)
    if isinstance(formula, Cohort) and formula.open_rows is not None:
        walk.value(formula.open_rows)
    return list(found.values()), list(daily.values())
