"""The tests of a change, beside scipy's and published figures."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from kadar.insight import change, counts, proportions, ranks, resampling, waves


@pytest.mark.parametrize(
    ("before", "after"), [((30, 100), (45, 110)), ((400, 1000), (430, 1000)), ((12, 40), (9, 80))]
)
def test_large_proportions_are_pearsons_with_n_less_one(
    before: tuple[int, int], after: tuple[int, int]
) -> None:
    p, name = proportions.two_proportions(before, after)
    table = [[h, n - h] for h, n in (before, after)]
    n = before[1] + after[1]
    pearson = stats.chi2_contingency(table, correction=False).statistic
    assert p == pytest.approx(stats.chi2.sf(pearson * (n - 1) / n, 1))
    assert name == proportions.CHI_SQUARED


@pytest.mark.parametrize(
    ("before", "after"), [((0, 12), (4, 15)), ((1, 200), (6, 210)), ((10, 10), (7, 12))]
)
def test_small_proportions_are_fishers_mid_p(
    before: tuple[int, int], after: tuple[int, int]
) -> None:
    p, name = proportions.two_proportions(before, after)
    (h0, n0), (h1, n1) = before, after
    here = stats.hypergeom(n0 + n1, h0 + h1, n1).pmf(h1)
    exact = stats.fisher_exact([[h1, n1 - h1], [h0, n0 - h0]]).pvalue
    assert p == pytest.approx(exact - here / 2)
    assert name == proportions.FISHER


def test_equal_proportions_are_no_change() -> None:
    assert proportions.two_proportions((0, 20), (0, 30))[0] == 1.0
    assert proportions.two_proportions((20, 20), (30, 30))[0] == 1.0
    assert proportions.two_proportions((50, 100), (50, 100))[0] == 1.0


def test_counts_for_unequal_exposure() -> None:
    """Given the sum, the later count is binomial: mid-p beside scipy's tails."""
    k0, e0, k1, e1 = 30, 28, 52, 31
    binomial = stats.binom(k0 + k1, e1 / (e0 + e1))
    upper = binomial.sf(k1 - 1) - binomial.pmf(k1) / 2
    assert counts.two_counts((k0, e0), (k1, e1)) == pytest.approx(2 * upper)
    assert counts.two_counts((280, 28), (310, 31)) > 0.95  # a longer month is no signal


def test_waves_are_welchs() -> None:
    rng = np.random.default_rng(4)
    one, other = (rng.choice([-1, 0, 1], n, p=[0.2, 0.3, 0.5]) for n in (40, 60))
    welch = stats.ttest_ind(other, one, equal_var=False)
    errors = tuple(math.sqrt(v.var(ddof=1) / len(v)) for v in (one, other))
    p = waves.two_waves(other.mean() - one.mean(), errors, (40, 60))
    assert p == pytest.approx(welch.pvalue)


def sample(values: np.ndarray) -> ranks.Sample:
    distinct, times = np.unique(values, return_counts=True)
    return ranks.Sample(distinct, times.astype(float))


@pytest.mark.parametrize("digits", [0, 1, 6])
def test_ranks_are_scipys_with_and_without_ties(digits: int) -> None:
    rng = np.random.default_rng(digits)
    one, other = (np.round(rng.lognormal(1, 1, n), digits) for n in (35, 50))
    expected = stats.mannwhitneyu(one, other, method="asymptotic", use_continuity=True).pvalue
    assert ranks.mann_whitney(sample(one), sample(other)) == pytest.approx(expected)


def test_ranks_of_one_value_are_no_change() -> None:
    assert ranks.mann_whitney(sample(np.ones(20)), sample(np.ones(30))) == 1.0


def test_shares_above_the_common_quantile_are_moods_test() -> None:
    rng = np.random.default_rng(8)
    one, other = rng.exponential(1, 300), rng.exponential(2, 200)
    p = ranks.shares_above(sample(one), sample(other), 0.9)
    common = np.sort(np.concatenate([one, other]))[449]  # the least with 90 % up to it
    sides = [((values > common).sum(), len(values)) for values in (one, other)]
    assert p == proportions.two_proportions(*sides)[0]
    assert p < 1e-5


def units(before: np.ndarray, after: np.ndarray) -> resampling.Units:
    """Means of two samples of different units."""
    first = np.arange(len(before) + len(after)) < len(before)
    values = np.concatenate([before, after])
    return resampling.Units(values * first, 1.0 * first, values * ~first, 1.0 * ~first)


def test_bootstrap_of_large_samples_is_the_z_test() -> None:
    rng = np.random.default_rng(3)
    one, other = rng.normal(10, 2, 500), rng.normal(10.2, 2, 700)
    drawn = resampling.of_ratios(units(one, other))
    error = math.sqrt(one.var() / 500 + other.var() / 700)
    difference = other.mean() - one.mean()
    assert drawn is not None
    assert drawn.p == pytest.approx(math.erfc(abs(difference) / error / math.sqrt(2)), abs=0.03)
    assert drawn.lower == pytest.approx(difference - 1.96 * error, abs=0.03)
    assert drawn.upper == pytest.approx(difference + 1.96 * error, abs=0.03)


def test_bootstrap_is_the_same_every_time_and_in_groups() -> None:
    rng = np.random.default_rng(5)
    one, other = rng.lognormal(0, 1, 4000), rng.lognormal(0.02, 1, 4000)
    drawn = [resampling.of_ratios(units(one, other)) for _ in range(2)]
    assert drawn[0] == drawn[1]
    assert drawn[0] is not None
    error = math.sqrt(one.var() / 4000 + other.var() / 4000)
    half = (drawn[0].upper - drawn[0].lower) / 2
    assert half == pytest.approx(1.96 * error, rel=0.06)


def test_the_same_customers_in_both_periods_are_compared_with_themselves() -> None:
    """Customers spend very differently, each nearly the same again: the change stands out."""
    rng = np.random.default_rng(6)
    usual = rng.lognormal(4, 1.5, 60)
    before, after = usual * rng.normal(1, 0.02, 60), usual * rng.normal(1.05, 0.02, 60)
    ones = np.ones(60)
    together = resampling.of_ratios(resampling.Units(before, ones, after, ones))
    apart = resampling.of_ratios(units(before, after))
    assert together is not None
    assert apart is not None
    assert together.p < 0.01
    assert apart.p > 0.5


def test_totals_of_what_came() -> None:
    rng = np.random.default_rng(9)
    one, other = rng.gamma(2, 50, 80), rng.gamma(2, 50, 160)
    drawn = resampling.of_totals(units(one, other))
    assert drawn is not None
    assert drawn.p < 0.001
    same = resampling.of_totals(units(one, rng.permutation(one)))
    assert same is not None
    assert same.p == pytest.approx(1.0)


def test_benjamini_hochberg() -> None:
    """The example of the paper's section 3.2: the first four of fifteen are rejected."""
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
         0.5719, 0.6528, 0.7590, 1.0]  # fmt: skip
    assert change.signals(p) == [True] * 4 + [False] * 11
    assert change.signals([None, 0.01, None, 0.9]) == [False, True, False, False]
