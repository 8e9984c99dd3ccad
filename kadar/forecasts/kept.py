"""Backtests kept beside the store, by data version and settings, as answers are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kadar.forecasts.backtest import Backtest, Told, backtest_orders
from kadar.forecasts.churn import Classifier, learn
from kadar.forecasts.contract_backtest import backtest_contracts

if TYPE_CHECKING:
    from kadar.asking import Asking
    from kadar.forecasts.predictions import Predictions


def backtest(
    asking: Asking,
    *,
    origins: int | None = None,
    horizon: int | None = None,
    told: Told | None = None,
) -> Backtest:
    """Return the backtest of this data, from the store where it was made before.

    Raises what `backtest_orders` raises, or `backtest_contracts` for a company with contracts.
    """
    from kadar.measure.question import Question
    from kadar.results import Results

    made = backtest_contracts if asking.project.company.contract else backtest_orders
    if not asking.published:  # data derived for one question: another may lie under the same name
        return made(asking, origins=origins, horizon=horizon, told=told)
    results = Results(asking.project, asking.data_version)
    key = results.key([], Question("all"), asking.as_of, "backtest", origins, horizon)
    found = results.kept(key, Backtest)
    if found is None:
        found = made(asking, origins=origins, horizon=horizon, told=told)
        results.keep(key, found)
    return found


def classifier(asking: Asking, predictions: Predictions) -> Classifier:
    """Return what was learnt of churn from this data, from the store where it was before."""
    from kadar.measure.question import Question
    from kadar.results import Results

    fit = predictions.latest
    if not asking.published:
        return learn(asking, fit.model, fit.horizon.risk_months)
    results = Results(asking.project, asking.data_version)
    key = results.key([], Question("all"), asking.as_of, "churn", fit.model, fit.horizon)
    found = results.kept(key, Classifier)
    if found is None:
        found = learn(asking, fit.model, fit.horizon.risk_months)
        results.keep(key, found)
    return found
