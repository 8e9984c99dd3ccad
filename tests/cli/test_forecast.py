"""`kadar forecast`: figures on any terminal, records for other tools, refusals that say why."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.forecasts.shop import drawn
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
