"""A measure in one period, and its rows that are in doubt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kadar.checks.bounds import Doubtful
from kadar.measure.formula import Measure


@dataclass(frozen=True)
class Leaf:
    """A measure in one period: its total, and its rows that are in doubt.

    `inside` has by key what the row adds; `near` are the affected rows that the period holds, or
    may; `absent` is how many rows that are not in the data may be its; `largest` and `smallest`
    are the ends of what rows add.
    """

    total: float
    inside: dict[str, float]
    twice: frozenset[str]
    near: frozenset[str]
    absent: int
    largest: float
    smallest: float
    flips: bool
    measure: Measure

    def outside(self, inside: Iterable[str] = ()) -> int:
        """How many rows may come in, beyond this measure's own and those `inside`."""
        return len(self.near.difference(self.inside, inside)) + self.absent


def alone(leaf: Leaf) -> Iterator[Doubtful]:
    """Rows of one measure, each staying, going or coming in."""
    counted = leaf.measure.kind != "sum"
    for key, added in leaf.inside.items():
        if key in leaf.twice and not counted:
            continue  # whoever it belongs to, the amount is the company's
        yield Doubtful((added, 0.0), [(added, 0.0), (0.0, 0.0)])
    outside = leaf.outside()
    if outside:
        ends = [(0.0, 0.0), (1.0 if counted else leaf.largest, 0.0)]
        if not counted:
            ends.append((leaf.smallest, 0.0))
        yield Doubtful((0.0, 0.0), ends, outside)


def together(tops: list[tuple[float, Leaf]], bottoms: list[tuple[float, Leaf]]) -> list[Doubtful]:
    """Rows of the facts that the numerator and the denominator share."""
    keys = dict.fromkeys(key for _, leaf in (*tops, *bottoms) for key in leaf.inside)
    flips = any(leaf.flips for _, leaf in tops)
    counted = all(leaf.measure.kind == "count" for _, leaf in tops)
    whole = any(leaf.measure.condition is None for _, leaf in bottoms)
    coefficients = [factor for factor, _ in tops] if counted else []
    rows = []
    for key in keys:
        n = sum(factor * leaf.inside.get(key, 0.0) for factor, leaf in tops)
        d = sum(factor * leaf.inside.get(key, 0.0) for factor, leaf in bottoms)
        options = [(n, d), (0.0, 0.0)]
        if any(key in leaf.twice for _, leaf in (*tops, *bottoms)):
            # one of two goes, and the one that stays may then count otherwise
            options = [
                (n, d),
                *((c, 0.0) for c in (0.0, *coefficients, *(-c for c in coefficients))),
            ]
            if not counted:
                options = [(n, d), (n, 0.0)]
        elif flips or not counted:
            options += [(c, d) for c in (0.0, *coefficients)]
            if not whole:
                options += [(n, 0.0), (0.0, d)]
        rows.append(Doubtful((n, d), options))
    outside = max((leaf.outside(keys) for _, leaf in (*tops, *bottoms)), default=0)
    if outside:
        each = sum(factor for factor, _ in bottoms)
        amounts = coefficients or [
            end for factor, leaf in tops for end in (factor * leaf.largest, factor * leaf.smallest)
        ]
        options = [(0.0, 0.0), (0.0, each), *((amount, each) for amount in amounts)]
        rows.append(Doubtful((0.0, 0.0), options, outside))
    return rows
