"""NBD: customers buy at their own steady rate and never leave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.special import betainc, digamma, gammaln, polygamma

from kadar.forecasts.customers import Customers
from kadar.forecasts.diagnosis import RATE
from kadar.forecasts.fitter import LARGE, Nested, Trait
from kadar.forecasts.purchases import PurchaseModel
from kadar.forecasts.terms import Array, Parts, Terms
from kadar.language import N_

SAME_RATE = Trait(
    RATE,
    ("r", "alpha"),
    (Nested(N_("{model} with one purchase rate for all"), {"r": LARGE}, "alpha"),),
)


class NBD(PurchaseModel):
    """NBD: purchases by a Poisson process, its rate gamma distributed (r, α) over customers.

    L(r, α | x, T) = Γ(r + x) α^r / (Γ(r) (α + T)^(r + x))

    Source: Ehrenberg (1959), The Pattern of Consumer Purchases, Applied Statistics 8; this form,
    of purchases at known times, in Fader, Hardie & Lee (2005), Marketing Science 24(2), eq. 4.

    Assumes that rates stay as they are and that nobody ever leaves. The yardstick of the others:
    what they gain over it is what leaving explains.

    >>> model = NBD().fit(
    ...     x=[0, 1, 0, 4, 0, 2], t_x=[0, 20, 0, 33, 0, 5], T=[39, 38, 37, 39, 36, 35]
    ... )
    >>> {letter: round(value, 3) for letter, value in model.parameters.items()}
    {'r': 0.925, 'alpha': 29.742}
    >>> round(float(model.expected_purchases(10, x=4, t_x=33, T=39)), 3)
    0.716
    """

    name = "NBD"
    letters = ("r", "alpha")
    times = ("alpha",)
    traits = (SAME_RATE,)

    def _start(self, customers: Customers) -> Sequence[float]:
        return start_of_rates(customers)

    def _counts(self, parameters: Parts, x: Array) -> Terms:
        return rate_counts(parameters, x)

    def _times(self, parameters: Parts, x: Array, t_x: Array, T: Array) -> Terms:
        r, alpha = parameters
        until = 1 / (alpha + T)
        log = np.log(until)
        number = r + x
        return Terms(
            number * log,
            [log, -number * until],
            {(0, 1): -until, (1, 1): number * until * until},
        )

    def _alive(self, p: Parts, x: Array, t_x: Array, T: Array) -> Any:
        return np.ones_like(x)

    def _if_alive(self, p: Parts, t: Array, x: Array, T: Array) -> Any:
        return (p[0] + x) * t / (p[1] + T)

    def _at_least(self, p: Parts, k: Array, t: Array, x: Array, T: Array) -> Any:
        return buys_at_least(k, p[0] + x, t / (p[1] + T + t))

    def _drawn(self, p: Parts, t: Array, x: Array, T: Array, draw: Any) -> Any:
        return draw.poisson(draw.gamma(p[0] + x, 1 / (p[1] + T)) * t)

    def _new(self, p: Parts, t: Array) -> Any:
        return p[0] * t / p[1]

    def _none(self, p: Parts, h: Array, x: Array, t_x: Array, T: Array) -> Any:
        return np.exp(-(p[0] + x) * np.log1p(h / (p[1] + T)))


def start_of_rates(customers: Customers) -> tuple[float, float]:
    """Return r and α to begin with: the mean rate is the customers' own."""
    return 0.5, 0.5 * customers.total(customers.T) / customers.total(customers.x)


def rate_counts(parameters: Parts, x: Array, others: int = 0) -> Terms:
    """Γ(r + x) α^r / Γ(r), of a model whose first parameters are r and α, and `others` more."""
    r, alpha = parameters[0], parameters[1]
    log = np.log(alpha)
    return Terms(
        gammaln(r + x) - gammaln(r) + r * log,
        [digamma(r + x) - digamma(r) + log, r / alpha, *[0.0] * others],
        {
            (0, 0): polygamma(1, r + x) - polygamma(1, r),
            (0, 1): 1 / alpha,
            (1, 1): -r / alpha**2,
        },
    )


def buys_at_least(k: Array, shape: Array, share: Array) -> Any:
    """Probability of k >= 1 purchases or more in t; the rate has a gamma distribution.

    `shape` is that of the rate, `share` t / (rate's inverse scale + t).
    """
    made: Array = betainc(k, shape, share)
    return made
