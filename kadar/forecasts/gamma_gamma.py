"""Gamma-Gamma: what customers spend per purchase, apart from how often they buy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from scipy.special import digamma, gammaln, polygamma

from kadar.errors import NO, KadarError
from kadar.forecasts.customers import Customers
from kadar.forecasts.diagnosis import SPEND
from kadar.forecasts.fitter import LARGE, Fitter, Nested, Trait
from kadar.forecasts.terms import Array, Parts, Terms, by_chunks
from kadar.language import N_

_RELATED = 0.2  # correlation from which spend and frequency are said to be related


@dataclass(frozen=True)
class Dependence:
    """Correlation of spend and frequency among repeat buyers, with its 95 % interval (Fisher)."""

    correlation: float
    lower: float
    upper: float
    customers: float

    @property
    def related(self) -> bool:
        """Whether Gamma-Gamma's assumption fails: surely not 0, and 0.2 or more either way."""
        return (self.lower > 0 or self.upper < 0) and abs(self.correlation) >= _RELATED


class GammaGamma(Fitter):
    """Gamma-Gamma: a purchase's value is gamma (p, ν), ν gamma (q, γ) over customers.

    L(p, q, γ | x, z̄) = Γ(px+q) / (Γ(px) Γ(q)) · γ^q z̄^(px-1) x^(px) / (γ + x z̄)^(px+q)

    Source: Fader & Hardie (2013), note 025, The Gamma-Gamma Model of Monetary Value, eq. 1a;
    expectation eq. 5. After Colombo & Jiang (1999), Journal of Interactive Marketing 13(4).

    Assumes that what is spent per purchase has nothing to do with how many purchases there are:
    `dependence` says what the data says to that. Customers without a repeat purchase, and those
    whose mean spend is not above 0, are left out of the fit.

    >>> model = GammaGamma().fit(
    ...     x=[1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 6, 9, 8, 7],
    ...     mean_spend=[10, 18, 25, 40, 60, 150, 20, 33, 70, 28, 60, 30, 36, 12, 19, 110],
    ... )
    >>> {letter: round(value, 2) for letter, value in model.parameters.items()}
    {'p': 11.39, 'q': 2.47, 'gamma': 6.12}
    >>> round(float(model.expected_spend(2, 35)), 2)
    35.75
    """

    name = "Gamma-Gamma"
    letters = ("p", "q", "gamma")
    times = ("gamma",)  # in the unit of money, scaled alike
    traits = (
        Trait(
            SPEND,
            ("p", "q", "gamma"),
            (
                Nested(N_("{model} with one mean spend for all"), {"q": LARGE}, "gamma"),
                Nested(N_("{model} with equal purchases of each customer"), {"p": LARGE}),
            ),
        ),
    )
    dependence: Dependence
    mean_spend: float  # of the customers it was fitted to, each counted once

    def fit(self, x: Any, mean_spend: Any, weights: Any = None) -> Self:  # type: ignore[override]
        """Fit to repeat purchases and the mean spend of each customer's repeat purchases.

        Raises KDR-FCT-001 for lengths that differ, KDR-FCT-006 where too few customers came back.
        """
        x, spend = (np.asarray(part, dtype=float).ravel() for part in (x, mean_spend))
        given = None if weights is None else np.asarray(weights, dtype=float).ravel()
        lengths = {x.size, spend.size} | ({x.size} if given is None else {given.size})
        if len(lengths) != 1:
            raise KadarError(
                "KDR-FCT-001",
                N_("The arrays have different lengths: {lengths}."),
                N_("Give one value for each customer."),
                lengths=", ".join(map(str, sorted(lengths))),
            )
        kept = (x > 0) & (spend > 0) & np.isfinite(spend)
        if not kept.all():
            x, spend, given = x[kept], spend[kept], None if given is None else given[kept]
        if x.size < 3:
            raise KadarError(
                "KDR-FCT-006",
                N_("Too few customers came back to learn from what they spend: {count}."),
                N_("At least three with a repeat purchase and a mean spend above 0 are needed."),
                exit_code=NO,
                count=x.size,
            )
        customers = Customers(x, spend, spend, given)
        self.mean_spend = customers.total(spend) / customers.count
        self.dependence = _dependence(customers)
        unit = self.mean_spend
        self._fit(customers.in_units_of(unit), unit)
        # a density of money, once a customer: not x times as of purchases in time
        self.log_likelihood += (customers.total(x) - customers.count) * float(np.log(unit))
        return self

    def _start(self, customers: Customers) -> Sequence[float]:
        return 3.0, 3.0, 1.0

    def _counts(self, parameters: Parts, x: Array) -> Terms:
        p, q, gamma = parameters
        px, log = p * x, np.log(gamma)
        whole, part, known = digamma(px + q), digamma(px), np.log(x)
        bend = polygamma(1, px + q)
        return Terms(
            gammaln(px + q) - gammaln(px) - gammaln(q) + q * log + px * known,
            [x * (whole - part + known), whole - digamma(q) + log, q / gamma],
            {
                (0, 0): x * x * (bend - polygamma(1, px)),
                (0, 1): x * bend,
                (1, 1): bend - polygamma(1, q),
                (1, 2): 1 / gamma,
                (2, 2): -q / gamma**2,
            },
        )

    def _times(self, parameters: Parts, x: Array, t_x: Array, T: Array) -> Terms:
        p, q, gamma = parameters
        known = np.log(t_x)
        whole = 1 / (gamma + x * t_x)
        log = np.log(whole)
        px = p * x
        number = px + q
        return Terms(
            (px - 1) * known + number * log,
            [x * (known + log), log, -number * whole],
            {(0, 2): -x * whole, (1, 2): -whole, (2, 2): number * whole * whole},
        )

    def expected_spend(self, x: Any, mean_spend: Any) -> Any:
        """Mean value of a customer's purchases to come, given those known.

        Where the model has no such mean (px + q <= 1, which takes an extremely heavy tail), the
        customer's own mean stands for it, or that of all for one who never came back.
        """
        p, q, gamma = (self.parameters[k] for k in self.letters)

        def rows(x: Array, spend: Array) -> Any:
            shape = p * x + q - 1
            spend = np.where(x > 0, spend, 0.0)
            own = np.where(x > 0, spend, self.mean_spend)
            return np.where(shape > 0, p * (gamma + x * spend) / np.where(shape > 0, shape, 1), own)

        return by_chunks(rows, x, mean_spend)


def _dependence(customers: Customers) -> Dependence:
    x, spend, count = customers.x, customers.t_x, customers.count
    a = x - customers.total(x) / count
    b = spend - customers.total(spend) / count
    size = np.sqrt(customers.total(a * a) * customers.total(b * b))
    found = customers.total(a * b) / size if size > 0 else 0.0
    reach = 1.959963984540054 / np.sqrt(max(count - 3, 1e-9))
    at = np.arctanh(np.clip(found, -1 + 1e-12, 1 - 1e-12))
    return Dependence(float(found), float(np.tanh(at - reach)), float(np.tanh(at + reach)), count)
