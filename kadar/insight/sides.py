"""What a number is made of, for whoever lays two of them side by side."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from kadar.insight.records import added_terms
from kadar.measure.deferred import Deferred
from kadar.measure.facts import Later, LeaveOut, Matching, Per, Where
from kadar.measure.formula import Cohort, Constant, Formula, Measure, Operation

ABOVE, BELOW = "numerator", "denominator"
Terms = tuple[tuple[Fraction, Measure], ...]


@dataclass(frozen=True)
class Sums:
    """`scale` times a sum of rows, or a quotient of two, plus `offset`."""

    above: Terms
    below: Terms | None
    scale: Fraction
    offset: Fraction

    def terms(self, side: str) -> Terms:
        """Return the measures of a side, each with its factor."""
        return self.above if side == ABOVE else self.below or ()

    def with_terms(self, side: str, terms: Terms) -> Sums:
        """Return the same with other measures on a side."""
        if side == ABOVE:
            return replace(self, above=terms)
        return self if self.below is None else replace(self, below=terms)

    def of(self, above: Fraction, below: Fraction | None) -> Fraction | None:
        """Return the number that totals make; None where it is divided by nothing."""
        if below is None:
            return self.scale * above + self.offset
        return None if below == 0 else self.scale * above / below + self.offset


@dataclass(frozen=True)
class Values:
    """A quantile of the rows' values, or with no `share` their mean."""

    measure: Measure
    share: float | None

    def of(self, values: list[Fraction]) -> Fraction | None:
        """Return the number that values make: quantiles interpolated, as the engine does."""
        if not values:
            return None
        if self.share is None:
            return sum(values, Fraction(0)) / len(values)
        ordered = sorted(values)
        place = (len(ordered) - 1) * Fraction(str(self.share))
        low = int(place)
        high = min(low + 1, len(ordered) - 1)
        return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def sides(formula: Formula) -> Sums | Values | None:
    """Return what a formula is made of; None where its rows do not add up to its sides."""
    scale, offset, core = _core(formula)
    if isinstance(core, Measure) and core.kind == "quantile":
        return Values(core, core.share or 0.5) if scale == 1 and offset == 0 else None
    if isinstance(core, Operation) and core.symbol == "/":
        above, below = _terms(core.left), _terms(core.right)
        if above is not None and below is not None:
            return Sums(above, below, scale, offset)
    total = _terms(core)
    return None if total is None else Sums(total, None, scale, offset)


def mean(formula: Formula) -> Values | None:
    """Return a formula that is the mean of a value over rows as their values; else None."""
    scale, offset, core = _core(formula)
    if scale != 1 or offset != 0 or not isinstance(core, Operation) or core.symbol != "/":
        return None
    above, below = core.left, core.right
    if not (isinstance(above, Measure) and isinstance(below, Measure)):
        return None
    same = (str(above.facts), str(above.condition)) == (str(below.facts), str(below.condition))
    if (above.kind, below.kind) != ("sum", "count") or not same or above.expression is None:
        return None
    return Values(above, None) if _is_known(above.expression, below.condition) else None


def flattened(one: Sums, other: Sums) -> tuple[Sums, Sums]:
    """Return both with totals per key as sums over the rows, on sides where all are such."""
    for side in (ABOVE, BELOW):
        new = [tuple((f, flat(m)) for f, m in sums.terms(side)) for sums in (one, other)]
        if not any(gathered(measure) for terms in new for _, measure in terms):
            one, other = one.with_terms(side, new[0]), other.with_terms(side, new[1])
    return one, other


def gathered(measure: Measure) -> bool:
    """Whether one row of a measure stands for all rows of a key."""
    return any(isinstance(step, Per) for step in measure.facts.steps)


def flat(measure: Measure) -> Measure:
    """Return a sum of totals per key as the sum over the rows themselves, where it is one."""
    facts = measure.facts
    per = facts.steps[-1] if facts.steps else None
    column = measure.expression
    if not isinstance(per, Per) or measure.kind != "sum" or column is None:
        return measure
    if measure.condition is not None and not _only_known(column, measure.condition):
        return measure
    if any(isinstance(step, Per) for step in facts.steps[:-1]) or column.operation != "column":
        return measure
    made = dict(per.aggregates).get(column.args[0])
    rows = replace(facts, steps=facts.steps[:-1])
    if made is not None and made.kind == "rows":
        return rows.count()
    return rows.sum(made.expression) if made is not None and made.kind == "total" else measure


def raw(measure: Measure) -> bool:
    """Whether the rows of a measure are rows of its table, told apart by conditions alone."""
    facts = measure.facts
    changed = any(isinstance(step, Per | Matching | Later) for step in facts.steps)
    return facts.state is None and not changed


def entity(measure: Measure) -> str:
    """Name what one row of a measure is: a row of a table, or all rows of a key."""
    per = [step for step in measure.facts.steps if isinstance(step, Per)]
    return f"per {per[-1].key}" if per else measure.facts.table


def tests(measure: Measure) -> list[LeaveOut | Where]:
    """Return the conditions on the rows of a measure, its own last."""
    own = [] if measure.condition is None else [Where(measure.condition)]
    return [s for s in measure.facts.steps if isinstance(s, LeaveOut | Where)] + own


def _core(formula: Formula) -> tuple[Fraction, Fraction, Formula]:
    """Return scale, offset and formula so that the whole is scale x formula + offset."""
    while isinstance(formula, Cohort):
        formula = formula.formula
    if isinstance(formula, Operation):
        left, right, symbol = formula.left, formula.right, formula.symbol
        if isinstance(right, Constant) and (symbol != "/" or right.number):
            fixed = Fraction(str(right.number))
            scale, offset, core = _core(left)
            if symbol in "+-":
                return scale, offset + (fixed if symbol == "+" else -fixed), core
            factor = fixed if symbol == "*" else 1 / fixed
            return scale * factor, offset * factor, core
        if isinstance(left, Constant) and symbol != "/":
            fixed = Fraction(str(left.number))
            scale, offset, core = _core(right)
            if symbol == "*":
                return scale * fixed, offset * fixed, core
            sign = -1 if symbol == "-" else 1
            return sign * scale, fixed + sign * offset, core
    return Fraction(1), Fraction(0), formula


def _terms(formula: Formula) -> Terms | None:
    added = added_terms(formula)
    return None if added is None else tuple((Fraction(str(f)), m) for f, m in added)


def _is_known(value: Deferred, condition: Deferred | None) -> bool:
    """Whether a condition asks, among others, that a value is known."""
    if condition is None:
        return False
    if condition.operation == "and":
        return any(_is_known(value, part) for part in condition.args)
    return _only_known(value, condition)


def _only_known(value: Deferred, condition: Deferred) -> bool:
    return str(condition) == str(value.notnull())
