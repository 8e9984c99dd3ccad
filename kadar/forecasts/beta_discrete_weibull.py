"""BdW: as sBG, but a customer's chance to leave may fall or rise with each renewal."""

from __future__ import annotations

import numpy as np

from kadar.forecasts.fitter import Nested
from kadar.forecasts.retention import RetentionModel, steady
from kadar.forecasts.shifted_beta_geometric import log_survival
from kadar.forecasts.terms import Array


class BetaDiscreteWeibull(RetentionModel):
    """Beta-discrete-Weibull: sBG with renewals counted as t^c.

    S(t) = B(α, β + t^c) / B(α, β)

    With c below 1 the chance to leave falls with time, above 1 it rises, with 1 it is sBG.

    Source: Fader, Hardie, Liu, Davin & Steenburgh (2018), "How to Project Customer Retention"
    Revisited, Journal of Interactive Marketing 43, eq. 4.

    Assumes the same c for all. Three parameters want several renewals: on three or fewer they are
    not identified, and sBG is fitted in its place.

    >>> model = BetaDiscreteWeibull().fit([1000, 869, 743, 653, 593, 551, 517, 491])
    >>> {letter: round(value, 3) for letter, value in model.parameters.items()}
    {'alpha': 0.214, 'beta': 1.427, 'c': 1.724}
    >>> round(float(model.survival(12)), 3)
    0.404
    """

    name = "BdW"
    letters = ("alpha", "beta", "c")
    nests = (Nested("sBG", {"c": 1.0}), steady(letters))

    def _log_survival(self, point: Array, t: Array) -> tuple[Array, Array, Array]:
        alpha, beta, c = np.exp(point)
        later = t > 0
        log_t = np.log(np.where(later, t, 1.0))
        u = np.where(later, np.exp(c * log_t), 0.0)
        value, gradient, hessian = log_survival(alpha, beta, u)
        slope = c * log_t * u  # of u by log c
        hessian[2, 2] = hessian[2, 2] * slope**2 + gradient[2] * slope * (1 + c * log_t)
        hessian[:2, 2] *= slope
        hessian[2, :2] *= slope
        gradient[2] *= slope
        return value, gradient, hessian

    def _tail(self) -> float:
        return self.parameters["alpha"] * self.parameters["c"]
