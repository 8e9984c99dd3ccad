"""Backtests on records that nobody here made: CDNOW, 2,357 customers."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from scipy.stats import mannwhitneyu

from kadar.forecasts.backtest import RECENCY, SAME
from kadar.workspace import Workspace
from tests.kpis.test_realdata import cdnow, purchases, pytestmark

__all__ = ["cdnow", "purchases", "pytestmark"]
CUT, END = date(1998, 1, 1), date(1998, 7, 1)


def test_cdnow_half_a_year_ahead(
    cdnow: Workspace, purchases: list[tuple[str, date, float]]
) -> None:
    """What design/forecasts.md says of the master file holds of the sample too."""
    made = cdnow.forecasts.backtest(origins=2, horizon=6)
    assert made.origins == [date(1997, 7, 1), CUT]
    bought: dict[str, set[date]] = {}
    for customer, day, dollars in purchases:
        if dollars > 0:
            bought.setdefault(customer, set()).add(day)
    later = np.array([sum(CUT <= day < END for day in days) for days in bought.values()])
    recent = np.array([any(day >= date(1997, 7, 1) and day < CUT for day in days)
                       for days in bought.values()])  # fmt: skip
    scores = {score.model: score for score in made.scores if score.origin == CUT}
    pareto, naive, rule = (scores[name] for name in ("Pareto/NBD", SAME, RECENCY))
    assert pareto.counts is not None
    assert pareto.risk is not None
    assert naive.counts is not None
    assert rule.risk is not None
    assert (pareto.customers, pareto.counts.actual) == (len(bought), later.sum())
    assert pareto.risk.auc == pytest.approx(0.79, abs=0.005)
    assert pareto.risk.brier == pytest.approx(0.132, abs=0.001)
    assert pareto.counts.bias == pytest.approx(0.032, abs=0.001)
    # the recency rule by another hand
    u = mannwhitneyu((~recent)[later == 0], (~recent)[later > 0]).statistic
    assert rule.risk.auc == pytest.approx(u / ((later == 0).sum() * (later > 0).sum()))
    assert rule.risk.brier == pytest.approx((recent != (later > 0)).mean())
    assert naive.counts.bias == pytest.approx(0.265, abs=0.001)
    assert pareto.counts.mae < naive.counts.mae
    assert pareto.risk.brier < rule.risk.brier
    assert made.best == "Pareto/NBD"
