"""Whether durations moved by more than chance: tests of ranks."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kadar.insight.proportions import two_proportions
from kadar.language import N_

MANN_WHITNEY = N_("rank test (Mann-Whitney)")
QUANTILE = N_("shares above the common quantile")
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Sample:
    """Values and how often each is there."""

    values: Array
    times: Array

    @property
    def n(self) -> float:
        """How many values there are."""
        return float(self.times.sum())


def mann_whitney(before: Sample, after: Sample) -> float:
    """Two-sided p that values of the one side are not larger than the other's more often.

    Mann & Whitney, Annals of Mathematical Statistics 18 (1947), 50-60; the normal approximation
    with the variance corrected for ties and for continuity (Hollander & Wolfe, Nonparametric
    statistical methods, 1999, section 4.1).
    """
    values, where = np.unique(np.concatenate([before.values, after.values]), return_inverse=True)
    there = [np.zeros(len(values)), np.zeros(len(values))]
    np.add.at(there[0], where[: len(before.values)], before.times)
    np.add.at(there[1], where[len(before.values) :], after.times)
    tied = there[0] + there[1]
    m, n = before.n, after.n
    whole = m + n
    ranks = np.cumsum(tied) - (tied - 1) / 2
    apart = float(there[1] @ ranks) - n * (whole + 1) / 2
    ties = float((tied**3 - tied).sum()) / (whole * (whole - 1))
    variance = m * n / 12 * (whole + 1 - ties)
    if variance <= 0:
        return 1.0
    return math.erfc(max(abs(apart) - 0.5, 0.0) / math.sqrt(2 * variance))


def shares_above(before: Sample, after: Sample, share: float) -> float:
    """Two-sided p that as many of both sides lie above the quantile of all of them.

    The median test for another quantile (Mood 1950; Conover, Practical nonparametric
    statistics, 1999, section 4.3).
    """
    values = np.concatenate([before.values, after.values])
    times = np.concatenate([before.times, after.times])
    order = np.argsort(values)
    reached = np.cumsum(times[order])
    common = values[order][np.searchsorted(reached, share * reached[-1])]
    above = [float(s.times[s.values > common].sum()) for s in (before, after)]
    if not any(above):
        return 1.0
    p, _ = two_proportions((above[0], before.n), (above[1], after.n))
    return p
