"""Pareto/NBD: customers buy at their own rate and leave at a moment of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from kadar.forecasts.customers import Customers
from kadar.forecasts.diagnosis import DROPOUT
from kadar.forecasts.fitter import LARGE, Nested, Trait
from kadar.forecasts.nbd import SAME_RATE, buys_at_least, rate_counts, start_of_rates
from kadar.forecasts.purchases import PurchaseModel
from kadar.forecasts.quadrature import legendre
from kadar.forecasts.terms import Array, Parts, Terms, joined, mixture
from kadar.language import N_

SAME_DROPOUT = Trait(
    DROPOUT,
    ("s", "beta"),
    (
        Nested(N_("NBD, in which nobody leaves"), {"s": 1e-12, "beta": 1.0}),
        Nested(N_("{model} with one rate of leaving for all"), {"s": LARGE}, "beta"),
    ),
)


class ParetoNBD(PurchaseModel):
    """Pareto/NBD: Poisson purchases, rate gamma (r, α); exponential life, rate gamma (s, β).

    L = Γ(r+x) α^r β^s / Γ(r) · [ 1 / ((α+T)^(r+x) (β+T)^s)
                                  + ∫ s dτ / ((α+τ)^(r+x) (β+τ)^(s+1)), τ from t_x to T ]

    Source: Schmittlein, Morrison & Colombo (1987), Counting Your Customers, Management Science
    33(1); this form in Fader & Hardie (2005), note 009, eq. 15-17, whose hypergeometric functions
    are the integral over the time of leaving τ, here taken by Gauss–Legendre on log(τ + min(α, β)).
    Expectations: note 009, eq. 41 and 19. Covariates z: Fader & Hardie (2007), note 019:
    α = α₀ exp(-γ₁'z), β = β₀ exp(-γ₂'z).

    Assumes that leaving has nothing to do with buying, and rates that stay as they are.

    >>> model = ParetoNBD().fit(
    ...     x=[0, 1, 1, 1, 2, 2, 4, 4, 7, 7, 15], t_x=[0, 5, 12, 25, 8, 30, 6, 35, 9, 37, 38],
    ...     T=[39] * 11, weights=[600, 90, 40, 20, 60, 25, 30, 25, 12, 19, 9],
    ... )
    >>> {letter: round(value, 3) for letter, value in model.parameters.items()}
    {'r': 0.473, 'alpha': 7.311, 's': 2.361, 'beta': 33.339}
    >>> round(float(model.probability_alive(x=0, t_x=0, T=39)), 3)
    0.103
    """

    name = "Pareto/NBD"
    letters = ("r", "alpha", "s", "beta")
    times = ("alpha", "beta")
    chunk = 4096  # times 11 to 65 moments: so small that they stay near the processor
    traits = (SAME_DROPOUT, SAME_RATE)
    varied: ClassVar[dict[str, tuple[str, int]]] = {"gamma1": ("alpha", -1), "gamma2": ("beta", -1)}

    def _start(self, customers: Customers) -> Sequence[float]:
        return *start_of_rates(customers), 0.5, 0.5

    def _counts(self, parameters: Parts, x: Array) -> Terms:
        return rate_counts(parameters, x, others=2)

    def _times(self, parameters: Parts, x: Array, t_x: Array, T: Array) -> Terms:
        nodes = _nodes(parameters, x, t_x, T)
        kinds = np.unique(nodes)
        if kinds.size == 1:
            return self._mixed(parameters, x, t_x, T, int(kinds[0]))
        places, found = [np.flatnonzero(nodes == kind) for kind in kinds], []
        for rows, kind in zip(places, kinds, strict=True):
            mine = [p[rows] if np.ndim(p) else p for p in parameters]
            found.append(self._mixed(mine, x[rows], t_x[rows], T[rows], int(kind)))
        return joined(places, found)

    def _mixed(self, parameters: Parts, x: Array, t_x: Array, T: Array, nodes: int) -> Terms:
        r, alpha, s, beta = parameters
        tau, logs, log_pace, log_life = _components(parameters, x, t_x, T, nodes)
        left = np.ones((nodes + 1, 1))
        left[-1] = 0.0
        pace, life = 1 / (alpha + tau), 1 / (beta + tau)
        slower = (r + x) * pace
        gone = tau / beta * life  # of 1/β - 1/(β+τ)
        leaves = left * life
        scores = [-log_pace, -slower, left / s - log_life, s * gone - leaves]
        second = {
            (0, 1): -pace,
            (1, 1): slower * pace,
            (2, 2): np.broadcast_to(-left / s**2, pace.shape),
            (2, 3): gone,
            (3, 3): leaves * life - s * gone * (1 / beta + life),
        }
        return mixture(logs, scores, second)

    def _alive(self, p: Parts, x: Array, t_x: Array, T: Array) -> Any:
        logs = _components(p, x, t_x, T)[1]
        return 1 / np.exp(np.minimum(logs - logs[-1], 700.0)).sum(axis=0)

    def _if_alive(self, p: Parts, t: Array, x: Array, T: Array) -> Any:
        r, alpha, s, beta = p
        return (r + x) / (alpha + T) * (beta + T) * _lived(t / (beta + T), s)

    def _at_least(self, p: Parts, k: Array, t: Array, x: Array, T: Array) -> Any:
        """Over the moment of leaving: by t, on the logarithm of β + T + τ, or after t."""
        r, alpha, s, beta = p
        shape, pace = r + x, alpha + T
        at, weights = legendre(48)
        reach = np.log1p(t / (beta + T))[:, None]
        tau = (beta + T)[:, None] * np.expm1(at * reach)
        leaves = np.reshape(s, (-1, 1)) * np.exp(-np.reshape(s, (-1, 1)) * at * reach)
        there = buys_at_least(k[:, None], shape[:, None], tau / (pace[:, None] + tau))
        after = np.exp(-s * reach[:, 0]) * buys_at_least(k, shape, t / (pace + t))
        return after + reach[:, 0] * ((leaves * there) @ weights)

    def _drawn(self, p: Parts, t: Array, x: Array, T: Array, draw: Any) -> Any:
        r, alpha, s, beta = p
        rate = draw.gamma(r + x, 1 / (alpha + T))
        leaving = draw.gamma(s, 1 / (beta + T), size=x.size)
        life = draw.standard_exponential(x.size) / np.maximum(leaving, 1e-300)
        return draw.poisson(rate * np.minimum(life, t))

    def _new(self, p: Parts, t: Array) -> Any:
        r, alpha, s, beta = p
        return r / alpha * beta * _lived(t / beta, s)

    def _none(self, p: Parts, h: Array, x: Array, t_x: Array, T: Array) -> Any:
        return np.exp(self._log(p, x, t_x, T + h) - self._log(p, x, t_x, T))

    def _log(self, p: Parts, x: Array, t_x: Array, T: Array) -> Any:
        logs = _components(p, x, t_x, T)[1]
        top = logs.max(axis=0)
        made: Array = top + np.log(np.exp(logs - top).sum(axis=0))
        return made


def _lived(times: Array, s: Any) -> Any:
    """[1 - (1 + times)^(1-s)] / (s - 1): the time lived, for a life scale of 1; log where s = 1."""
    log = np.log1p(times)
    power = (1 - np.asarray(s, dtype=float)) * log
    near = np.abs(power) < 1e-8
    made: Array = log * np.where(near, 1 + power / 2, np.expm1(power) / np.where(near, 1.0, power))
    return made


def _ends(p: Parts, x: Array, t_x: Array, T: Array) -> tuple[Array, Array]:
    """Return the τ past which the integrand is below e^-40 of its beginning; log of the span."""
    r, alpha, s, beta = p
    bought = (alpha + t_x) * np.expm1(np.minimum(40 / (r + x), 700.0))
    lived = (beta + t_x) * np.expm1(np.minimum(40 / (s + 1), 700.0))
    ends = np.minimum(T, t_x + np.minimum(bought, lived))
    near = np.minimum(alpha, beta)
    return ends, np.log((near + ends) / (near + t_x))


def _nodes(p: Parts, x: Array, t_x: Array, T: Array) -> Any:
    """How many nodes each row's integral needs to be known to 1e-14.

    The more the integrand falls, and the more scales it spans, the more.
    """
    r, alpha, s, beta = p
    ends, reach = _ends(p, x, t_x, T)
    falls = (r + x) * np.log((alpha + ends) / (alpha + t_x))
    falls += (s + 1) * np.log((beta + ends) / (beta + t_x))
    far = np.where((falls > 20) | (reach > 4), 64, 16)
    return np.where((falls < 5) & (reach < 2), 10, far)


def _components(
    parameters: Parts, x: Array, t_x: Array, T: Array, nodes: int = 64
) -> tuple[Array, Array, Array, Array]:
    """Moments τ, logarithms of what they add to the likelihood, log(α + τ) and log(1 + τ/β).

    A column a customer; all rows but the last are moments of leaving, the last is T, the customer
    still there. Of the smaller of α and β no logarithm is taken: on it the nodes are spread.
    """
    reach = _ends(parameters, x, t_x, T)[1]
    r, alpha, s, beta = parameters
    near, far = np.minimum(alpha, beta), np.maximum(alpha, beta)
    at, weights = legendre(nodes)
    tau, of_near = np.empty((nodes + 1, x.size)), np.empty((nodes + 1, x.size))
    along = np.multiply.outer(at, reach)
    np.add(along, np.log1p(t_x / near), out=of_near[:-1])
    of_near[-1] = np.log1p(T / near)
    np.multiply(np.exp(along), near + t_x, out=tau[:-1])
    tau[:-1] -= near
    tau[-1] = T
    of_far = np.log1p(tau / far)
    if np.ndim(alpha) == 0 and np.ndim(beta) == 0:
        of_alpha, log_life = (of_near, of_far) if alpha <= beta else (of_far, of_near)
    else:
        first = alpha <= beta
        of_alpha = np.where(first, of_near, of_far)
        log_life = np.where(first, of_far, of_near)
    log_pace = of_alpha + np.log(alpha)
    logs = -(r + x) * log_pace - s * log_life
    # of leaving at τ: s (near + τ) / (β + τ), and the node's weight on the logarithm
    logs[:-1] += of_near[:-1] - log_life[:-1]
    logs[:-1] += np.log(np.maximum(reach, 1e-300) * s * near / beta)
    logs[:-1] += np.log(weights)[:, None]
    return tau, logs, log_pace, log_life
