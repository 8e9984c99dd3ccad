"""Backtests: scores by hand, nothing known but what lay before the cut, kept with the data."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from kadar.errors import KadarError
from kadar.forecasts import MBGNBD, ParetoNBD
from kadar.forecasts.backtest import RECENCY, SAME, Backtest, schedule
from kadar.forecasts.scores import score_counts, score_risks
from tests.forecasts.shop import END, START, TOML, bought, drawn, shop

CUTS = [date(2025, 1, 1), date(2025, 7, 1)]
ORDERS = drawn()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Backtest:
    return shop(tmp_path_factory.mktemp("shop"), ORDERS).forecasts.backtest(origins=2, horizon=6)


def test_scores_are_what_they_are_called() -> None:
    random = np.random.default_rng(5)
    expected, actual = random.gamma(1, 2, 60), random.poisson(2, 60).astype(float)
    frequency = random.integers(0, 7, 60).astype(float)
    made = score_counts(expected, actual, frequency)
    rows = list(zip(expected, actual, frequency, strict=True))
    assert made.bias == pytest.approx(sum(expected) / sum(actual) - 1)
    assert made.mae == pytest.approx(sum(abs(e - a) for e, a, _ in rows) / 60)
    assert made.rmse**2 == pytest.approx(sum((e - a) ** 2 for e, a, _ in rows) / 60)
    for k, value in enumerate(made.by_frequency):
        mine = [abs(e - a) for e, a, f in rows if (f == k if k < 4 else f >= 4)]
        assert value == pytest.approx(sum(mine) / len(mine))
    chance, lost = np.round(random.random(60), 1), random.random(60) < 0.4
    risk = score_risks(chance, lost)
    pairs = [
        (p > q) + (p == q) / 2
        for p in chance[lost]
        for q in chance[~lost]
    ]  # fmt: skip
    assert risk.auc == pytest.approx(sum(pairs) / len(pairs))
    assert risk.brier == pytest.approx(((chance - lost) ** 2).mean())
    assert risk.lost == pytest.approx(lost.mean())
    assert score_risks(chance, np.ones(60)).auc is None
    # a tenth at a time: sure of what happens is no error, sure of the contrary is 1
    assert score_risks(lost.astype(float), lost).calibration == 0
    assert score_risks(1.0 - lost, lost).calibration == 1


def test_what_came_and_the_naive_rules_by_hand(made: Backtest) -> None:
    assert made.origins == CUTS
    days = bought(ORDERS)
    for cut, opens, until in zip(CUTS, [date(2024, 7, 1), CUTS[0]], [CUTS[1], END], strict=True):
        known = [d for d in days.values() if d[0] < cut]
        later = np.array([sum(cut <= day < until for day in d) for d in known])
        recent = np.array([sum(opens <= day < cut for day in d) for d in known])
        scores = {score.model: score for score in made.scores if score.origin == cut}
        assert {score.customers for score in scores.values()} == {len(known)}
        for score in scores.values():
            if score.counts is not None:
                assert score.counts.actual == later.sum()
            if score.risk is not None:
                assert score.risk.lost == pytest.approx((later == 0).mean())
        counts, risk = scores[SAME].counts, scores[RECENCY].risk
        assert counts is not None
        assert risk is not None
        assert counts.expected == recent.sum()
        assert counts.mae == pytest.approx(np.abs(recent - later).mean())
        assert risk.brier == pytest.approx(((recent == 0) != (later == 0)).mean())
        weeks = [min(cut + timedelta(days=7 * k), until) for k in range(1, len(made.came[cut]) + 1)]
        assert weeks[-1] == until
        assert made.came[cut] == [
            sum(cut <= day < week for d in known for day in d) for week in weeks
        ]


def test_a_model_is_fitted_to_what_was_known(made: Backtest) -> None:
    days = bought(ORDERS)
    for cut in CUTS:
        last = cut - timedelta(days=1)
        known = [[day for day in d if day < cut] for d in days.values() if d[0] < cut]
        x = np.array([len(d) - 1 for d in known])
        t_x = np.array([(d[-1] - d[0]).days for d in known])
        T = np.array([(last - d[0]).days for d in known])
        until = END if cut == CUTS[1] else CUTS[1]
        for model in (ParetoNBD, MBGNBD):
            fitted = model().fit(x, t_x, T)
            total = fitted.expected_purchases((until - cut).days, x, t_x, T).sum()
            (score,) = [s for s in made.of(model.name) if s.origin == cut]
            assert score.counts is not None
            assert score.counts.expected == pytest.approx(total)
            assert score.tracking[-1] == pytest.approx(total)
            assert score.tracking == sorted(score.tracking)


def test_the_models_beat_the_naive_rules_and_the_best_is_named(made: Backtest) -> None:
    errors = {name: made.mean(name, "rmse") for name in made.models if name != RECENCY}
    models = {name: error for name, error in errors.items() if name != SAME and error}
    close = [name for name in models if models[name] <= min(models.values()) * 1.02]
    assert made.best == min(close, key=lambda name: abs(made.bias_of(name) or 0))
    for figure, naive in (("rmse", SAME), ("brier", RECENCY)):
        ours, theirs = made.mean(made.best, figure), made.mean(naive, figure)
        assert ours is not None
        assert theirs is not None
        assert ours < theirs
    assert made.bias is not None
    assert abs(made.bias) < 0.25
    assert made.models[-2:] == [SAME, RECENCY]


def test_what_comes_after_a_cut_changes_no_forecast_made_at_it(tmp_path: Path) -> None:
    random = np.random.default_rng(8)
    noisy = []
    for row in ORDERS:
        day = row["ordered_at"].date()
        if day >= CUTS[0]:
            shift = timedelta(days=int(random.integers(0, (END - day).days)))
            later = {"ordered_at": row["ordered_at"] + shift, "revenue": row["revenue"] * 3}
            noisy.append({**row, **later})
        else:
            noisy.append(row)
    both = [
        shop(tmp_path / name, orders).forecasts.backtest(origins=2, horizon=6)
        for name, orders in (("as it was", ORDERS), ("noisy", noisy))
    ]
    first = [[s for s in one.scores if s.origin == CUTS[0]] for one in both]
    for a, b in zip(*first, strict=True):
        assert (a.model, a.tracking, a.customers) == (b.model, b.tracking, b.customers)
    came = [one.came[CUTS[0]] for one in both]
    assert came[0] != came[1]


def test_origins_follow_the_records() -> None:
    halves = [date(2024, 7, 1), date(2025, 1, 1), date(2025, 7, 1)]
    quarters = [date(2025, 4, 1), date(2025, 7, 1), date(2025, 10, 1)]
    assert schedule(START, END, None, None) == (halves, 6)
    assert schedule(date(2025, 1, 1), END, None, None) == (quarters, 3)
    assert schedule(START, END, None, 8) == ([date(2024, 9, 1), date(2025, 5, 1)], 8)
    assert schedule(START, date(2026, 3, 31), 1, 1) == ([date(2026, 2, 28)], 1)
    with pytest.raises(KadarError, match="KDR-FCT-050"):
        schedule(START, END, 3, 7)


def test_few_customers_are_no_ground_for_a_forecast(tmp_path: Path) -> None:
    few = shop(tmp_path, [row for row in ORDERS if int(row["customer_id"][1:]) < 90])
    with pytest.raises(KadarError, match=r"KDR-FCT-051.*90 customers") as raised:
        few.forecasts.backtest()
    assert raised.value.exit_code == 1


def test_a_backtest_is_kept_with_its_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work = shop(tmp_path, ORDERS)
    made = work.forecasts.backtest(origins=2)
    monkeypatch.setattr("kadar.forecasts.kept.backtest_orders", None)
    assert work.forecasts.backtest(origins=2) == made
    with pytest.raises(TypeError):
        work.forecasts.backtest(origins=1)
    assert TOML in (tmp_path / "kadar.toml").read_text("utf-8")
