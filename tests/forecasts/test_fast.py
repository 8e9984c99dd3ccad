"""What makes the fits of many customers fast changes nothing that they find."""

from __future__ import annotations

import numpy as np
import pytest

from kadar.forecasts import BGNBD, MBGNBD, ParetoNBD, pareto_nbd
from kadar.forecasts.newton import climb
from kadar.forecasts.terms import Array


@pytest.mark.parametrize("model", [BGNBD, MBGNBD])
@pytest.mark.parametrize("weighted", [False, True])
def test_sums_are_those_of_the_rows(model: type[BGNBD], weighted: bool) -> None:
    random = np.random.default_rng(1)
    x = random.poisson(1.5, 400).astype(float)
    T = random.uniform(20, 40, 400)
    t_x = np.where(x > 0, random.uniform(0, 1, 400) * T, 0.0)
    weights = random.integers(1, 9, 400).astype(float) if weighted else None
    parameters = (0.6, 7.0, 0.9, 2.5)
    made = model()
    plain = made._times(parameters, x, t_x, T).summed(400, weights)
    fast = made._summed(parameters, x, t_x, T, weights)
    for one, other in zip(fast, plain, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)


def test_an_integral_of_few_nodes_is_that_of_many() -> None:
    random = np.random.default_rng(2)
    x = random.poisson(random.gamma(0.6, 4, 3000)).astype(float)
    T = random.uniform(5, 400, 3000)
    t_x = np.where(x > 0, random.beta(2, 1, 3000) * T, 0.0)
    for parameters in ((0.55, 10.0, 0.6, 11.0), (2.0, 3.0, 0.2, 300.0), (0.3, 90.0, 4.0, 2.0)):
        nodes = pareto_nbd._nodes(parameters, x, t_x, T)
        assert {10, 16} <= set(nodes.tolist())

        for count in (10, 16):
            mine = [column[nodes == count] for column in (x, t_x, T)]
            few, many = (
                np.logaddexp.reduce(pareto_nbd._components(parameters, *mine, number)[1], axis=0)
                for number in (count, 128)
            )
            np.testing.assert_allclose(few, many, atol=2e-12)


def test_a_last_step_in_trust_ends_at_the_top() -> None:
    def hill(point: Array) -> tuple[float, Array, Array]:
        value = -1000 * (np.cosh(point[0] - 1) + np.cosh(point[1] + 2) - 2)
        slope = -1000 * np.sinh(point - [1, -2])
        return float(value), slope, np.diag(-1000 * np.cosh(point - [1, -2]))

    box = np.full(2, 9.0)
    exact = climb(hill, np.zeros(2), -box, box)
    looked: list[Array] = []

    def seen(point: Array) -> tuple[float, Array, Array]:
        looked.append(point)
        return hill(point)

    quick = climb(seen, np.zeros(2), -box, box, trust=1e-3)
    assert quick.reached
    np.testing.assert_allclose(quick.point, exact.point, atol=1e-7)
    assert quick.value == pytest.approx(exact.value, abs=1e-8)
    assert np.abs(looked[-1] - quick.point).max() > 1e-9  # the last step was not looked at


@pytest.mark.parametrize("model", [BGNBD, ParetoNBD])
def test_many_customers_are_fitted_to_the_same_top_as_by_every_step(
    model: type[BGNBD], monkeypatch: pytest.MonkeyPatch
) -> None:
    random = np.random.default_rng(3)
    T = random.uniform(27, 39, 60_000)
    seen = np.minimum(random.exponential(1, T.size) / random.gamma(0.6, 1 / 12, T.size), T)
    x = random.poisson(random.gamma(0.55, 1 / 10.6, T.size) * seen).astype(float)
    t_x = np.where(x > 0, random.beta(np.maximum(x, 1), 1) * seen, 0.0)
    quick = model().fit(x, t_x, T)
    monkeypatch.setattr("kadar.forecasts.fitter._MANY", 10**9)
    whole = model().fit(x, t_x, T)
    for letter, value in whole.parameters.items():
        error = whole.standard_errors[letter]
        assert quick.parameters[letter] == pytest.approx(value, abs=1e-4 * error)
        assert quick.standard_errors[letter] == pytest.approx(error, rel=1e-3)
    assert quick.log_likelihood == pytest.approx(whole.log_likelihood, abs=1e-6)
