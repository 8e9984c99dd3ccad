"""Which test a KPI's change has, and the verdicts of answers and boards."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from kadar.catalogue import catalogue
from kadar.errors import KadarError
from kadar.insight.comparison import (
    Counts,
    NoTest,
    OfIntervals,
    Proportions,
    Ranks,
    Resampling,
    Waves,
    chosen,
)
from kadar.scoreboard import scoreboard
from kadar.workspace import Workspace
from tests.companies import at, company

KINDS = {
    ("cac", "default"): Counts,
    ("lead_conversion_rate", "default"): Proportions,
    ("sales_conversion_rate", "default"): Proportions,
    ("win_rate", "default"): Proportions,
    ("win_rate", "by_value"): Resampling,
    ("win_rate", "with_overdue"): Proportions,
    ("sales_cycle_length", "default"): Ranks,
    ("retention_rate", "default"): Proportions,
    ("retention_rate", "net_revenue"): Resampling,
    ("churn_rate", "default"): Proportions,
    ("churn_rate", "daily"): OfIntervals,
    ("interactions_per_customer", "default"): Resampling,
    ("nps", "default"): Waves,
    ("nps", "per_account"): Resampling,
    ("csat", "default"): Proportions,
    ("first_response_time", "default"): Ranks,
    ("first_response_time", "mean"): Resampling,
    ("resolution_time", "p90"): Ranks,
    ("clv", "default"): Resampling,
    ("margin_per_customer", "default"): Resampling,
    ("margin_per_customer", "rate"): Resampling,
    ("revenue", "default"): Resampling,
    ("new_customers", "default"): Counts,
    ("spend", "default"): NoTest,
    ("backlog", "default"): NoTest,
    ("active_customers", "default"): NoTest,
    ("pipeline_velocity", "default"): OfIntervals,
}


@pytest.mark.parametrize(("kpi", "variant"), KINDS)
def test_the_formula_calls_for_its_test(kpi: str, variant: str) -> None:
    assert type(chosen(catalogue(None)[kpi].formula(variant))) is KINDS[kpi, variant]


HOURS = {m: np.random.default_rng(m).lognormal(1, 1, 60) for m in (4, 5, 6)}
HOURS[5] *= 3
WON = {4: 30, 5: 55, 6: 20}  # of a hundred; of June's fifty
PAID = {m: np.random.default_rng(m).lognormal(4, 1, 40) for m in (4, 5, 6)}


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return company(
        tmp_path_factory.mktemp("comparison"),
        toml='currency = "MYR"\nobserved_until = "2026-06-20"',
        deals=[
            {"created_at": at(f"2026-{m:02}-01"), "closed_at": at(f"2026-{m:02}-{1 + i % 15:02}"),
             "outcome": "won" if i < won else "lost", "channel": ("web", "fair")[i % 2]}
            for m, won in WON.items() for i in range(100 if m < 6 else 50)
        ],
        tickets=[
            {"created_at": at(f"2026-{m:02}-02"),
             "responded_at": at(f"2026-{m:02}-02") + np.timedelta64(round(3600 * h), "s").item()}
            for m, hours in HOURS.items() for h in hours
        ],
        orders=[
            {"ordered_at": at(f"2026-{m:02}-03"), "customer_id": f"{m}-{i}", "revenue": round(x, 2),
             "cost": 0}
            for m, paid in PAID.items() for i, x in enumerate(paid)
        ],
        surveys=[
            {"kind": "nps", "answered_at": at(f"2026-{m:02}-04"), "score": 10 if i < 2 else 3}
            for m in (4, 5) for i in range(5)
        ],
    )  # fmt: skip


def test_changes_of_an_answer(acme: Workspace) -> None:
    made = acme.changes(["win_rate", "first_response_time", "nps"], since="2026-05-01")
    found = {
        (row.kpi, row.opens.month): one for row, one in zip(made.answer, made.changes, strict=True)
    }
    deals = found["win_rate", 5]
    assert deals is not None
    pearson = stats.chi2_contingency([[30, 70], [55, 45]], correction=False).statistic
    assert deals.p == pytest.approx(stats.chi2.sf(pearson * 199 / 200, 1))
    assert (deals.value, deals.verdict) == (pytest.approx(0.25), "signal")
    # Newcombe's method 10 from Wilson's limits, worked out with statsmodels' figures
    low = [stats.binomtest(k, 100).proportion_ci(method="wilson") for k in (30, 55)]
    assert deals.lower == pytest.approx(
        0.25 - ((0.55 - low[1].low) ** 2 + (low[0].high - 0.30) ** 2) ** 0.5
    )
    tickets = found["first_response_time", 5]
    assert tickets is not None
    seconds = [np.floor(np.round(3600 * HOURS[m])) / 3600 for m in (4, 5)]
    assert tickets.p == pytest.approx(stats.mannwhitneyu(*seconds, method="asymptotic").pvalue)
    few = found["nps", 5]
    assert few is not None
    assert (few.verdict, few.p) == ("n too small", None)
    assert found["win_rate", 6] is None  # not complete


def test_to_date_the_running_period_is_compared(acme: Workspace) -> None:
    made = acme.changes("win_rate", to_date=True)
    last = made.changes[-1]
    assert last is not None
    assert (last.before.closes, last.after.closes) == (date(2026, 5, 21), date(2026, 6, 21))
    assert last.value == pytest.approx(0.4 - 0.55)


def test_each_group_is_compared_with_itself(acme: Workspace) -> None:
    made = acme.changes("win_rate", by=["channel"], since="2026-05-01", until="2026-06-01")
    assert [one.before.dimensions for one in made.changes if one] == [
        {"channel": "fair"}, {"channel": "web"},
    ]  # fmt: skip


def test_a_year_ago_there_was_nothing(acme: Workspace) -> None:
    assert set(acme.changes("win_rate", against="year-ago").changes) == {None}


def test_unknown_comparisons_are_refused(acme: Workspace) -> None:
    with pytest.raises(KadarError) as error:
        acme.changes("win_rate", against="forecast")
    assert error.value.code == "KDR-ASK-032"
    with pytest.raises(KadarError) as error:
        acme.changes("win_rate", grain="all")
    assert error.value.code == "KDR-ASK-033"


def test_the_board_has_whole_months_and_to_date(acme: Workspace) -> None:
    board = scoreboard(acme)
    lines = {line.kpi.name: line for line in board.lines}
    assert board.elapsed is not None
    assert board.elapsed.days == 20
    deals = lines["win_rate"]
    assert deals.changed is not None
    assert deals.changed.verdict == "signal"
    assert deals.to_date is not None
    assert deals.to_date.after.value == 0.4
    assert lines["nps"].changed is not None
    assert lines["nps"].changed.verdict == "n too small"
    again = scoreboard(acme)  # kept
    assert [line.changed for line in again.lines] == [line.changed for line in board.lines]
    record = next(one for one in board.records() if one["kpi"] == "win_rate")
    assert record["to_date_change"] == pytest.approx(-0.15)
    assert json.dumps(record, default=str)


def test_flat_traffic_is_noise_on_the_board(tmp_path: Path) -> None:
    """Ten orders a day for ever: to date nothing changed, and so it says."""
    work = company(
        tmp_path,
        toml='currency = "EUR"\nobserved_until = "2026-03-19T15:00:00+00:00"',
        orders=[
            {"ordered_at": at(f"2026-{m:02}-{d:02} 09:00"), "customer_id": f"c{i}", "revenue": 9,
             "cost": 4}
            for m, days in ((1, 31), (2, 28), (3, 19)) for d in range(1, days + 1)
            for i in range(10)
        ],
    )  # fmt: skip
    lines = {line.kpi.name: line for line in scoreboard(work).lines}
    margin = lines["margin_per_customer"].to_date
    assert margin is not None
    assert (margin.value, margin.p, margin.verdict) == (0.0, 1.0, "noise")
    assert (margin.before.value, margin.after.value) == (90.0, 90.0)
