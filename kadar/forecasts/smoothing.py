"""Exponential smoothing of one series, at every origin of it in one pass."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from kadar.forecasts.terms import Array

LEVELS = (0.3, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
TRENDS = (0.1, 0.02, 0.05, 0.2, 0.4)
DAMPED = (0.9, 0.8, 0.98)
SEASONS = (0.1, 0.02, 0.05, 0.2, 0.4)
WARM = 4  # values a series without seasons starts from


@dataclass(frozen=True)
class Smoothed:
    """A series smoothed: what was known after each value. Column i: after `values[: i + 1]`."""

    level: Array
    trend: Array
    damped: Array
    seasons: NDArray[np.float64]  # a column an origin, a row a place in the season

    def ahead(self, origin: int, steps: int) -> Array:
        """Return the values expected after the first `origin` ones, of so many steps."""
        i = origin - 1
        gained = np.cumsum(self.damped[i] ** np.arange(1, steps + 1)) * self.trend[i]
        season = self.seasons[:, i]
        made: Array = (
            self.level[i] + gained + season[np.arange(origin, origin + steps) % len(season)]
        )
        return made


def smooth(values: Array, season: int = 1, *, trend: bool = False) -> Smoothed:
    """Smooth a series with additive errors, a damped trend where asked, additive seasons if > 1.

    With e the error of the forecast one step ahead:
    level = level + φ·trend + α·e, trend = φ·trend + α·β·e, season = season + γ·(1 - α)·e.

    At each value the constants (α, β, φ, γ of a grid) are those whose squared errors up to it
    were least, so an origin knows nothing of what comes after. It starts from the mean of the
    first season (of four values where there are none), and what each differs from it.

    Source: Hyndman, Koehler, Ord & Snyder (2008), Forecasting with Exponential Smoothing, table
    2.2, ETS(A,Ad,A) and the models within it (Gardner 1985; Holt 1957; Winters 1960).
    """
    grid = product(LEVELS, TRENDS if trend else (0.0,), DAMPED if trend else (1.0,),
                   SEASONS if season > 1 else (0.0,))  # fmt: skip
    alpha, beta, phi, gamma = np.array(list(grid)).T
    warm = season if season > 1 else min(WARM, len(values))
    first = float(values[:warm].mean())
    level, slope = np.full(alpha.size, first), np.zeros(alpha.size)
    begun = values[:season] - first if season > 1 else np.zeros(1)
    seasons = np.repeat(begun[:, None], alpha.size, axis=1)
    squares = np.zeros(alpha.size)
    kept: list[tuple[float, float, float, Array]] = []
    for place, value in enumerate(values):
        at = place % season
        if place >= warm or season == 1:
            error = value - level - phi * slope - seasons[at]
            if place >= warm:
                squares += error**2
            level = level + phi * slope + alpha * error
            slope = phi * slope + alpha * beta * error
            seasons[at] += gamma * (1 - alpha) * error
        best = int(np.argmin(squares))
        kept.append((level[best], slope[best], phi[best], seasons[:, best].copy()))
    levels, slopes, factors, places = zip(*kept, strict=True)
    return Smoothed(np.array(levels), np.array(slopes), np.array(factors), np.stack(places, axis=1))
