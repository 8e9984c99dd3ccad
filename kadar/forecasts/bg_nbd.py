"""BG/NBD: customers buy at their own rate and may leave after any repeat purchase."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, ClassVar

import numpy as np
from numpy.polynomial import chebyshev
from scipy.special import betaln, digamma, gammaln, polygamma

from kadar.forecasts.customers import Customers
from kadar.forecasts.diagnosis import DROPOUT, SAME_LEAVING
from kadar.forecasts.fitter import LARGE, Nested, Trait
from kadar.forecasts.nbd import SAME_RATE, buys_at_least, rate_counts, start_of_rates
from kadar.forecasts.purchases import PurchaseModel
from kadar.forecasts.quadrature import beta
from kadar.forecasts.terms import Array, Parts, Terms
from kadar.language import N_

SAME_DROPOUT = Trait(
    DROPOUT,
    ("a", "b"),
    (
        Nested(N_("NBD, in which nobody leaves"), {"a": 1e-12, "b": 1.0}),
        Nested(SAME_LEAVING, {"b": LARGE}, "a"),
        Nested(SAME_LEAVING, {"a": LARGE}, "b"),
    ),
)


class BGNBD(PurchaseModel):
    """BG/NBD: Poisson purchases, rate gamma (r, α); leaving after a purchase, beta (a, b).

    L = Γ(r+x) α^r / Γ(r) · [ B(a, b+x) / B(a, b) / (α+T)^(r+x)
                              + (x > 0) B(a+1, b+x-1) / B(a, b) / (α+t_x)^(r+x) ]

    Source: Fader, Hardie & Lee (2005), "Counting Your Customers" the Easy Way, Marketing Science
    24(2), eq. 6 (p. 279); expectations eq. 9 and 10, here as integrals over the probability of
    leaving (Gauss–Jacobi), which need no hypergeometric function. Covariates z: Fader & Hardie
    (2007), note 019: α = α₀ exp(-γ₁'z), a = a₀ exp(γ₂'z), b = b₀ exp(γ₃'z).

    Assumes that customers leave only right after a repeat purchase: who bought once is alive for
    sure, so P(alive) is no measure of risk. `probability_no_purchase` is.

    >>> model = BGNBD().fit(
    ...     x=[0, 1, 1, 1, 2, 2, 4, 4, 7, 7, 15], t_x=[0, 5, 12, 25, 12, 30, 20, 35, 15, 37, 38],
    ...     T=[39] * 11, weights=[600, 40, 40, 40, 30, 40, 15, 30, 5, 15, 4],
    ... )
    >>> {letter: round(value, 3) for letter, value in model.parameters.items()}
    {'r': 0.21, 'alpha': 8.478, 'a': 0.636, 'b': 3.152}
    >>> round(float(model.probability_no_purchase(13, x=4, t_x=33, T=39)), 3)
    0.46
    """

    name = "BG/NBD"
    letters = ("r", "alpha", "a", "b")
    times = ("alpha",)
    traits = (SAME_DROPOUT, SAME_RATE)
    varied: ClassVar[dict[str, tuple[str, int]]] = {
        "gamma1": ("alpha", -1),
        "gamma2": ("a", 1),
        "gamma3": ("b", 1),
    }
    chunk = 8192  # rows that dot products of one thread take
    chances = 0  # of leaving, beyond one for each repeat purchase

    def _start(self, customers: Customers) -> Sequence[float]:
        return *start_of_rates(customers), 1.0, 2.0

    def _counts(self, parameters: Parts, x: Array) -> Terms:
        _r, _alpha, a, b = parameters
        stays = b + x + self.chances
        whole, all_ = a + b, a + stays
        slope = digamma(whole) - digamma(all_)
        bend = polygamma(1, whole) - polygamma(1, all_)
        dropout = Terms(
            gammaln(stays) - gammaln(b) + gammaln(whole) - gammaln(all_),
            [0.0, 0.0, slope, slope + digamma(stays) - digamma(b)],
            {(2, 2): bend, (2, 3): bend, (3, 3): bend + polygamma(1, stays) - polygamma(1, b)},
        )
        return rate_counts(parameters, x, others=2) + dropout

    def _times(self, parameters: Parts, x: Array, t_x: Array, T: Array) -> Terms:
        r, alpha, a, b = parameters
        number = r + x
        until, last = 1 / (alpha + T), 1 / (alpha + t_x)
        log_until = np.log(until)
        stayed = Terms(
            number * log_until,
            [log_until, -number * until, 0.0, 0.0],
            {(0, 1): -until, (1, 1): number * until * until},
        )
        may = x + self.chances > 0
        if not may.any():
            return stayed
        before = np.where(may, b + x + self.chances - 1, np.inf)
        # log of the odds that the customer left after the last purchase, and its derivatives
        ratio = np.log(last / until)
        odds = number * ratio + np.log(a / np.where(may, before, 1.0))
        small = np.where(may, np.exp(-np.abs(odds)), 0.0)
        share = np.where(odds > 0, 1.0, small) / (1 + small) * may
        value = np.where(may, np.maximum(odds, 0.0), 0.0) + np.log1p(small)
        first = [ratio, number * (until - last), 1 / a, -1 / before]
        weight = share * (1 - share)
        hessian = {}
        for i in range(4):
            weighted = weight * first[i]
            for j in range(i, 4):
                hessian[i, j] = weighted * first[j]
        hessian[0, 1] += share * (until - last)
        hessian[1, 1] += share * (number * (last * last - until * until))
        hessian[2, 2] -= share / a**2
        hessian[3, 3] += share / before**2
        return stayed + Terms(value, [share * slope for slope in first], hessian)

    def _summed(
        self, parameters: Parts, x: Array, t_x: Array, T: Array, weights: Array | None
    ) -> tuple[float, Array, Array]:
        """Add `_times` up without an array for each entry: what ten million rows wait for."""
        r, alpha, a, b = parameters
        number, until = r + x, 1 / (alpha + T)
        log_until, each = np.log(until), number * until
        ones = np.ones_like(T) if weights is None else weights
        counted = each if weights is None else each * weights
        value = (
            float(number @ log_until) if weights is None else float((number * weights) @ log_until)
        )
        g = np.array([ones @ log_until, -counted.sum(), 0.0, 0.0])
        h = np.zeros((4, 4))
        h[0, 1], h[1, 1] = -(ones @ until), counted @ until
        may = np.flatnonzero(x + self.chances > 0)
        if may.size:
            if may.size < x.size:
                x, t_x, number, until, ones = (v[may] for v in (x, t_x, number, until, ones))
                log_until = log_until[may]
            last = 1 / (alpha + t_x)
            before = 1 / (b + x + (self.chances - 1))
            ratio = np.log(last) - log_until
            odds = number * ratio + np.log(a * before)
            small = np.exp(-np.abs(odds))
            share = np.where(odds > 0, 1.0, small) / (1 + small)
            value += float(ones @ (np.maximum(odds, 0.0) + np.log1p(small)))
            step = until - last
            pull = number * step
            if weights is not None:
                share_here = share * ones
                weight = share_here * (1 - share)
                share = share_here
            else:
                weight = share * (1 - share)
            gone = share.sum()
            g += [share @ ratio, share @ pull, gone / a, -(share @ before)]
            by_ratio, by_pull, by_before = weight * ratio, weight * pull, weight * before
            h[0] += [by_ratio @ ratio, by_ratio @ pull + share @ step, by_ratio.sum() / a,
                     -(by_ratio @ before)]  # fmt: skip
            h[1, 1:] += [by_pull @ pull - (share * pull) @ (last + until), by_pull.sum() / a,
                         -(by_pull @ before)]  # fmt: skip
            h[2, 2:] += [(weight.sum() - gone) / a**2, -by_before.sum() / a]
            h[3, 3] += by_before @ before + (share * before) @ before
        return value, g, h + np.triu(h, 1).T

    def _alive(self, p: Parts, x: Array, t_x: Array, T: Array) -> Any:
        r, alpha, a, b = p
        may = x + self.chances > 0
        before = np.where(may, b + x + self.chances - 1, 1.0)
        odds = (r + x) * np.log((alpha + T) / (alpha + t_x)) + np.log(a / before)
        return np.where(may, 1 / (1 + np.exp(np.minimum(odds, 700.0))), 1.0)

    def _if_alive(self, p: Parts, t: Array, x: Array, T: Array) -> Any:
        r, alpha, a, b = p
        return _expected(t / (alpha + T), r + x, a, b + x + self.chances)

    def _at_least(self, p: Parts, k: Array, t: Array, x: Array, T: Array) -> Any:
        r, alpha, a, b = p
        stays = b + x + self.chances
        kept = np.exp(betaln(a, stays + k - 1) - betaln(a, stays))
        return kept * buys_at_least(k, r + x, t / (alpha + T + t))

    def _drawn(self, p: Parts, t: Array, x: Array, T: Array, draw: Any) -> Any:
        r, alpha, a, b = p
        bought = draw.poisson(draw.gamma(r + x, 1 / (alpha + T)) * t)
        leaves = draw.beta(a, b + x + self.chances)
        return np.minimum(bought, draw.geometric(np.maximum(leaves, 1e-15)))

    def _new(self, p: Parts, t: Array) -> Any:
        r, alpha, a, b = p
        stays = b + self.chances
        at_all = b / (a + b) if self.chances else 1.0
        nothing = np.zeros_like(t)
        return at_all * _expected(t / alpha, r + nothing, a, stays + nothing)

    def _none(self, p: Parts, h: Array, x: Array, t_x: Array, T: Array) -> Any:
        buys = -np.expm1(-(p[0] + x) * np.log1p(h / (p[1] + T)))
        return 1 - self._alive(p, x, t_x, T) * buys


def _expected(times: Array, shape: Array, a: Any, b: Any) -> Any:
    """Mean of [1 - (1 + p·times)^-shape] / p over p, beta distributed (a, b).

    Purchases of a customer who leaves after each with probability p: for one p, the bracket over
    p. It has no pole where a = 1, and none where a customer hardly ever leaves.
    """
    same = np.ndim(a) == 0  # no covariates: x alone decides the rest
    times, shape, a, b = np.broadcast_arrays(times, shape, a, b)
    decides = [b.ravel()] if same else [part.ravel() for part in (shape, a, b)]
    order = np.lexsort(decides)
    moved = np.any([np.diff(part[order]) != 0 for part in decides], axis=0)
    made = np.empty(times.size)
    for rows in np.split(order, np.flatnonzero(moved) + 1):
        kind = [float(part.flat[rows[0]]) for part in (shape, a, b)]
        made[rows] = _interpolated(partial(_mean, kind), times.flat[rows])
    return made


def _mean(kind: Sequence[float], times: Array) -> Array:
    """Return `_expected` of one kind of customers (shape, a, b), by quadrature."""
    shape, a, b = kind
    # the bracket is singular at p = -1 / times: the nearer, the more nodes
    near = 1 + 2 / max(float(times.max()), 1e-3)
    growth = np.log(near + np.sqrt(near * near - 1))
    nodes = 8 * int(np.clip(np.ceil(18 / growth / 8), 1, 16))  # few rules, used again
    at, weights = beta(a, b, nodes)
    at = np.maximum(at, 1e-300)
    made: Array = -np.expm1(-shape * np.log1p(np.multiply.outer(times, at))) @ (weights / at)
    return made


def _interpolated(function: Callable[[Array], Array], times: Array) -> Array:
    """Return a function of times, of many by its Chebyshev polynomial where one is as good.

    Divided by the times it is smooth on log(1 + times): nearest singular at π i.
    """
    least, most = np.log1p(times.min()), np.log1p(times.max())
    for nodes in (16, 32, 64):
        if times.size < 2 * nodes or least == most:
            break
        at = np.cos(np.pi * (np.arange(nodes) + 0.5) / nodes)
        known = np.expm1((least + most) / 2 + (most - least) / 2 * at)
        series = chebyshev.chebvander(at, nodes - 1).T @ (function(known) / known) * 2 / nodes
        series[0] /= 2
        if np.abs(series[-nodes // 4 :]).max() < 1e-15 * np.abs(series).max() * nodes:
            where = (2 * np.log1p(times) - least - most) / (most - least)
            made: Array = chebyshev.chebval(np.clip(where, -1, 1), series) * times
            return made
    return function(times)
