"""sBG: under contract, each customer renews with a chance of their own that stays as it is."""

from __future__ import annotations

import numpy as np
from scipy.special import digamma, gammaln, polygamma

from kadar.forecasts.retention import RetentionModel, steady
from kadar.forecasts.terms import Array

_Derivatives = tuple[Array, Array, Array]


class ShiftedBetaGeometric(RetentionModel):
    """Shifted beta-geometric: the chance to leave at a renewal is beta (α, β) over customers.

    S(t) = B(α, β + t) / B(α, β)

    Source: Fader & Hardie (2007), How to Project Customer Retention, Journal of Interactive
    Marketing 21(1), eq. 6 (p. 79); likelihood in its appendix.

    Assumes that a customer's own chance does not change with time: retention rises over a
    cohort's life only because those likely to leave have left. Where it does change, see BdW.

    >>> model = ShiftedBetaGeometric().fit([1000, 869, 743, 653, 593, 551, 517, 491])
    >>> {letter: round(value, 3) for letter, value in model.parameters.items()}
    {'alpha': 0.668, 'beta': 3.806}
    >>> round(float(model.survival(12)), 3)
    0.378
    """

    name = "sBG"
    letters = ("alpha", "beta")
    nests = (steady(letters),)

    def _log_survival(self, point: Array, t: Array) -> _Derivatives:
        alpha, beta = np.exp(point)
        value, gradient, hessian = log_survival(alpha, beta, t)
        return value, gradient[:2], hessian[:2, :2]

    def _tail(self) -> float:
        return self.parameters["alpha"]


def log_survival(alpha: float, beta: float, u: Array) -> _Derivatives:
    """Log of B(α, β + u) / B(α, β), its gradient and Hessian by log α, log β and u."""
    whole, all_, stays = alpha + beta, alpha + beta + u, beta + u
    value = gammaln(stays) - gammaln(all_) - gammaln(beta) + gammaln(whole)
    a = digamma(whole) - digamma(all_)
    b = a + digamma(stays) - digamma(beta)
    aa = polygamma(1, whole) - polygamma(1, all_)
    more = polygamma(1, stays) - polygamma(1, beta)
    in_u = digamma(stays) - digamma(all_)
    uu = polygamma(1, stays) - polygamma(1, all_)
    gradient = np.array([alpha * a, beta * b, in_u])
    cross = alpha * beta * aa
    hessian = np.array(
        [
            [alpha**2 * aa + alpha * a, cross, -alpha * polygamma(1, all_)],
            [cross, beta**2 * (aa + more) + beta * b, beta * uu],
            [-alpha * polygamma(1, all_), beta * uu, uu],
        ]
    )
    return value, gradient, hessian
