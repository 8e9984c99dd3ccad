"""BG/BB: purchases at fixed opportunities (yearly donors, season tickets)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.special import betaln, digamma, polygamma

from kadar.forecasts.customers import Customers
from kadar.forecasts.diagnosis import DROPOUT, RATE, SAME_LEAVING
from kadar.forecasts.fitter import LARGE, Nested, Trait
from kadar.forecasts.purchases import PurchaseModel
from kadar.forecasts.terms import Array, Parts, Terms, mixture
from kadar.language import N_

_Arrays = tuple[Array, Array, Array]
SAME_CHANCE = N_("{model} with one probability of buying for all")


class BGBB(PurchaseModel):
    """BG/BB: a chance to buy at each opportunity, beta (α, β); to leave before it, beta (γ, δ).

    L = [ B(α+x, β+n-x) B(γ, δ+n) + Σ B(α+x, β+t_x-x+i) B(γ+1, δ+t_x+i), i from 0 to n-t_x-1 ]
        / (B(α, β) B(γ, δ))

    with n = T opportunities after the first purchase, t_x the last one used, x how many were.

    Source: Fader, Hardie & Shang (2010), Customer-Base Analysis in a Discrete-Time Noncontractual
    Setting, Marketing Science 29(6), eq. 7 (p. 1090); P(alive) eq. 11.

    Assumes opportunities for all alike, and chances that stay as they are. `probability_alive` is
    that of being there at opportunity T + 1, as in the paper. x counts opportunities used.

    >>> model = BGBB().fit(  # the paper's donors
    ...     x=[0] + [1] * 6 + [2] * 5 + [3] * 4 + [4] * 3 + [5] * 2 + [6],
    ...     t_x=[0, 1, 2, 3, 4, 5, 6, 2, 3, 4, 5, 6, 3, 4, 5, 6, 4, 5, 6, 5, 6, 6],
    ...     T=[6] * 22,
    ...     weights=[3464, 1091, 277, 129, 78, 119, 129, 613, 255, 155, 173, 234, 322, 181, 225,
    ...              357, 240, 284, 512, 335, 728, 1203],
    ... )
    >>> {letter: round(value, 3) for letter, value in model.parameters.items()}
    {'alpha': 1.204, 'beta': 0.75, 'gamma': 0.657, 'delta': 2.783}
    >>> round(float(model.expected_purchases(5, x=3, t_x=5, T=6)), 3)
    1.805
    """

    name = "BG/BB"
    letters = ("alpha", "beta", "gamma", "delta")
    traits = (
        Trait(
            DROPOUT,
            ("gamma", "delta"),
            (
                Nested(N_("beta-Bernoulli, in which nobody leaves"), {"gamma": 1e-12, "delta": 1}),
                Nested(SAME_LEAVING, {"delta": LARGE}, "gamma"),
                Nested(SAME_LEAVING, {"gamma": LARGE}, "delta"),
            ),
        ),
        Trait(
            RATE,
            ("alpha", "beta"),
            (
                Nested(SAME_CHANCE, {"beta": LARGE}, "alpha"),
                Nested(SAME_CHANCE, {"alpha": LARGE}, "beta"),
            ),
        ),
    )

    def _start(self, customers: Customers) -> Sequence[float]:
        return 1.0, 1.0, 0.5, 2.0

    def _counts(self, parameters: Parts, x: Array) -> Terms:
        alpha, beta, gamma, delta = parameters
        made = []
        for at, (one, other) in ((0, (alpha, beta)), (2, (gamma, delta))):
            whole, bend = digamma(one + other), polygamma(1, one + other)
            gradient = [0.0] * 4
            gradient[at], gradient[at + 1] = whole - digamma(one), whole - digamma(other)
            made.append(
                Terms(
                    -betaln(one, other),
                    gradient,
                    {
                        (at, at): bend - polygamma(1, one),
                        (at, at + 1): bend,
                        (at + 1, at + 1): bend - polygamma(1, other),
                    },
                )
            )
        return made[0] + made[1]

    def _times(self, parameters: Parts, x: Array, t_x: Array, T: Array) -> Terms:
        alpha, beta, gamma, delta = parameters
        known, left, logs = _components(parameters, x, t_x, T)
        bought = x[:, None] + np.zeros_like(known)
        scores: list[Any] = []
        second: dict[tuple[int, int], Any] = {}
        for at, one, other in (
            (0, alpha + bought, beta + known - bought),
            (2, gamma + left, delta + known),
        ):
            whole, bend = digamma(one + other), polygamma(1, one + other)
            scores += [digamma(one) - whole, digamma(other) - whole]
            second[at, at] = polygamma(1, one) - bend
            second[at, at + 1] = -bend
            second[at + 1, at + 1] = polygamma(1, other) - bend
        whole = logs.shape
        turned = [np.broadcast_to(score, whole).T for score in scores]
        curved = {place: np.broadcast_to(entry, whole).T for place, entry in second.items()}
        return mixture(logs.T, turned, curved)

    def _log(self, p: Parts, x: Array, t_x: Array, T: Array) -> Any:
        logs = _components(p, x, t_x, T)[2]
        made: Array = np.logaddexp.reduce(logs, axis=1)
        return made

    def _alive(self, p: Parts, x: Array, t_x: Array, T: Array) -> Any:
        alpha, beta, gamma, delta = p
        there = betaln(alpha + x, beta + T - x) + betaln(gamma, delta + T + 1)
        return np.exp(there - self._log(p, x, t_x, T))

    def _stays(self, p: Parts, T: Array, more: Any) -> Any:
        """Probability of `more` further opportunities, of a customer there at T + 1."""
        gamma, delta = p[2], p[3]
        return np.exp(betaln(gamma, delta + T + 1 + more) - betaln(gamma, delta + T + 1))

    def _if_alive(self, p: Parts, t: Array, x: Array, T: Array) -> Any:
        alpha, beta = p[0], p[1]
        reach = np.arange(int(t.max()))
        there = self._stays(p, T[:, None], reach) * (reach < t[:, None])
        return (alpha + x) / (alpha + beta + T) * there.sum(axis=1)

    def _at_least(self, p: Parts, k: Array, t: Array, x: Array, T: Array) -> Any:
        """Over how many of the t opportunities the customer is there for."""
        alpha, beta = p[0], p[1]
        made = np.zeros(x.size)
        for there in range(1, int(t.max()) + 1):
            ends = self._stays(p, T, np.float64(there - 1))
            ends = np.where(there < t, ends - self._stays(p, T, np.float64(there)), ends)
            enough = _at_least_of(there, k, alpha + x, beta + T - x)
            made += np.where(there <= t, ends * enough, 0.0)
        return made

    def _drawn(self, p: Parts, t: Array, x: Array, T: Array, draw: Any) -> Any:
        alpha, beta, gamma, delta = p
        leaves = np.maximum(draw.beta(gamma, delta + T + 1), 1e-15)
        there = np.minimum(draw.geometric(leaves), t).astype(np.int64)
        return draw.binomial(there, draw.beta(alpha + x, beta + T - x)).astype(float)

    def _new(self, p: Parts, t: Array) -> Any:
        nothing = np.zeros_like(t)
        there = self._alive(p, nothing, nothing, nothing)
        return there * self._if_alive(p, t, nothing, nothing)

    def _none(self, p: Parts, h: Array, x: Array, t_x: Array, T: Array) -> Any:
        return np.exp(self._log(p, x, t_x, T + h) - self._log(p, x, t_x, T))


def _components(p: Parts, x: Array, t_x: Array, T: Array) -> _Arrays:
    """Opportunities the customer was there for, whether it left then, and the log of each.

    The first column is the customer still there at T; the others are those who left after t_x,
    t_x + 1, … T - 1 opportunities, as far as there are such.
    """
    alpha, beta, gamma, delta = p
    reach = np.arange(int((T - t_x).max()))
    known = np.minimum(t_x[:, None] + reach, T[:, None])
    known = np.concatenate([T[:, None], known], axis=1)
    left = np.ones(known.shape)
    left[:, 0] = 0.0
    logs = betaln(alpha + x[:, None], beta + known - x[:, None]) + betaln(
        gamma + left, delta + known
    )
    logs[:, 1:][t_x[:, None] + reach >= T[:, None]] = -np.inf
    return known, left, logs


def _at_least_of(n: int, k: Array, alpha: Array, beta: Array) -> Any:
    """Probability of at least k of n, for a chance that is beta distributed."""
    made = np.zeros(k.size)
    for number in range(1, n + 1):
        log = betaln(alpha + number, beta + n - number) - betaln(alpha, beta)
        choose = -np.log(n + 1) - betaln(number + 1, n - number + 1)
        made += np.where(number >= k, np.exp(log + choose), 0.0)
    return made
