"""Whether ratios of sums, or sums, differ by more than chance: the studentised bootstrap.

Units (customers mostly, else rows) are drawn again, each with all it adds to both periods, so
that what is of one customer stays together: several orders in a period, and the same customer in
both. The statistic is divided by its own standard error in every draw (bootstrap-t), and the
test is symmetric: its error falls with the square of the number of units (Hall, "Theoretical
comparison of bootstrap confidence intervals", Annals of Statistics 16 (1988), 927-953; Hall, The
bootstrap and Edgeworth expansion, 1992, section 3.5). Where money is skewed it is conservative,
never the other way, which the normal test of the same statistic is not.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from kadar.language import N_

BOOTSTRAP = N_("bootstrap")
DRAWS = 1999
MOST = 1500  # units drawn; of more, so many groups of them at random
SEED = 20_260_331  # the same draws for everybody: a verdict can be repeated
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Units:
    """What each unit adds above and below the line, before and after: one row a unit."""

    above_before: Array
    below_before: Array
    above_after: Array
    below_after: Array

    def grouped(self) -> Array:
        """Return the four columns, of at most `MOST` units or random groups of units."""
        columns = np.stack(
            [self.above_before, self.below_before, self.above_after, self.below_after], axis=1
        )
        n = len(columns)
        if n <= MOST:
            return columns
        places = np.random.default_rng(SEED).permutation(n) % MOST
        groups = np.zeros((MOST, 4))
        np.add.at(groups, places, columns)
        return groups


@dataclass(frozen=True)
class Drawn:
    """p, and the 95 % interval of the difference; None where nothing varies."""

    p: float
    lower: float | None
    upper: float | None


def of_ratios(units: Units) -> Drawn | None:
    """Test the difference of two ratios of sums; None where one has nothing below the line."""
    return _tested(units.grouped(), _ratios)


def of_totals(units: Units) -> Drawn | None:
    """Test the difference of two sums of what came independently (compound Poisson)."""
    return _tested(units.grouped(), _totals)


def _tested(columns: Array, statistic: Callable[[Array], tuple[Array, Array]]) -> Drawn | None:
    products = _products(columns)
    difference, error = (float(part[0]) for part in statistic(products.sum(axis=0)[None]))
    if math.isnan(difference):
        return None
    if error <= 1e-12 * max(abs(difference), 1e-300) or error == 0:
        return Drawn(1.0 if abs(difference) < 1e-12 else 0.0, None, None)
    drawn, errors = statistic(_weights()[:, : len(columns)].astype(np.float64) @ products)
    with np.errstate(divide="ignore", invalid="ignore"):
        far = np.abs(drawn - difference) / errors
    far = np.sort(far[np.isfinite(far)])
    if len(far) < DRAWS // 2:
        return None
    t = abs(difference) / error
    half = float(np.quantile(far, 0.95)) * error
    return Drawn(_p(far, t), difference - half, difference + half)


def _p(far: Array, t: float) -> float:
    """Share of the draws as far out; beyond them a normal tail through their 99 % point."""
    beyond = len(far) - int(np.searchsorted(far, t))
    if beyond >= 10:
        return (beyond + 1) / (len(far) + 1)
    wide = max(float(np.quantile(far, 0.99)) / 2.5758293035489004, 1.0)
    return min(math.erfc(t / wide / math.sqrt(2)), (beyond + 1) / (len(far) + 1))


@cache
def _weights() -> NDArray[np.uint8]:
    """How often each unit is drawn: independent Poisson numbers of mean 1, a row a draw."""
    return np.random.default_rng(SEED).poisson(1.0, (DRAWS, MOST)).astype(np.uint8)


_PAIRS = [(i, j) for i in range(4) for j in range(i, 4)]


def _products(columns: Array) -> Array:
    """Return the columns and the products of each two: their sums make every statistic."""
    return np.concatenate(
        [columns, np.stack([columns[:, i] * columns[:, j] for i, j in _PAIRS], axis=1)], axis=1
    )


def _quadratic(sums: Array, factors: list[Array]) -> Array:
    """Sum over the units of the square of their columns' sum, each times its factor."""
    made = np.zeros(len(sums))
    for place, (i, j) in enumerate(_PAIRS):
        made += (1 if i == j else 2) * factors[i] * factors[j] * sums[:, 4 + place]
    return np.maximum(made, 0.0)


def _ratios(sums: Array) -> tuple[Array, Array]:
    x0, y0, x1, y1 = sums[:, :4].T
    with np.errstate(divide="ignore", invalid="ignore"):
        r0, r1 = np.where(y0 == 0, np.nan, x0 / y0), np.where(y1 == 0, np.nan, x1 / y1)
        factors = [-1 / y0, r0 / y0, 1 / y1, -r1 / y1]
        return r1 - r0, np.sqrt(_quadratic(sums, factors))


def _totals(sums: Array) -> tuple[Array, Array]:
    one, none = np.ones(len(sums)), np.zeros(len(sums))
    return sums[:, 2] - sums[:, 0], np.sqrt(_quadratic(sums, [-one, none, one, none]))
