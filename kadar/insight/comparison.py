"""Comparing values of a KPI: the test that the shape of its formula calls for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kadar.answer import Row
from kadar.insight import change, counts, proportions, ranks, resampling, waves
from kadar.insight.change import FEWEST, OF_INTERVALS, TOO_FEW, Change
from kadar.insight.shape import Ratio, Total, shape
from kadar.measure.evaluate import is_share, is_wave
from kadar.measure.formula import Cohort, Formula, Measure, Operation
from kadar.measure.linear import Linear, linear
from kadar.measure.tables import READABLE

if TYPE_CHECKING:
    from kadar.asking import Asking
    from kadar.measure.question import Question

Pair = tuple[Row, Row]
Key = tuple[Any, ...]
Array = NDArray[np.float64]


def compared(
    asking: Asking, formula: Formula, question: Question, pairs: Sequence[Pair]
) -> list[Change]:
    """Test each change from the first row of a pair to the second; verdicts are for `judged`.

    The rows are answers of the formula to the question. A pair with fewer than ten rows on
    either side is not tested: its verdict is `n too small`.
    """
    made = [_begun(pair) for pair in pairs]
    tested = [one for one in made if one.verdict is None and one.value is not None]
    if tested:
        test = chosen(formula)
        samples = test.samples(asking, _narrowed(question, tested))
        found = {id(one): test.tested(one, samples) for one in tested}
        made = [found.get(id(one), one) for one in made]
    return made


def _begun(pair: Pair) -> Change:
    before, after = pair
    lower, upper = change.interval(before, after) or (None, None)
    there = before.value is not None and after.value is not None
    few = there and change.too_few(before, after)
    return Change(before, after, lower, upper, verdict=TOO_FEW if few else None)


def _narrowed(question: Question, tested: Sequence[Change]) -> Question:
    """Return the question for the periods of some changes alone."""
    if question.grain == "all":
        return question
    opens = [row.opens for one in tested for row in (one.before, one.after)]
    return replace(question, since=min(opens), until=max(opens) + timedelta(days=1))


class OfIntervals:
    """The z test from the values' own intervals; the other tests are kinds of it."""

    def samples(self, asking: Asking, question: Question) -> Any:
        """Fetch what the test needs of the periods of a question; nothing, mostly."""
        return None

    def tested(self, one: Change, samples: Any) -> Change:
        """Return the change with p and the name of the test."""
        p = change.of_intervals(one.before, one.after)
        return one if p is None else replace(one, p=p, test=OF_INTERVALS)


class NoTest(OfIntervals):
    """Nothing was left to chance: amounts decided on, everybody counted."""

    def tested(self, one: Change, samples: Any) -> Change:
        return one


class Proportions(OfIntervals):
    """Shares of counted rows."""

    def tested(self, one: Change, samples: Any) -> Change:
        sides = [(row.numerator or 0.0, row.denominator or 0.0) for row in (one.before, one.after)]
        p, name = proportions.two_proportions(*sides)
        return replace(one, p=p, test=name)


@dataclass(frozen=True)
class Waves(OfIntervals):
    """Means of answers that count +1, 0 or -1."""

    scale: float

    def tested(self, one: Change, samples: Any) -> Change:
        from kadar.measure.intervals import quantile_of_t

        errors, sizes = [], []
        for row in (one.before, one.after):
            n, value = row.n or 0, row.value or 0.0
            # of an interval that ends at the scale's end, the other arm is whole
            arm = max(value - (row.lower or 0.0), (row.upper or 0.0) - value)
            errors.append(arm / float(quantile_of_t(np.array([float(n)]))[0]))
            sizes.append(float(n))
        p = waves.two_waves(one.value or 0.0, (errors[0], errors[1]), (sizes[0], sizes[1]))
        return replace(one, p=p, test=waves.WAVES)


@dataclass(frozen=True)
class Counts(OfIntervals):
    """Counts of what happens, for each day or for money spent."""

    spent: bool = False

    def tested(self, one: Change, samples: Any) -> Change:
        sides = []
        for row in (one.before, one.after):
            days = float((row.closes - row.opens).days)
            had = (row.denominator, row.numerator) if self.spent else (row.value, days)
            sides.append((had[0] or 0.0, had[1] or 0.0))
        if sides[0][1] + sides[1][1] <= 0:
            return one
        if sides[0][0] + sides[1][0] < FEWEST:
            return replace(one, verdict=TOO_FEW)
        return replace(one, p=counts.two_counts(*sides), test=counts.COUNTS)


