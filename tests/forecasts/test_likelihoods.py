"""Likelihoods and conditional expectations, beside integrals over the customers' own rates."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from kadar.forecasts import BGBB, BGNBD, MBGNBD, GammaGamma, ParetoNBD
from kadar.forecasts.customers import Customers
from tests.forecasts import brute

PURCHASES = [(0, 0.0, 38.9), (1, 3.4, 38.0), (2, 30.4, 38.9), (7, 5.5, 27.0), (26, 30.857, 31.0)]
STEEP = (30, 2.0, 700.0)  # thirty purchases in two weeks, then nothing for years


def log_likelihood(model: Any, x: float, t_x: float, T: float) -> float:
    point = np.log(list(model.parameters.values()))
    customers = Customers(*(np.array([float(v)]) for v in (x, t_x, T)))
    return model.derivatives(point, customers)[0]


def check(model: Any, x: float, t_x: float, T: float, t: float, expected: Any) -> None:
    log, alive, purchases, none = expected
    assert log_likelihood(model, x, t_x, T) == pytest.approx(log, rel=1e-9)
    assert model.probability_alive(x, t_x, T) == pytest.approx(alive, rel=1e-8)
    assert model.expected_purchases(t, x, t_x, T) == pytest.approx(purchases, rel=1e-8)
    assert model.probability_no_purchase(t, x, t_x, T) == pytest.approx(none, rel=1e-8)


@pytest.mark.parametrize("customer", [*PURCHASES, STEEP])
@pytest.mark.parametrize(
    "parameters",
    [(0.2426, 4.4136, 0.7929, 2.4259), (1.7, 0.9, 1.0, 6.0), (3.0, 60.0, 2.4, 0.8)],
)
@pytest.mark.parametrize("model", [BGNBD, MBGNBD])
def test_bg_nbd_is_the_integral_over_rates_and_chances(
    model: type[BGNBD], parameters: tuple[float, ...], customer: tuple[int, float, float]
) -> None:
    made = model.with_parameters(**dict(zip(model.letters, parameters, strict=True)))
    t = 400.0 if customer[0] == 2 else 52.0
    check(made, *customer, t, brute.bg_nbd(parameters, *customer, t, model.chances))


@pytest.mark.parametrize("customer", [*PURCHASES, STEEP])
@pytest.mark.parametrize(
    "parameters",
    [(0.5533, 10.578, 0.6062, 11.669), (1.7, 0.9, 1.0, 0.02), (3.0, 0.01, 2.4, 50.0)],
)
def test_pareto_nbd_is_the_integral_over_both_rates(
    parameters: tuple[float, ...], customer: tuple[int, float, float]
) -> None:
    made = ParetoNBD.with_parameters(**dict(zip(ParetoNBD.letters, parameters, strict=True)))
    t = 400.0 if customer[0] == 2 else 52.0
    check(made, *customer, t, brute.pareto_nbd(parameters, *customer, t))


@pytest.mark.parametrize("customer", [(0, 0, 6), (1, 1, 6), (2, 5, 6), (6, 6, 6), (3, 3, 12)])
@pytest.mark.parametrize("parameters", [(1.204, 0.75, 0.657, 2.783), (0.3, 4.0, 2.0, 0.9)])
def test_bg_bb_is_the_integral_over_both_chances(
    parameters: tuple[float, ...], customer: tuple[int, int, int]
) -> None:
    made = BGBB.with_parameters(**dict(zip(BGBB.letters, parameters, strict=True)))
    more = 1 if customer[0] == 1 else 5
    check(made, *customer, more, brute.bg_bb(parameters, *customer, more))


@pytest.mark.parametrize(("x", "spend"), [(1, 9.5), (2, 60.0), (40, 33.0)])
def test_gamma_gamma_is_the_integral_over_the_customers_scale(x: int, spend: float) -> None:
    p, q, gamma = 6.25, 3.74, 15.44
    made = GammaGamma.with_parameters(p=p, q=q, gamma=gamma)
    density, expected = brute.gamma_gamma(p, q, gamma, x, spend)
    assert log_likelihood(made, x, spend, spend) == pytest.approx(density, rel=1e-9)
    made.mean_spend = 0.0
    assert made.expected_spend(x, spend) == pytest.approx(expected, rel=1e-9)
    assert made.expected_spend(0, 0) == pytest.approx(p * gamma / (q - 1))


@pytest.mark.parametrize("model", [BGNBD, MBGNBD, ParetoNBD])
def test_a_new_customer_is_one_seen_for_no_time(model: type[BGNBD]) -> None:
    values = dict(zip(model.letters, (0.6, 8.0, 0.9, 3.0), strict=True))
    made = model.with_parameters(**values)
    assert made.expected_purchases_new(52) == pytest.approx(made.expected_purchases(52, 0, 0, 0))


def test_nothing_overflows() -> None:
    x, t_x, T = (
        [0, 5_000, 5_000, 1, 100_000],
        [0, 400, 1, 1e-6, 3_000],
        [4_000, 400.02, 4e3, 4e3, 4e3],
    )
    for model, letters in ((BGNBD, (0.2, 4, 0.8, 2.4)), (MBGNBD, (0.2, 4, 0.8, 2.4)),
                           (ParetoNBD, (0.5, 10, 0.6, 11))):  # fmt: skip
        made = model.with_parameters(**dict(zip(model.letters, letters, strict=True)))
        alive = made.probability_alive(x, t_x, T)
        assert np.all((alive >= 0) & (alive <= 1))
        assert alive[1] > 0.9
        assert alive[2] < 1e-9
        expected = made.expected_purchases(365, x, t_x, T)
        assert np.all(np.isfinite(expected) & (expected >= 0))
        silent = made.probability_no_purchase(365, x, t_x, T)
        assert np.all((silent >= 0) & (silent <= 1))
        assert np.all(np.isfinite(made.quantile(0.9, 365, x, t_x, T)))
