"""Verdicts on boards on which nothing changed, and on one change that is real.

Each board is made of what KPIs are made of: proportions of few and of many deals, cohorts, the
retention of the same customers in two months, small survey waves, skewed durations, skewed
money of customers who are mostly the same in both months, counts. Every line goes through the
function that gives its verdict, and the board through Benjamini and Hochberg's.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from kadar.answer import Row
from kadar.insight import change, counts, proportions, ranks, resampling, waves

BOARDS = 1000
Pairs = list[tuple[float, ...]]


def sample(values: np.ndarray) -> ranks.Sample:
    distinct, times = np.unique(np.round(values, 3), return_counts=True)
    return ranks.Sample(distinct, times.astype(float))


def share(rng: np.random.Generator, n: tuple[int, int], p: tuple[float, float]) -> float:
    sides = [
        (float(rng.binomial(size, chance)), float(size)) for size, chance in zip(n, p, strict=True)
    ]
    return proportions.two_proportions(*sides)[0]


def retention(rng: np.random.Generator, lost: tuple[float, float]) -> float:
    """Of 150 customers, and those who stay, each has a risk of its own about the mean."""
    risk = rng.beta(2, 38, 150) * 20
    stay = rng.random(150) >= risk * lost[0]
    again = rng.random(150) >= risk * lost[1]
    new = rng.random(8) >= rng.beta(2, 38, 8) * 20 * lost[1]
    base = stay.sum() + 8
    return proportions.two_proportions(
        (float(stay.sum()), 150.0), (float((stay & again).sum() + new.sum()), float(base))
    )[0]


def wave(rng: np.random.Generator, n: tuple[int, int], shift: float) -> float:
    values, errors = [], []
    for size, more in zip(n, (0.0, shift), strict=True):
        answers = rng.choice([-1.0, 0.0, 1.0], size, p=[0.2 - more / 2, 0.35, 0.45 + more / 2])
        plus, minus = ((answers == s).sum() for s in (1, -1))
        high, low = (plus + 0.5) / (size + 2), (minus + 0.5) / (size + 2)
        values.append(answers.mean())
        errors.append(math.sqrt((high + low - (high - low) ** 2) / (size + 2)))
    return waves.two_waves(values[1] - values[0], (errors[0], errors[1]), n)


def money(rng: np.random.Generator, more: float) -> float:
    """Of 120 customers, spending very differently, some buy in each of two months."""
    usual = rng.lognormal(4, 1, 120)
    sides = []
    for factor in (1.0, more):
        buys = rng.random(120) < 0.5
        sides += [usual * rng.lognormal(0, 0.6, 120) * factor * buys, 1.0 * buys]
    drawn = resampling.of_ratios(resampling.Units(*sides))
    assert drawn is not None
    return drawn.p


def value_won(rng: np.random.Generator, p: tuple[float, float]) -> float:
    """Share of the amount of forty deals a month."""
    amounts = rng.lognormal(8, 1.2, 80)
    first = np.arange(80) < 40
    won = rng.random(80) < np.where(first, *p)
    drawn = resampling.of_ratios(
        resampling.Units(amounts * won * first, amounts * first, amounts * won * ~first,
                         amounts * ~first)
    )  # fmt: skip
    return 1.0 if drawn is None else drawn.p


def board(rng: np.random.Generator, *, changed: bool) -> list[float]:
    """The p values of a board's lines; of a changed one the first five lines changed."""
    better = 1.0 if changed else 0.0
    return [
        share(rng, (140, 135), (0.36, 0.36 + 0.25 * better)),
        wave(rng, (80, 95), 0.35 * better),
        ranks.mann_whitney(
            sample(rng.lognormal(1, 1, 90)), sample(rng.lognormal(1 + 0.7 * better, 1, 110))
        ),
        money(rng, 1 + better),
        counts.two_counts((rng.poisson(60), 31.0), (rng.poisson(60 * (1 + better)), 31.0)),
        share(rng, (25, 18), (0.1, 0.1)),
        share(rng, (400, 380), (0.15, 0.15)),
        share(rng, (115, 118), (0.7, 0.7)),
        retention(rng, (0.04, 0.04)),
        ranks.mann_whitney(sample(rng.gamma(2, 20, 35)), sample(rng.gamma(2, 20, 30))),
        value_won(rng, (0.35, 0.35)),
        counts.two_counts((rng.poisson(12), 28.0), (rng.poisson(12), 28.0)),
    ]


def test_boards_without_change_give_false_alarms_on_at_most_one_in_twenty() -> None:
    rng = np.random.default_rng(2026)
    tested = [board(rng, changed=False) for _ in range(BOARDS)]
    alarmed = [change.signals(p_values) for p_values in tested]
    assert np.mean([any(shown) for shown in alarmed]) <= 0.05  # of boards
    assert np.mean(alarmed) <= 0.01  # of verdicts
    each = np.mean(np.array(tested) <= 0.05, axis=0)
    assert each.max() <= 0.065, each  # 0.05 and two and a half errors of 1,000 boards
    assert np.mean(each) > 0.02  # nor is every test afraid to speak


def test_real_changes_are_found() -> None:
    rng = np.random.default_rng(7)
    found = np.array([change.signals(board(rng, changed=True)) for _ in range(150)])
    assert found[:, :5].mean() > 0.85
    assert found[:, 5:].mean() < 0.05  # and not those beside them


def row(value: float, lower: float, upper: float) -> Row:
    from datetime import date

    return Row("k", "default", "month", date(2026, 1, 1), date(2026, 2, 1), {}, value, None, None,
               50, lower, upper, True, True, {}, "money")  # fmt: skip


def test_the_test_of_intervals_alarms_once_in_twenty() -> None:
    """Values with exact normal intervals of different lengths."""
    rng = np.random.default_rng(11)
    found = []
    for one, other in zip(rng.normal(0, 1, 4000), rng.normal(0, 3, 4000), strict=True):
        before = row(one, one - 1.959964, one + 1.959964)
        after = row(other, other - 3 * 1.959964, other + 3 * 1.959964)
        p = change.of_intervals(before, after)
        ends = change.interval(before, after)
        assert p is not None
        assert ends is not None
        assert (p < 0.05) == (not ends[0] <= 0 <= ends[1])
        found.append(p < 0.05)
    assert np.mean(found) == pytest.approx(0.05, abs=0.01)
