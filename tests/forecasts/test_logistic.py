"""The regression beside scipy's optimiser; parts that add up; calibration."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from kadar.forecasts.logistic import FAR, FREE, SPREAD, fit


def drawn(size: int = 500, seed: int = 1) -> tuple[dict[str, np.ndarray], np.ndarray]:
    random = np.random.default_rng(seed)
    features = {"a": random.normal(3, 2, size), "b": random.gamma(1, 1, size)}
    features["b"][random.random(size) < 0.3] = np.nan
    features["same"] = np.full(size, 7.0)
    odds = -1 + 0.8 * (features["a"] - 3) + np.where(np.isnan(features["b"]), 1, -features["b"])
    return features, (random.random(size) < 1 / (1 + np.exp(-odds))).astype(float)


def test_it_is_the_top_of_the_penalised_likelihood() -> None:
    features, happened = drawn()
    made = fit(features, happened, free=("a",))
    known = ~np.isnan(features["b"])
    columns = []
    for name in ("a", "b"):
        values = features[name]
        z = (values - np.nanmean(values)) / np.nanstd(values)
        columns.append(np.where(np.isnan(z), 0, np.clip(z, -FAR, FAR)))
    columns.append(~known - (~known).mean())

    def loss(point: np.ndarray) -> float:
        odds = point[0] + np.stack(columns, axis=1) @ point[1:]
        fits = happened @ odds - np.logaddexp(0, odds).sum()
        ridge = (point[1] / FREE) ** 2 + ((point[2:] / SPREAD) ** 2).sum()
        return float(-fits + ridge / 2)

    best = minimize(loss, np.zeros(4), method="BFGS", options={"gtol": 1e-8}).x
    found = [made.intercept, made.terms["a"].coefficient, made.terms["b"].coefficient,
             made.terms["b"].unknown]  # fmt: skip
    assert found == pytest.approx(best, abs=1e-4)
    assert "same" not in made.terms


def test_parts_add_up_and_are_nothing_on_average() -> None:
    features, happened = drawn()
    made = fit(features, happened)
    parts = made.contributions(features)
    assert made.log_odds(features) == pytest.approx(made.intercept + parts["a"] + parts["b"])
    for values in parts.values():
        assert values.mean() == pytest.approx(0, abs=0.02)
    # what is not there at all is not told of
    assert set(made.contributions({"a": features["a"]})) == {"a"}


def test_calibration_meets_the_rows_it_is_made_on() -> None:
    features, happened = drawn(4000)
    made = fit({name: v[:1000] for name, v in features.items()}, happened[:1000])
    later = {name: v[1000:] for name, v in features.items()}
    fewer = happened[1000:] * (np.random.default_rng(2).random(3000) < 0.5)
    calibrated = made.calibrated(later, fewer)
    chance = 1 / (1 + np.exp(-calibrated.log_odds(later)))
    assert chance.mean() == pytest.approx(fewer.mean(), abs=1e-3)
    low = chance < np.median(chance)
    for half in (low, ~low):
        assert chance[half].mean() == pytest.approx(fewer[half].mean(), abs=0.03)
    raw = 1 / (1 + np.exp(-made.log_odds(later)))
    assert abs(raw.mean() - fewer.mean()) > 0.1  # before, it was far off
    order = np.argsort(made.log_odds(later))
    assert (np.diff(calibrated.log_odds(later)[order]) >= 0).all()
