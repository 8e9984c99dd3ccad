"""The models once more, as the papers tell their story: integrals over each customer's own rates.

Rates are integrated on their logarithms, chances on their logits, by the trapezoid rule, which is
exact to many digits for such integrands. No closed form of the likelihood is used.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import stats


def over_rates(shape: float, scale: float, size: int = 1201) -> tuple[Any, Any]:
    """Rates and weights of a gamma distribution of inverse scale `scale`."""
    v = np.linspace(-60 / min(shape, 1.0) ** 0.7, 6, size)
    rate = np.exp(v) / scale
    return rate, stats.gamma.pdf(rate, shape, scale=1 / scale) * rate * (v[1] - v[0])


def over_chances(a: float, b: float, size: int = 601) -> tuple[Any, Any]:
    """Chances and weights of a beta distribution."""
    w = np.linspace(-45 / min(a, 1.0), 45 / min(b, 1.0), size)
    chance, rest = 1 / (1 + np.exp(-w)), 1 / (1 + np.exp(w))
    log = stats.beta(a, b).logpdf(0.5) - (a + b - 2) * np.log(0.5)
    density = np.exp(log + a * np.log(chance) + b * np.log(rest))
    return chance, density * (w[1] - w[0])


def mean(function: Callable[[Any, Any], Any], first: tuple[Any, Any], second: Any) -> float:
    """Mean of a function of two independent rates or chances."""
    return float(first[1] @ function(first[0][:, None], second[0][None, :]) @ second[1])


def bg_nbd(p: tuple[float, ...], x: int, t_x: float, T: float, t: float, chances: int) -> Any:
    """Likelihood, P(alive), E[X(t)] and P(no purchase in t); `chances` is 1 for MBG/NBD."""
    r, alpha, a, b = p
    rates, leaves = over_rates(r, alpha), over_chances(a, b)

    def alive(rate: Any, leave: Any) -> Any:
        return rate**x * (1 - leave) ** (x + chances) * np.exp(-rate * T)

    def left(rate: Any, leave: Any) -> Any:
        n = x + chances
        return (
            rate**x * leave * (1 - leave) ** (n - 1) * np.exp(-rate * t_x)
            if n
            else 0 * rate * leave
        )

    def bought(rate: Any, leave: Any) -> Any:
        return -np.expm1(-rate * leave * t) / leave * alive(rate, leave)

    def silent(rate: Any, leave: Any) -> Any:
        return alive(rate, leave) * np.exp(-rate * t)

    there, gone = mean(alive, rates, leaves), mean(left, rates, leaves)
    whole = there + gone
    return (
        np.log(whole),
        there / whole,
        mean(bought, rates, leaves) / whole,
        (mean(silent, rates, leaves) + gone) / whole,
    )


def pareto_nbd(p: tuple[float, ...], x: int, t_x: float, T: float, t: float) -> Any:
    """Likelihood, P(alive), E[X(t)] and P(no purchase in t)."""
    r, alpha, s, beta = p
    rates, leaves = over_rates(r, alpha), over_rates(s, beta)

    def alive(rate: Any, leave: Any) -> Any:
        return rate**x * np.exp(-(rate + leave) * T)

    def left(until: float) -> Callable[[Any, Any], Any]:
        def by(rate: Any, leave: Any) -> Any:
            both = rate + leave
            between = np.exp(-both * t_x) * -np.expm1(-both * (until - t_x))
            return rate**x * leave / both * between

        return by

    def bought(rate: Any, leave: Any) -> Any:
        return rate / leave * -np.expm1(-leave * t) * alive(rate, leave)

    def silent(rate: Any, leave: Any) -> Any:
        return rate**x * np.exp(-(rate + leave) * (T + t))

    there = mean(alive, rates, leaves)
    whole = there + mean(left(T), rates, leaves)
    later = mean(silent, rates, leaves) + mean(left(T + t), rates, leaves)
    return np.log(whole), there / whole, mean(bought, rates, leaves) / whole, later / whole


def bg_bb(p: tuple[float, ...], x: int, t_x: int, n: int, more: int) -> Any:
    """Likelihood, P(alive at n + 1), E[X in `more`] and P(no purchase in `more`)."""
    alpha, beta, gamma, delta = p
    buys, leaves = over_chances(alpha, beta), over_chances(gamma, delta)

    def until(there: int) -> Callable[[Any, Any], Any]:
        return lambda buy, leave: buy**x * (1 - buy) ** (there - x) * leave * (1 - leave) ** there

    def alive(beyond: int) -> Callable[[Any, Any], Any]:
        return lambda buy, leave: buy**x * (1 - buy) ** (n - x) * (1 - leave) ** (n + beyond)

    def whole(last: int) -> float:
        there = mean(
            lambda buy, leave: buy**x * (1 - buy) ** (last - x) * (1 - leave) ** last, buys, leaves
        )
        return there + sum(mean(until(m), buys, leaves) for m in range(t_x, last))

    expected = sum(
        mean(lambda buy, leave, k=k: buy * alive(k)(buy, leave), buys, leaves)
        for k in range(1, more + 1)
    )
    now = whole(n)
    return np.log(now), mean(alive(1), buys, leaves) / now, expected / now, whole(n + more) / now


def gamma_gamma(p: float, q: float, gamma: float, x: int, spend: float) -> tuple[float, float]:
    """Log density of the mean spend, and the expected spend, over each customer's own scale."""
    scale, weight = over_rates(q, gamma, 4001)
    density = stats.gamma.pdf(spend, p * x, scale=1 / (scale * x)) * weight
    return float(np.log(density.sum())), float((density * p / scale).sum() / density.sum())
