"""Analytic gradients and Hessians, beside finite differences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from kadar.forecasts import (
    BGBB,
    BGNBD,
    MBGNBD,
    NBD,
    BetaDiscreteWeibull,
    GammaGamma,
    ParetoNBD,
    ShiftedBetaGeometric,
)
from kadar.forecasts.customers import Customers
from kadar.forecasts.fitter import Fitter

X = np.array([0, 0, 1, 1, 2, 5, 5, 12, 26.0])
T_X = np.array([0, 0, 3.4, 38, 30.4, 8.1, 35, 6.2, 30.9])
T = np.array([38.9, 12, 38, 38, 38.9, 39, 35, 27, 31])
WEIGHTS = np.array([30, 20, 4, 1.5, 2, 1, 1, 1, 1])


def slopes(function: Callable[[Any], Any], point: Any, step: float) -> Any:
    """Central differences, of the fourth order."""
    made = []
    for i in range(point.size):
        at = np.zeros(point.size)
        at[i] = step
        near = function(point + at) - function(point - at)
        far = function(point + 2 * at) - function(point - 2 * at)
        made.append((8 * near - far) / (12 * step))
    return np.array(made)


def check(derivatives: Callable[[Any], Any], point: Any) -> None:
    _, gradient, hessian = derivatives(point)
    numeric = slopes(lambda p: derivatives(p)[0], point, 1e-3)
    np.testing.assert_allclose(gradient, numeric, rtol=1e-7, atol=1e-7 * np.abs(gradient).max())
    numeric = slopes(lambda p: derivatives(p)[1], point, 1e-3)
    np.testing.assert_allclose(hessian, numeric, rtol=1e-6, atol=1e-7 * np.abs(hessian).max())
    np.testing.assert_allclose(hessian, hessian.T)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("model", [NBD, BGNBD, MBGNBD, ParetoNBD])
def test_models_of_purchases(model: type[Fitter], seed: int) -> None:
    made, random = model(), np.random.default_rng(seed)
    point = random.normal(0.5, 1, len(model.letters))
    customers = Customers(X, T_X, T, WEIGHTS)
    check(lambda p: made.derivatives(p, customers), point)


@pytest.mark.parametrize("model", [BGNBD, MBGNBD, ParetoNBD])
def test_with_covariates(model: type[Fitter]) -> None:
    made, random = model(), np.random.default_rng(5)
    customers = Customers(X, T_X, T, WEIGHTS, random.normal(0, 1, (X.size, 2)))
    check(
        lambda p: made.derivatives(p, customers),
        random.normal(0.3, 0.6, len(model.letters) + 2 * len(model.varied)),
    )


@pytest.mark.parametrize("seed", range(4))
def test_opportunities(seed: int) -> None:
    customers = Customers(
        np.array([0, 1, 2, 2, 6.0]), np.array([0, 4, 2, 6, 6.0]), np.array([6, 6, 9, 6, 6.0])
    )
    point = np.random.default_rng(seed).normal(0, 1, 4)
    check(lambda p: BGBB().derivatives(p, customers), point)


@pytest.mark.parametrize("seed", range(4))
def test_spend(seed: int) -> None:
    spend = np.array([4.0, 100, 33, 12])
    customers = Customers(np.array([1, 2, 7, 30.0]), spend, spend, np.array([2, 1, 1, 5.0]))
    point = np.random.default_rng(seed).normal(1, 1, 3)
    check(lambda p: GammaGamma().derivatives(p, customers), point)


@pytest.mark.parametrize("model", [ShiftedBetaGeometric, BetaDiscreteWeibull])
@pytest.mark.parametrize("seed", range(4))
def test_retention(model: type[ShiftedBetaGeometric], seed: int) -> None:
    lost, kept = np.array([300, 120, 60, 20, 8.0]), np.array([0, 0, 90, 0, 700.0])
    times = np.arange(1.0, 6)
    point = np.random.default_rng(seed).normal(0, 0.8, len(model.letters))
    check(lambda p: model()._likelihood(p, times, lost, kept), point)
