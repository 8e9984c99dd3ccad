"""Customers simulated as the models tell their story, one at a time in vectors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Population:
    """What is known at T, and what each customer purchased in the `later` after it."""

    x: Any
    t_x: Any
    T: Any
    later: Any

    @property
    def known(self) -> tuple[Any, Any, Any]:
        return self.x, self.t_x, self.T


def purchases(
    random: Any, rates: Any, until: Any, chances: Any, first: Any, horizon: float
) -> Population:
    """Purchases at a customer's rate until `until` (a moment) or so many `chances` are used up."""
    n = rates.size
    size = int(np.max(rates) * (first.max() + horizon) * 1.5 + 40)
    moments = np.cumsum(random.exponential(1, (n, size)) / rates[:, None], axis=1)
    alive = (moments <= until[:, None]) & (np.arange(size) < chances[:, None])
    known = alive & (moments <= first[:, None])
    later = alive & (moments > first[:, None]) & (moments <= first[:, None] + horizon)
    return Population(
        known.sum(axis=1).astype(float),
        np.where(known, moments, 0.0).max(axis=1),
        first,
        later.sum(axis=1).astype(float),
    )


def bg_nbd(
    random: Any, n: int, p: tuple[float, ...], *, before: int = 1, z: Any = 0.0
) -> Population:
    """BG/NBD; with `before` 0, MBG/NBD: the first purchase may be the last. `z` moves α."""
    r, alpha, a, b = p
    rates = np.maximum(random.gamma(r, 1 / alpha, n), 1e-9) * np.exp(z)
    leaves = np.maximum(random.beta(a, b, n), 1e-12)
    chances = random.geometric(leaves) - (1 - before)
    return purchases(random, rates, np.full(n, np.inf), chances, random.uniform(27, 39, n), 39.0)


def pareto_nbd(random: Any, n: int, p: tuple[float, ...], *, z: Any = 0.0) -> Population:
    r, alpha, s, beta = p
    rates = np.maximum(random.gamma(r, 1 / alpha, n), 1e-9) * np.exp(z)
    life = random.exponential(1, n) / np.maximum(random.gamma(s, 1 / beta, n), 1e-9)
    return purchases(random, rates, life, np.full(n, 10**9), random.uniform(27, 39, n), 39.0)


def nbd(random: Any, n: int, p: tuple[float, ...]) -> Population:
    rates = np.maximum(random.gamma(p[0], 1 / p[1], n), 1e-9)
    forever = np.full(n, np.inf)
    return purchases(random, rates, forever, np.full(n, 10**9), random.uniform(27, 39, n), 39.0)
