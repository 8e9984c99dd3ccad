"""How good a forecast was, beside what then happened."""

from __future__ import annotations

import msgspec
import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import rankdata

from kadar.forecasts.terms import Array

BINS = 10  # of the calibration error
MOST_FREQUENT = 4  # repeat purchases that are one class with all above


class CountScore(msgspec.Struct, frozen=True):
    """Purchases forecast for each customer beside those that came.

    `bias` is expected ÷ actual - 1; `by_frequency` the mean absolute error of customers with 0,
    1, 2, 3 and 4 or more repeat purchases before (None where there is no such customer).
    """

    expected: float
    actual: float
    bias: float | None
    mae: float
    rmse: float
    by_frequency: list[float | None]


class RiskScore(msgspec.Struct, frozen=True):
    """Probabilities of being lost beside who was.

    `auc`: the chance that one who was lost had the higher probability than one who was not (None
    where all or none were lost). `calibration`: the mean distance of probability and share lost
    over tenths of the customers.
    """

    lost: float
    auc: float | None
    brier: float
    calibration: float


def score_counts(expected: Array, actual: Array, frequency: Array) -> CountScore:
    """Compare purchases forecast with those that came."""
    error = expected - actual
    classes = np.minimum(frequency, MOST_FREQUENT)
    by_frequency = [
        float(np.abs(error[classes == k]).mean()) if (classes == k).any() else None
        for k in range(MOST_FREQUENT + 1)
    ]
    total = float(actual.sum())
    return CountScore(
        float(expected.sum()),
        total,
        float(expected.sum()) / total - 1 if total else None,
        float(np.abs(error).mean()),
        float(np.sqrt((error**2).mean())),
        by_frequency,
    )


def score_risks(probability: ArrayLike, happened: ArrayLike) -> RiskScore:
    """Compare probabilities of being lost with who was (True or 1)."""
    probability = np.asarray(probability, dtype=float)
    lost = np.asarray(happened, dtype=float)
    gone, stayed = float(lost.sum()), float(lost.size - lost.sum())
    auc = None
    if gone and stayed:
        ranks = rankdata(probability)
        auc = float((ranks[lost > 0].sum() - gone * (gone + 1) / 2) / (gone * stayed))
    order = np.argsort(probability, kind="stable")
    parts = [part for part in np.array_split(order, BINS) if part.size]
    distance = sum(part.size * abs(probability[part].mean() - lost[part].mean()) for part in parts)
    brier = float(((probability - lost) ** 2).mean())
    return RiskScore(gone / lost.size, auc, brier, float(distance / lost.size))
