"""Customers alike taken together, and expectations for many of them at once."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import beta as beta_distribution

from kadar.forecasts import BGNBD, MBGNBD, NBD, ParetoNBD
from kadar.forecasts.alike import alike, packed
from kadar.forecasts.lifetime import discounted, worth_of_totals

MODELS = (
    NBD.with_parameters(r=0.38, alpha=84.0),
    BGNBD.with_parameters(r=0.24, alpha=30.9, a=0.79, b=2.43),
    MBGNBD.with_parameters(r=0.52, alpha=43.0, a=0.89, b=1.61),
    ParetoNBD.with_parameters(r=0.55, alpha=74.0, s=0.61, beta=82.0),
)


def _customers(size, days=True, seed=5):
    draw = np.random.default_rng(seed)
    T = draw.integers(1, 700, size).astype(float)
    x = np.minimum(draw.poisson(draw.gamma(0.6, 6, size)), T)
    t_x = np.where(x > 0, np.ceil(draw.random(size) * T), 0.0)
    return x, t_x, T if days else T + draw.random(size)


@pytest.mark.parametrize("unit", [1, 7])
def test_rows_alike_are_counted_once(unit):
    x, t_x, T = _customers(5000)
    columns = x, t_x / unit, T / unit
    kinds, places, counts = alike(*columns)
    for kind, column in zip(kinds, columns, strict=True):
        np.testing.assert_array_equal(kind[places], column)
    rows = list(zip(*kinds, strict=True))
    assert all(one < other for one, other in pairwise(rows))  # each once, in order
    there = list(zip(*columns, strict=True))
    assert set(there) == set(rows)
    assert counts.sum() == 5000
    assert counts[rows.index(there[7])] == there.count(there[7])


def test_few_values_are_counted_without_a_sort():
    x = np.array([2.0, 0, 2, 1, 0] * 1000)
    kinds, places, counts = alike(x, x * 3)
    np.testing.assert_array_equal(kinds, [[0, 1, 2], [0, 3, 6]])
    np.testing.assert_array_equal(counts, [2000, 1000, 2000])
    np.testing.assert_array_equal(kinds[0][places], x)


def test_rows_of_moments_each_stand_for_themselves():
    x, _t_x, T = _customers(50, days=False)
    kinds, places, counts = alike(x, T)
    np.testing.assert_array_equal(kinds, [x, T])
    np.testing.assert_array_equal(places, np.arange(50))
    np.testing.assert_array_equal(counts, np.ones(50))
    assert packed(np.array([2e9]), np.array([2e9]), np.array([2e9])) is None  # beyond one number


@pytest.mark.parametrize("days", [True, False])
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_several_times_at_once_are_as_each_alone(model, days):
    x, t_x, T = _customers(4000, days)
    times = [30.0, 61.0, 92.0, 1095.0]
    found = model.expected_by(times, x, t_x, T)
    some = slice(0, 4000, 97)  # so few that each is integrated
    for row, time in zip(found, times, strict=True):
        alone = model.expected_purchases(time, x[some], t_x[some], T[some])
        np.testing.assert_allclose(row[some], alone, rtol=1e-9)
    added = model.expected_by(times, x, t_x, T, sums=[[1, 0, 0, 0], [0, 2, 0, -1]])
    np.testing.assert_allclose(added, [found[0], 2 * found[1] - found[3]], rtol=1e-9)


@pytest.mark.parametrize("x", [0, 3, 150, 900])
def test_many_customers_of_one_kind_are_as_the_integral_says(x):
    r, alpha, a, b = 0.24, 30.9, 0.79, 2.43
    T = np.linspace(max(x, 1), 3000, 2000)
    found = MODELS[1].expected_purchases(400.0, x, 0 if x == 0 else T, T)
    alive = MODELS[1].probability_alive(x, 0 if x == 0 else T, T)
    for i in (0, 7, 400, 1999):
        z = 400 / (alpha + T[i])

        law = beta_distribution(a, b + x)

        def bought(p, z=z, law=law):
            return -np.expm1(-(r + x) * np.log1p(p * z)) / p * law.pdf(p)

        ends = [0, *law.ppf([0.001, 0.1, 0.5, 0.9, 0.999]), 1]
        told = sum(quad(bought, *part, epsabs=0, epsrel=1e-10)[0] for part in pairwise(ends))
        assert found[i] / alive[i] == pytest.approx(told, rel=1e-7)


def test_worth_of_totals_is_the_discounted_sum_of_the_months():
    so_far = np.cumsum(np.random.default_rng(3).random((36, 5)), axis=0)
    monthly = np.diff(so_far, axis=0, prepend=0.0)
    np.testing.assert_allclose(
        worth_of_totals(36, 0.1) @ so_far, discounted(monthly, 0.1), rtol=1e-12
    )
