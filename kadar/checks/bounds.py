"""How far a formula's value may be off at most when some of its rows are wrong.

A ratio of two sums is bounded exactly under its rows' options: each doubtful row may stay as it
is, go, come in or change sides, whichever moves the ratio most (Dinkelbach, "On Nonlinear
Fractional Programming", Management Science 13 (1967), p. 492: the best choice at ratio λ is the
one with the largest n - λ d, and λ converges to the best ratio). Everything else is bounded by
interval arithmetic over its parts, which is wider than need be and never too narrow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isnan

Interval = tuple[float, float]
Option = tuple[float, float]  # what a row then adds to the numerator and to the denominator


@dataclass(frozen=True)
class Doubtful:
    """One row in doubt: what it adds now, and all it might add instead."""

    now: Option
    options: Sequence[Option]
    times: int = 1


def ratio_bounds(above: float, below: float, rows: Sequence[Doubtful]) -> Interval | None:
    """Return the least and the largest ratio; None where the denominator may be 0 or less."""
    value = above / below if below > 0 else 0.0
    rest = below - sum(
        row.times * (row.now[1] - min(option[1] for option in row.options)) for row in rows
    )
    if rest <= 0:
        return None
    return _extreme(above, below, rows, value, -1.0), _extreme(above, below, rows, value, 1.0)


def _extreme(
    above: float, below: float, rows: Sequence[Doubtful], value: float, sign: float
) -> float:
    for _ in range(60):
        top, bottom = above, below
        for row in rows:
            n, d = max(row.options, key=lambda option: sign * (option[0] - value * option[1]))
            top += row.times * (n - row.now[0])
            bottom += row.times * (d - row.now[1])
        better = top / bottom
        if abs(better - value) <= 1e-12 * max(1.0, abs(value)):
            return better
        value = better
    return value


def sum_bounds(value: float, rows: Sequence[Doubtful]) -> Interval:
    """Return the least and the largest total; only what rows add to the numerator counts."""
    low = sum(row.times * (min(o[0] for o in row.options) - row.now[0]) for row in rows)
    high = sum(row.times * (max(o[0] for o in row.options) - row.now[0]) for row in rows)
    return value + low, value + high


def quantile_bounds(
    values: Sequence[float], share: float, inside: int, outside: int
) -> Interval | None:
    """Bounds of a quantile when `inside` of the values, and `outside` more, may be anything.

    The worst is all of them beyond one end. None where nothing certain is left.
    """
    known = sorted(value for value in values if not isnan(value))
    moved = inside + outside
    sure = len(known) - inside
    if sure <= 0 or moved >= sure:
        return None
    low = _quantile([-inf] * moved + known[: len(known) - inside], share, known[0])
    high = _quantile(known[inside:] + [inf] * moved, share, known[-1])
    return low, high


def _quantile(ordered: Sequence[float], share: float, instead: float) -> float:
    """Interpolate as the engine does (type 7); beyond all values the outermost known one."""
    finite = [instead if abs(value) == inf else value for value in ordered]
    place = share * (len(finite) - 1)
    at = int(place)
    following = finite[min(at + 1, len(finite) - 1)]
    return finite[at] + (place - at) * (following - finite[at])


def joined(symbol: str, left: Interval, right: Interval) -> Interval | None:
    """Interval arithmetic; None where a divisor may be 0."""
    if symbol == "+":
        return left[0] + right[0], left[1] + right[1]
    if symbol == "-":
        return left[0] - right[1], left[1] - right[0]
    if symbol == "/":
        if right[0] <= 0 <= right[1]:
            return None
        right = (1 / right[1], 1 / right[0])
    ends = [a * b for a in left for b in right]
    return min(ends), max(ends)
