"""KPIs ahead: learnt from whole mature periods alone, beside the answers; refusals; command."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from kadar.errors import KadarError
from kadar.workspace import Workspace
from tests.cli.conftest import Run, run
from tests.companies import company
from tests.forecasts.shop import TOML, drawn, shop

__all__ = ["run"]


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return shop(tmp_path_factory.mktemp("shop"), drawn(), kpi="[kpi.revenue]\ntarget = 9000\n")


def test_it_goes_on_from_the_whole_periods(work: Workspace) -> None:
    made = work.forecasts.kpi("revenue", horizon=4)
    (line,) = made.lines
    asked = [(r.opens, r.value) for r in work.ask("revenue")]
    assert [(p.opens, p.value) for p in line.known] == asked
    assert len(asked) == 24
    assert [p.opens for p in line.ahead] == [date(2026, m, 1) for m in range(1, 5)]
    assert line.ahead[-1].closes == date(2026, 5, 1)
    assert line.outlook is not None
    assert min(score.mae for score in line.outlook.scores) == line.outlook.scores[0].mae
    for period in line.ahead:
        assert period.expected is not None
        assert 0 <= period.expected.lower <= period.value <= period.expected.upper
    assert line.target is not None
    assert (line.target.target, line.target.met) == (9000, asked[-1][1] >= 9000)
    records = list(made)
    assert len(records) == 28
    assert [r["forecast"] for r in records] == [False] * 24 + [True] * 4


def test_groups_have_lines_of_their_own(work: Workspace) -> None:
    made = work.forecasts.kpi("revenue", horizon=2, by=["country"])
    assert [line.dimensions for line in made.lines] == [{"country": "MY"}, {"country": "SG"}]
    alone = work.forecasts.kpi("revenue", horizon=2, where={"country": "SG"}).lines[0]
    assert made.lines[1].ahead == alone.ahead


def test_quarters_go_on_as_quarters(work: Workspace) -> None:
    with pytest.raises(KadarError, match="KDR-FCT-072"):
        work.forecasts.kpi("revenue", grain="quarter", horizon=2)
    weeks = work.forecasts.kpi("revenue", grain="week", horizon=3).lines[0]
    last = weeks.known[-1].closes
    assert [p.opens for p in weeks.ahead][-3:] == [last + timedelta(days=7 * k) for k in range(3)]


def test_what_is_not_known_for_good_is_forecast_not_learnt(tmp_path: Path) -> None:
    """Leads have 90 days to convert: the last three months are forecast, and then the horizon."""
    leads = [
        {
            "created_at": datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=day),
            "converted_at": datetime(2024, 1, 4, tzinfo=UTC) + timedelta(days=day)
            if day % (5 + day % 3) == 0
            else None,
            "customer_id": f"c{day}" if day % (5 + day % 3) == 0 else None,
        }
        for day in range(731)
    ]
    work = company(tmp_path, toml=TOML, leads=leads)
    made = work.forecasts.kpi("lead_conversion_rate", horizon=2)
    (line,) = made.lines
    mature = [r for r in work.ask("lead_conversion_rate") if r.complete and r.mature]
    assert [p.opens for p in line.known] == [r.opens for r in mature]
    assert line.known[-1].opens < date(2025, 11, 1)
    assert line.ahead[0].opens == line.known[-1].closes
    assert line.ahead[-1].opens == date(2026, 2, 1)
    assert all(p.expected and p.expected.upper <= 1 for p in line.ahead)


def test_what_cannot_be_forecast(work: Workspace) -> None:
    for code, asked in {
        "KDR-FCT-070": {"grain": "all"},
        "KDR-FCT-071": {"horizon": 0},
        "KDR-FCT-072": {"horizon": 60},
    }.items():
        with pytest.raises(KadarError) as raised:
            work.forecasts.kpi("revenue", **asked)  # type: ignore[arg-type]
        assert raised.value.code == code


def test_the_command(run: Run, work: Workspace) -> None:
    folder = work.project.folder
    shown = run("forecast", "kpi", "revenue", "--horizon", "3", "--project", folder)
    assert shown.code == 0, shown.err
    assert "80 % interval" in shown.out
    assert "mean absolute error" in shown.out
    assert "past forecasts" in shown.out
    assert "Target MYR9,000" in shown.out
    told = run("forecast", "kpi", "revenue", "--horizon", "3", "--format", "csv",
               "--project", folder)  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(told.out)))
    assert [row["opens"] for row in rows[-3:]] == ["2026-01-01", "2026-02-01", "2026-03-01"]
    assert {row["forecast"] for row in rows} == {"true", "false"}
    unnamed = run("forecast", "kpi", "--project", folder)
    assert (unnamed.code, "KDR-FCT-062" in unnamed.err) == (2, True)
    extra = run("forecast", "clv", "revenue", "--project", folder)
    assert (extra.code, "KDR-FCT-062" in extra.err) == (2, True)
    said = run("forecast", "kpi", "revenue", "--language", "ms", "--project", folder)
    assert "ramalan lalu" in said.out
