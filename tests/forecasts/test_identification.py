"""Where the data cannot tell a parameter: a diagnosis and the nested model, both named."""

from __future__ import annotations

import numpy as np
import pytest

from kadar.errors import KadarError
from kadar.forecasts import (
    BGNBD,
    MBGNBD,
    NBD,
    BetaDiscreteWeibull,
    GammaGamma,
    ParetoNBD,
    ShiftedBetaGeometric,
)
from kadar.forecasts.diagnosis import DROPOUT, RATE, SPEND
from tests.forecasts import populations

RANDOM = np.random.default_rng(21)


def forty_weeks(leaves: float) -> populations.Population:
    """A company seen for 40 weeks, whose customers all leave at one and the same rate."""
    rates = RANDOM.gamma(1.2, 1 / 8, 1500)
    life = RANDOM.exponential(1 / leaves, 1500)
    return populations.purchases(
        RANDOM, rates, life, np.full(1500, 10**9), RANDOM.uniform(20, 40, 1500), 20.0
    )


def test_dropout_heterogeneity_that_forty_weeks_do_not_show() -> None:
    people = forty_weeks(0.04)
    made = ParetoNBD().fit(*people.known)
    assert made.diagnosis is not None
    assert made.diagnosis.about == DROPOUT
    assert made.diagnosis.parameters == ("s", "beta")
    sentence = str(made.diagnosis)
    assert "Pareto/NBD with one rate of leaving for all" in sentence
    assert "s, beta of Pareto/NBD are not identified" in sentence
    assert "Pareto/NBD" in made.diagnosis.sentence("zh_CN")
    assert made.parameters["s"] / made.parameters["beta"] == pytest.approx(0.04, rel=0.3)
    assert np.isnan(made.standard_errors["s"])
    expected = made.expected_purchases(20, *people.known)
    assert np.isfinite(expected).all()
    assert expected.sum() == pytest.approx(people.later.sum(), rel=0.1)
    assert made.log_likelihood > NBD().fit(*people.known).log_likelihood + 10
    low, high = made.total_quantiles([0.005, 0.995], 20, *people.known)
    assert low < people.later.sum() < high


@pytest.mark.parametrize("model", [BGNBD, MBGNBD, ParetoNBD])
def test_nobody_leaves(model: type[BGNBD]) -> None:
    people = populations.nbd(np.random.default_rng(22), 2000, (1.5, 6.0))
    made, plain = model().fit(*people.known), NBD().fit(*people.known)
    assert made.diagnosis is not None
    assert made.nested == "NBD, in which nobody leaves"
    assert made.log_likelihood == pytest.approx(plain.log_likelihood, abs=0.05)
    assert made.parameters["r"] == pytest.approx(plain.parameters["r"], rel=1e-3)
    assert made.expected_purchases(39, *people.known) == pytest.approx(
        plain.expected_purchases(39, *people.known), rel=1e-3
    )
    assert made.probability_alive(*people.known).min() > 0.999


def test_all_buy_at_one_rate_and_leave_with_one_chance() -> None:
    random = np.random.default_rng(24)
    people = populations.purchases(
        random, np.full(3000, 0.15), np.full(3000, np.inf), random.geometric(0.2, 3000),
        random.uniform(27, 39, 3000), 39.0,
    )  # fmt: skip
    made = BGNBD().fit(*people.known)
    assert made.diagnosis is not None
    assert made.diagnosis.before is not None
    assert {made.diagnosis.about, made.diagnosis.before.about} == {RATE, DROPOUT}
    assert "one purchase rate for all" in str(made.diagnosis)
    assert "one probability of leaving for all" in str(made.diagnosis)
    assert made.parameters["r"] / made.parameters["alpha"] == pytest.approx(0.15, rel=0.05)
    leaves = made.parameters["a"] / (made.parameters["a"] + made.parameters["b"])
    assert leaves == pytest.approx(0.2, rel=0.05)


def test_spend_without_difference() -> None:
    random = np.random.default_rng(24)
    x = random.geometric(0.3, 800)
    made = GammaGamma().fit(x, random.gamma(5.0 * x, 20 / (5.0 * x)))
    assert made.diagnosis is not None
    assert made.diagnosis.about == SPEND
    assert made.expected_spend(3, 35) == pytest.approx(20, rel=0.05)


