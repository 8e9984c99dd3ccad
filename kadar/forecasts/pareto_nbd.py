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
    chunk = 512  # times 17 or 65 moments: so small that memory is used again, not asked for
    traits = (SAME_DROPOUT, SAME_RATE)
    varied: ClassVar[dict[str, tuple[str, int]]] = {"gamma1": ("alpha", -1), "gamma2": ("beta", -1)}

    def _start(self, customers: Customers) -> Sequence[float]:
        return *start_of_rates(customers), 0.5, 0.5

    def _counts(self, parameters: Parts, x: Array) -> Terms:
        return rate_counts(parameters, x, others=2)

    def _times(self, parameters: Parts, x: Array, t_x: Array, T: Array) -> Terms:
        hard = _steep(parameters, x, t_x, T)
        if not hard.any() or hard.all():
            return self._mixed(parameters, x, t_x, T, 64 if hard.any() else 16)
        found = []
        for rows, nodes in ((hard, 64), (~hard, 16)):
            mine = [p[rows] if np.ndim(p) else p for p in parameters]
            found.append(self._mixed(mine, x[rows], t_x[rows], T[rows], nodes))
        return joined(hard, *found)

    def _mixed(self, parameters: Parts, x: Array, t_x: Array, T: Array, nodes: int) -> Terms:
        r, alpha, s, beta = (np.reshape(p, (-1, 1)) for p in parameters)
        tau, logs, left = _components(parameters, x, t_x, T, nodes)
        number, pace, life = r + x[:, None], 1 / (alpha + tau), 1 / (beta + tau)
        gone = tau / beta * life  # of 1/β - 1/(β+τ)
        scores = [
            np.log(pace),
            -number * pace,
            left / s - np.log1p(tau / beta),
            s * gone - left * life,
        ]
        second = {
            (0, 1): -pace,
            (1, 1): number * pace * pace,
            (2, 2): np.broadcast_to(-left / s**2, pace.shape),
            (2, 3): gone,
            (3, 3): left * life * life - s * gone * (1 / beta + life),
        }
        return mixture(logs, scores, second)

    def _alive(self, p: Parts, x: Array, t_x: Array, T: Array) -> Any:
        _tau, logs, _left = _components(p, x, t_x, T)
        return 1 / np.exp(np.minimum(logs - logs[:, -1:], 700.0)).sum(axis=1)

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
        top = logs.max(axis=1)
        made: Array = top + np.log(np.exp(logs - top[:, None]).sum(axis=1))
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


def _steep(p: Parts, x: Array, t_x: Array, T: Array) -> Any:
    """Rows whose integrand falls so steeply, or over so many scales, that 16 nodes are too few."""
    r, alpha, s, beta = p
    ends, reach = _ends(p, x, t_x, T)
    falls = (r + x) * np.log((alpha + ends) / (alpha + t_x))
    falls += (s + 1) * np.log((beta + ends) / (beta + t_x))
    return (falls > 20) | (reach > 4)


def _components(
    parameters: Parts, x: Array, t_x: Array, T: Array, nodes: int = 64
) -> tuple[Array, Array, Array]:
    """Moments τ, logarithms of what they add to the likelihood, and whether τ is of leaving.

    One row a customer; the last column is the customer still there at T.
    """
    reach = _ends(parameters, x, t_x, T)[1][:, None]
    r, alpha, s, beta = (np.reshape(p, (-1, 1)) for p in parameters)
    number, last = r + x[:, None], T[:, None]
    near = np.minimum(alpha, beta)
    at, weights = legendre(nodes)
    tau = np.concatenate([(near + t_x[:, None]) * np.exp(reach * at) - near, last], axis=1)
    logs = -number * np.log(alpha + tau) - s * np.log1p(tau / beta)
    left = np.ones((1, tau.shape[1]))
    left[0, -1] = 0.0
    inside = tau[:, :-1]
    step = np.log(np.maximum(reach, 1e-300)) + np.log(weights)
    logs[:, :-1] += np.log(s * (near + inside) / (beta + inside)) + step
    return tau, logs, left