@dataclass(frozen=True)
class Ranks(OfIntervals):
    """Medians of durations, or other quantiles of them."""

    measure: Measure

    def samples(self, asking: Asking, question: Question) -> dict[Key, ranks.Sample]:
        from kadar.measure.contributions import compile_values

        made = compile_values(self.measure, question, asking.engine.dialect)
        fetched = asking.engine.run(made.sql)
        return {
            key: ranks.Sample(fetched["amount"][places], fetched["times"][places])
            for key, places in _places(fetched, question).items()
        }

    def tested(self, one: Change, samples: Any) -> Change:
        before, after = (samples[_key(row)] for row in (one.before, one.after))
        share = self.measure.share or 0.5
        if share == 0.5:
            return replace(one, p=ranks.mann_whitney(before, after), test=ranks.MANN_WHITNEY)
        return replace(one, p=ranks.shares_above(before, after, share), test=ranks.QUANTILE)


@dataclass(frozen=True)
class Resampling(OfIntervals):
    """Ratios of sums, and sums."""

    above: Linear
    below: Linear | None
    scale: float = 1.0

    def samples(self, asking: Asking, question: Question) -> list[dict[Key, dict[str, float]]]:
        from kadar.measure.contributions import compile_units

        found = []
        for line in (self.above, self.below):
            amounts: dict[Key, dict[str, float]] = {}
            if line is not None:
                made = compile_units(line, question, asking.engine.dialect)
                fetched = asking.engine.run(made.sql)
                for key, places in _places(fetched, question).items():
                    names = (f"{made.kind} {unit}" for unit in fetched["unit"][places])
                    amounts[key] = dict(zip(names, fetched["amount"][places], strict=True))
            found.append(amounts)
        return found

    def tested(self, one: Change, samples: Any) -> Change:
        sides = [s.get(_key(row), {}) for row in (one.before, one.after) for s in samples]
        names = sorted({name for side in sides for name in side})
        if min(len({*sides[0], *sides[1]}), len({*sides[2], *sides[3]})) < FEWEST:
            return replace(one, verdict=TOO_FEW)
        columns = [np.array([side.get(name, 0.0) for name in names]) for side in sides]
        units = resampling.Units(*(np.nan_to_num(column) for column in columns))
        test = resampling.of_totals if self.below is None else resampling.of_ratios
        drawn = test(units)
        if drawn is None:
            return super().tested(one, samples)
        made = replace(one, p=drawn.p, test=resampling.BOOTSTRAP)
        if drawn.lower is None or drawn.upper is None:
            return made
        ends = sorted((self.scale * drawn.lower, self.scale * drawn.upper))
        return replace(made, lower=ends[0], upper=ends[1])


def chosen(formula: Formula) -> OfIntervals:
    """Return the test for a formula; one of a shape nobody foresaw has the test of intervals."""
    while isinstance(formula, Cohort):
        formula = formula.formula
    if isinstance(formula, Measure) and formula.kind == "quantile":
        return Ranks(formula)
    found = shape(formula)
    if isinstance(found, Ratio):
        return _of_ratio(found)
    if isinstance(found, Total):
        return _of_total(formula)
    return OfIntervals()


def _of_ratio(found: Ratio) -> OfIntervals:
    division: Operation = found.division
    above, below = linear(division.left), linear(division.right)
    if is_share(division):
        return Proportions()
    if above is None or below is None:
        return OfIntervals()
    if is_wave(division):
        return Waves(float(found.scale))
    if str(above.facts) != str(below.facts) and _decided(above):
        if _decided(below):
            return NoTest()
        spent = READABLE[above.facts.table].planned and below.counts
        return Counts(spent=True) if spent else OfIntervals()
    return Resampling(above, below, float(found.scale))


def _of_total(formula: Formula) -> OfIntervals:
    line = linear(formula)
    if line is None:
        return OfIntervals()
    if _decided(line):
        return NoTest()
    if line.counts and isinstance(formula, Measure):
        return Counts()
    return Resampling(line, None)


def _decided(line: Linear) -> bool:
    """Whether amounts were decided on, or everybody is counted who is there."""
    return READABLE[line.facts.table].planned or line.facts.state is not None


def _places(fetched: Any, question: Question) -> dict[Key, Any]:
    """Return which rows of a result are of each period and group."""
    found: dict[Key, list[int]] = {}
    groups = [fetched[f"by_{i}"] for i in range(len(question.by))]
    opens = fetched["opens"].astype(object)
    for i in range(len(opens)):
        period = None if question.grain == "all" else opens[i]
        found.setdefault((period, *(plain_key(group[i]) for group in groups)), []).append(i)
    return {key: np.array(places) for key, places in found.items()}


def _key(row: Row) -> Key:
    opens = None if row.grain == "all" else row.opens
    return (opens, *(plain_key(value) for value in row.dimensions.values()))


def plain_key(value: Any) -> Any:
    """Return a value of a dimension as a key: null as None whatever its type."""
    plain = value.item() if hasattr(value, "item") else value
    return None if isinstance(plain, float) and math.isnan(plain) else plain