def test_spend_related_to_frequency_is_said() -> None:
    random = np.random.default_rng(25)
    x = random.geometric(0.3, 800)
    made = GammaGamma().fit(x, random.gamma(6.0 * x, 20 / (6.0 * x)) * x**0.5)
    assert made.dependence.related
    assert made.dependence.correlation == pytest.approx(
        np.corrcoef(x, made_spend(x, 25))[0, 1], abs=1e-12
    )
    assert made.dependence.lower > 0


def made_spend(x: np.ndarray, seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    random.geometric(0.3, 800)
    return random.gamma(6.0 * x, 20 / (6.0 * x)) * x**0.5


def test_equal_customers_renew_with_one_chance() -> None:
    survivors = np.rint(10_000 * 0.8 ** np.arange(8))
    for model in (ShiftedBetaGeometric, BetaDiscreteWeibull):
        made = model().fit(survivors)
        assert made.survival(12) == pytest.approx(0.8**12, rel=0.03)
        assert made.expected_lifetime(0.1) == pytest.approx(1 / (1 - 0.8 / 1.1), rel=0.01)
    steady = ShiftedBetaGeometric().fit(survivors)
    assert steady.diagnosis is not None
    assert steady.nested == "sBG with one probability of leaving for all"


def test_two_renewals_are_too_few_for_three_parameters() -> None:
    made = BetaDiscreteWeibull().fit([1000, 700, 560])
    assert made.nested == "sBG"
    assert made.diagnosis is not None
    assert made.parameters["c"] == 1
    plain = ShiftedBetaGeometric().fit([1000, 700, 560])
    assert made.parameters["alpha"] == pytest.approx(plain.parameters["alpha"])


def test_lifetimes_by_their_closed_form() -> None:
    """Σ S(t) of an sBG is (α + β - 1) / (α - 1) where α is above 1, else infinite."""
    model = ShiftedBetaGeometric()
    model.parameters = {"alpha": 2.5, "beta": 6.0}
    assert model.expected_lifetime(0) == pytest.approx(7.5 / 1.5, rel=1e-6)
    model.parameters = {"alpha": 0.8, "beta": 6.0}
    assert model.expected_lifetime(0) == float("inf")
    t = np.arange(200_000)
    assert model.expected_lifetime(0.01) == pytest.approx(
        np.sum(model.survival(t) * np.exp(-t * np.log(1.01))), rel=1e-9
    )
    assert model.expected_lifetime(0.01, renewals=5) > model.expected_lifetime(0.01)


def test_what_cannot_be_is_refused() -> None:
    wrong = {
        "KDR-FCT-001": lambda: NBD().fit([1], [1, 2], [3]),
        "KDR-FCT-002": lambda: NBD().fit([1, 0], [5, 3], [9, 9]),
        "KDR-FCT-003": lambda: NBD().fit([0, 0], [0, 0], [9, 9]),
        "KDR-FCT-004": lambda: NBD().fit([1], [2], [3], covariates=[[1]]),
        "KDR-FCT-005": lambda: BGNBD.with_parameters(r=1, alpha=1, a=1, b=1).probability_alive(
            [1], [1], [1], covariates=[[1.0]]
        ),
        "KDR-FCT-006": lambda: GammaGamma().fit([0, 1], [0, 5]),
        "KDR-FCT-007": lambda: ShiftedBetaGeometric().fit([10, 12]),
        "KDR-FCT-008": lambda: ShiftedBetaGeometric().fit([10, 10]),
        "KDR-FCT-009": lambda: ShiftedBetaGeometric().fit([10, 7, 5]).expected_lifetime(-0.1),
        "KDR-FCT-010": lambda: NBD.with_parameters(r=1, beta=2),
    }
    for code, call in wrong.items():
        with pytest.raises(KadarError) as raised:
            call()
        assert raised.value.code == code
    with pytest.raises(KadarError, match="KDR-FCT-002"):
        NBD().fit([np.nan], [0], [9])
