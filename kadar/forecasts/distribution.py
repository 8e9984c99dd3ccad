"""How value is spread over customers: classes of value, and the whale curve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kadar.forecasts.terms import Array

CLASSES, STEPS = 12, 20


@dataclass(frozen=True)
class ValueClass:
    """Customers worth `least` to below `most` each, how many, and what they come to."""

    least: float
    most: float
    customers: int
    total: float


def value_classes(values: Array, classes: int = CLASSES) -> list[ValueClass]:
    """Sort customers into classes of value: equally wide up to the 95th percentile, then one.

    Edges are round numbers (1, 2, 2.5 or 5 times a power of ten apart).
    """
    if not values.size:
        return []
    low, high = float(min(values.min(), 0.0)), float(np.quantile(values, 0.95))
    width = _round((high - low) / (classes - 1)) if high > low else 1.0
    first = np.floor(low / width) * width
    edges = np.append(first + width * np.arange(np.ceil((high - first) / width) + 1), np.inf)
    edges = edges[: np.searchsorted(edges, values.max(), side="right") + 1]
    place = np.searchsorted(edges, values, side="right") - 1
    counts = np.bincount(place, minlength=edges.size - 1)
    totals = np.bincount(place, weights=values, minlength=edges.size - 1)
    top = float(values.max())
    return [
        ValueClass(float(a), float(b) if np.isfinite(b) else top, int(n), float(total))
        for a, b, n, total in zip(edges, edges[1:], counts, totals, strict=False)
    ]


def whale_curve(values: Array, steps: int = STEPS) -> list[tuple[float, float]]:
    """Share of all value in the most valuable share of the customers, from (0, 0) to (1, 1).

    Where some cost more than they bring it rises above 1 and comes down again. Empty where the
    whole is not above 0.
    """
    total = float(values.sum())
    if not values.size or total <= 0:
        return []
    so_far = np.concatenate([[0.0], np.cumsum(np.sort(values)[::-1])]) / total
    shares = np.linspace(0, 1, steps + 1)
    at = np.interp(shares * values.size, np.arange(values.size + 1), so_far)
    return [(float(share), float(value)) for share, value in zip(shares, at, strict=True)]


def _round(width: float) -> float:
    power = 10.0 ** np.floor(np.log10(width))
    return float(next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= width))
