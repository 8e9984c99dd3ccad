"""`kadar forecast`: figures on any terminal, records for other tools, refusals that say why."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.forecasts.shop import bought, drawn, order
from tests.forecasts.shop import shop as made_shop


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    made_shop(folder, drawn())
    return folder


def test_a_backtest_sets_each_model_beside_the_naive_rules(run: Run, shop: Path) -> None:
    arguments = ("forecast", "backtest", "--origins", "2", "--project", shop)
    shown = run(*arguments)
    assert shown.code == 0, shown.err
    for name in ("Pareto/NBD", "BG/NBD", "MBG/NBD", "NBD", "same as last period", "recency rule"):
        assert name in shown.out
    assert shown.out.count(" *") == 1
    told = run(*arguments, "--format", "json")
    rows = json.loads(told.out)
    assert len(rows) == 2 * 6
    assert {row["origin"] for row in rows} == {"2025-01-01", "2025-07-01"}
    counted = [row for row in rows if row["bias"] is not None]
    assert len(counted) == 2 * 5
    for row in counted:
        assert row["bias"] == pytest.approx(row["expected"] / row["actual"] - 1)
    weeks = run(*arguments, "--weekly", "--format", "csv")
    table = list(csv.DictReader(io.StringIO(weeks.out)))
    assert [int(row["week"]) for row in table[:3]] == [1, 2, 3]
    last = {row["origin"]: float(row["came"]) for row in table}
    actual = {row["origin"]: row["actual"] for row in counted}
    assert last == actual


def test_what_cannot_be_forecast_is_refused(run: Run, shop: Path, acme: Path) -> None:
    unknown = run("forecast", "weather", "--project", shop)
    assert (unknown.code, "KDR-FCT-060" in unknown.err) == (2, True)
    short = run("forecast", "backtest", "--origins", "3", "--horizon", "9", "--project", shop)
    assert (short.code, "KDR-FCT-050" in short.err) == (1, True)
    nothing = run("forecast", "backtest", "--project", acme)
    assert (nothing.code, "KDR-FCT-011" in nothing.err) == (1, True)


def test_an_option_that_would_be_passed_over_is_refused(run: Run, shop: Path) -> None:
    for what, option, value in (
        ("clv", "--horizon", "12"),
        ("churn", "--origins", "2"),
        ("backtest", "--where", "country=MY"),
        ("churn", "--grain", "week"),
    ):
        refused = run("forecast", what, option, value, "--project", shop)
        assert (refused.code, "KDR-ASK-090" in refused.err) == (2, True), option
        assert option in refused.err
    for option in ("--limit", "--origins", "--horizon"):
        assert run("forecast", "backtest", option, "0", "--project", shop).code == 2


def test_a_target_is_read_as_people_write_it(run: Run, shop: Path) -> None:
    arguments = ("forecast", "kpi", "repeat_purchase_rate", "--grain", "month", "--horizon", "2",
                 "--project", shop, "--target")  # fmt: skip
    shown = [run(*arguments, text) for text in ("0.45", "45%", "45")]
    assert [one.code for one in shown] == [0, 0, 0], shown[0].err
    assert "Target 45.0%" in shown[0].out
    assert shown[0].out == shown[1].out == shown[2].out
    assert "KDR-REC-003" in run(*arguments, "many").err


def test_customers_by_value_and_by_risk(run: Run, shop: Path) -> None:
    shown = run("forecast", "clv", "--project", shop)
    assert shown.code == 0, shown.err
    assert "280 more rows" in shown.out  # 300 customers, 20 of them in a table
    record = next(line for line in shown.out.splitlines() if line.startswith("All purchases"))
    assert "95 % interval" in record
    assert "total bias of past forecasts" in record
    assert "correlation" in shown.out  # of spend and frequency
    rows = json.loads(run("forecast", "clv", "--format", "json", "--project", shop).out)
    assert len(rows) == 300
    assert [row["clv"] for row in rows] == sorted((r["clv"] for r in rows), reverse=True)
    days = bought(drawn())
    for row in rows:
        mine = days[row["customer_id"]]
        assert row["frequency"] == len(mine) - 1
        assert row["recency"] == (mine[-1] - mine[0]).days
        assert row["T"] == (date(2025, 12, 31) - mine[0]).days
        assert row["purchases_low"] <= row["purchases_high"]
        each = row["clv"] / row["expected_purchases"]  # discounted; a mean may pass a quantile
        assert row["clv_low"] == pytest.approx(each * row["purchases_low"])
        assert row["clv_high"] == pytest.approx(each * row["purchases_high"])
        assert 0 < row["probability_no_purchase"] < 1
    once = [row["probability_no_purchase"] for row in rows if row["frequency"] == 0]
    assert min(once) > 0.2  # who bought once is at risk, whatever a P(alive) says
    few = run("forecast", "churn", "--limit", "5", "--format", "json", "--project", shop)
    risky = json.loads(few.out)
    stakes = sorted((r["clv"] * r["probability_no_purchase"] for r in rows), reverse=True)
    assert [row["at_stake"] for row in risky] == pytest.approx(stakes[:5])
    for row in risky:
        silent = (date(2025, 12, 31) - days[row["customer_id"]][-1]).days
        assert f"{silent} days ago" in row["reason"]


def test_groups_and_filters_are_sums_of_the_customers(run: Run, shop: Path) -> None:
    told = run("forecast", "clv", "--by", "country", "--format", "json", "--project", shop)
    groups = {row["country"]: row for row in json.loads(told.out)}
    for country in ("MY", "SG"):
        kept = run("forecast", "clv", "--where", f"country={country}", "--format", "csv",
                   "--project", shop)  # fmt: skip
        rows = list(csv.DictReader(io.StringIO(kept.out)))
        assert groups[country]["customers"] == len(rows) == 150
        total = sum(float(row["clv"]) for row in rows)
        assert groups[country]["clv_total"] == pytest.approx(total)
        assert groups[country]["clv"] == pytest.approx(total / 150)
    refused = run("forecast", "clv", "--by", "segment", "--project", shop)
    assert (refused.code, "KDR-FCT-061" in refused.err) == (1, True)


def test_no_forecast_without_a_backtest_unless_forced(run: Run, tmp_path: Path) -> None:
    early = [row for row in drawn() if row["ordered_at"].date() < date(2024, 3, 20)]
    made_shop(
        tmp_path, drawn_in_weeks(early), toml='currency = "MYR"\nobserved_until = "2024-03-20"'
    )
    plain = run("forecast", "clv", "--project", tmp_path)
    assert (plain.code, "KDR-FCT-05" in plain.err) == (1, True)
    forced = run("forecast", "clv", "--force", "--project", tmp_path)
    assert forced.code == 0, forced.err
    assert "Not tested: the records are too short for a backtest." in forced.out


def drawn_in_weeks(orders: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The orders, and enough new customers with a second purchase to learn from."""
    more = [
        order(f"c{1000 + i}", date(2024, 1, 20) + timedelta(days=i % 20 + gap), 50.0 + i)
        for i in range(100)
        for gap in ((0, 15 + i % 7) if i % 3 == 0 else (0,))
    ]
    return [*orders, *more]
