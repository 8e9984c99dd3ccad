"""A change divided by one dimension: what each of its values adds."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from kadar.answer import Row
from kadar.insight import change, decomposition
from kadar.insight.change import Change
from kadar.insight.comparison import plain_key
from kadar.insight.decomposition import BOTH, SEVERAL, Cell, Decomposed, Effect
from kadar.insight.shape import Ratio, Total

CHANCE = math.sqrt(2 / math.pi)  # mean size of a normal deviation of one standard error


@dataclass(frozen=True)
class Part:
    """What one value of a dimension adds to the change, in the KPI's unit.

    `kind` is `both`, `came`, `went`, `no_rate` (nothing below the line in one period) or
    `several` (what counts under several values at once; `value` is None). `rate_effect` and
    `mix_effect` are there for values of both periods of a ratio and sum to `effect`. The weights
    are shares of the ratio's denominator, or of the total. `p` is of the value's own change by
    `test`; `verdict` holds false alarms to 5 % over the dimension.
    """

    dimension: str
    value: Any
    kind: str
    before: float | None
    after: float | None
    weight_before: float | None
    weight_after: float | None
    n_before: int | None
    n_after: int | None
    rate_effect: float | None
    mix_effect: float | None
    effect: float
    p: float | None = None
    verdict: str | None = None
    test: str | None = None


@dataclass(frozen=True)
class Division:
    """The change by one dimension, the largest parts first.

    `apart` is half the sum of how far each part stands from its fair share of the change (its
    weight times the change), in the KPI's unit: 0 where all values moved alike. `by_chance` is
    what the values' standard errors alone would make of it.
    """

    dimension: str
    parts: tuple[Part, ...]
    apart: float
    by_chance: float

    @property
    def explains(self) -> float:
        """What the dimension tells beyond chance, in the KPI's unit."""
        return max(self.apart - self.by_chance, 0.0)

    def sum(self, effect: str, *kinds: str) -> float:
        """Sum an effect over the parts (of some kinds)."""
        values = (getattr(p, effect) for p in self.parts if not kinds or p.kind in kinds)
        return math.fsum(value for value in values if value is not None)


@dataclass(frozen=True)
class Whole:
    """The two numbers whose change is divided, and what their formula is."""

    found: Ratio | Total
    before: Row
    after: Row

    def size(self, row: Row) -> float:
        """What the weights are shares of."""
        return (row.denominator or 0.0) if isinstance(self.found, Ratio) else row.value or 0.0

    def weight(self, row: Row | None, whole: Row) -> float | None:
        """Share of a value in the whole; None where the whole is nothing."""
        size = self.size(whole)
        if not size:
            return None
        return self.size(row) / size if row else 0.0


@dataclass(frozen=True)
class Pair:
    """The rows of one value of a dimension: None where it was not there."""

    before: Row | None
    after: Row | None

    @property
    def error(self) -> float | None:
        """Standard error of the value's own change."""
        return change.error(self.before, self.after)


def divide(
    whole: Whole,
    dimension: str,
    sides: list[list[Row]],
    compare: Callable[[list[tuple[Row, Row]]], list[Change]],
) -> Division:
    """Divide a change by a dimension, from the rows of both periods by it.

    `compare` tests the changes of pairs of them.
    """
    old, new = (
        {plain_key(row.dimensions[dimension]): row for row in side if _counts(row)}
        for side in sides
    )
    made = _decomposed(whole, old, new)
    pairs = {key: Pair(old.get(key), new.get(key)) for key in made.parts}
    parts = [_part(whole, dimension, key, effect, pairs[key]) for key, effect in made.parts.items()]
    chance = [_chance(whole, part, pairs[part.value]) for part in parts]
    parts = _judged(parts, pairs, compare)
    if made.several:
        parts.append(
            Part(
                dimension, None, SEVERAL, None, None, None, None, None, None, None, None,
                float(made.several.total),
            )
        )  # fmt: skip
    parts.sort(key=lambda part: -abs(part.effect))
    by_chance = CHANCE * math.fsum(chance) / 2
    return Division(dimension, tuple(parts), _apart(made, parts), by_chance)


def cell(row: Row) -> Cell:
    """Return what stands above and below the line of a row."""
    return Cell.of(row.numerator or 0.0, row.denominator or 0.0)


def _decomposed(whole: Whole, old: dict[object, Row], new: dict[object, Row]) -> Decomposed:
    if isinstance(whole.found, Ratio):
        return decomposition.of_ratio(
            {key: cell(row) for key, row in old.items()},
            {key: cell(row) for key, row in new.items()},
            cell(whole.before),
            cell(whole.after),
            whole.found.scale,
        )
    return decomposition.of_total(
        {key: Fraction(row.value or 0.0) for key, row in old.items()},
        {key: Fraction(row.value or 0.0) for key, row in new.items()},
        Fraction(whole.before.value or 0.0),
        Fraction(whole.after.value or 0.0),
    )


def _part(whole: Whole, dimension: str, key: object, effect: Effect, pair: Pair) -> Part:
    old, new = pair.before, pair.after
    return Part(
        dimension,
        key,
        effect.kind,
        old.value if old else None,
        new.value if new else None,
        whole.weight(old, whole.before),
        whole.weight(new, whole.after),
        old.n if old else 0,
        new.n if new else 0,
        None if effect.rate is None else float(effect.rate),
        None if effect.mix is None else float(effect.mix),
        float(effect.total),
    )


def _judged(
    parts: list[Part],
    pairs: dict[object, Pair],
    compare: Callable[[list[tuple[Row, Row]]], list[Change]],
) -> list[Part]:
    """Add the test of each value's own change, false alarms held down over all of them."""
    both = {
        part.value: (pair.before, pair.after)
        for part in parts
        if part.kind == BOTH and (pair := pairs[part.value]).before and pair.after
    }
    tested = change.judged(compare(list(both.values())))
    found = dict(zip(both, tested, strict=True))
    return [
        replace(part, p=one.p, test=one.test, verdict=one.verdict)
        if (one := found.get(part.value)) is not None
        else part
        for part in parts
    ]


def _apart(made: Decomposed, parts: list[Part]) -> float:
    whole = float(made.change)
    return math.fsum(abs(part.effect - _share(part) * whole) for part in parts) / 2


def _chance(whole: Whole, part: Part, pair: Pair) -> float:
    """Return the standard error of what a value adds; 0 where it is not known."""
    if part.kind != BOTH:
        return 0.0
    wide = pair.error or 0.0
    return wide * abs(_share(part)) if isinstance(whole.found, Ratio) else wide


def _share(part: Part) -> float:
    return ((part.weight_before or 0.0) + (part.weight_after or 0.0)) / 2


def _counts(row: Row) -> bool:
    """Whether a value of a dimension is there at all in the period."""
    return bool(row.n or row.value or row.numerator or row.denominator)
