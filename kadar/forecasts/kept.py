"""Backtests kept beside the store, by data version and settings, as answers are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kadar.forecasts.backtest import Backtest, Told, backtest_orders
from kadar.forecasts.contract_backtest import backtest_contracts

if TYPE_CHECKING:
    from kadar.asking import Asking


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
