"""The scoreboard: whole periods against whole periods, targets, refusals."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

import kadar
from kadar.scoreboard import Line, scoreboard
from kadar.web.app import make_app
from tests.cli.conftest import CONVERTED, WON, Run
from tests.companies import at, company


@pytest.fixture
def lines(acme: Path) -> dict[str, Line]:
    return {line.kpi.name: line for line in scoreboard(kadar.open(acme)).lines}


def test_last_whole_month_against_the_one_before(lines: dict[str, Line]) -> None:
    line = lines["win_rate"]
    assert line.now is not None
    assert line.before is not None
    assert (line.now.opens, line.before.opens) == (date(2026, 5, 1), date(2026, 4, 1))
    assert line.change == pytest.approx((WON[5] - WON[4]) / 10)
    assert line.improved


def test_sparkline_ends_with_the_month_shown(lines: dict[str, Line]) -> None:
    assert lines["win_rate"].history == tuple(WON[month] / 10 for month in range(1, 6))


def test_cohort_that_has_not_had_its_time_is_not_shown(lines: dict[str, Line]) -> None:
    line = lines["lead_conversion_rate"]
    assert line.now is not None
    assert line.now.opens == date(2026, 2, 1)
    assert line.now.value == CONVERTED[2] / 10
    assert line.change == pytest.approx((CONVERTED[2] - CONVERTED[1]) / 10)


def test_no_incomplete_period_is_compared_at_any_grain(acme: Path) -> None:
    workspace = kadar.open(acme)
    for grain in ("week", "month", "quarter"):
        for line in scoreboard(workspace, grain=grain).lines:
            for row in (line.now, line.before):
                assert row is None or (row.complete and row.mature), (grain, line.kpi.name)
            if line.skipped:
                assert line.change is not None
                assert line.history[-2] is None
            elif line.now and line.before:
                assert line.before.closes == line.now.opens


def test_target_is_met_or_missed_by_the_better_side(lines: dict[str, Line]) -> None:
    assert lines["win_rate"].met is True
    assert lines["lead_conversion_rate"].met is False
    assert lines["first_response_time"].met is None


def test_kpis_the_data_cannot_carry_say_why(lines: dict[str, Line], run: Run, acme: Path) -> None:
    assert lines["nps"].refused is not None
    assert lines["nps"].now is None
    done = run("ask", "--project", acme)
    assert done.code == 0
    assert "Net promoter score: the data has no surveys.answered_at" in done.out


def test_shown_in_one_table(run: Run, acme: Path) -> None:
    done = run("ask", "--project", acme)
    whole = done.out.partition("the first 15 days")[0].splitlines()
    (win_rate,) = [line for line in whole if line.startswith("Win rate")]
    for part in ("2026-05", "40.0%", "16.8 to 68.7", "+10.0 pp", "35.0% ✓"):
        assert part in win_rate
    (leads,) = [line for line in whole if line.startswith("Lead conversion")]
    assert "50.0% ✗" in leads


def test_fits_a_narrow_terminal(run: Run, acme: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    done = run("ask", "--project", acme)
    table = done.out.partition("\n\n")[2].partition("\n\n")[0]
    assert max(map(len, table.splitlines())) <= 80
    assert "+10.0 pp" in table


def test_all_at_once_as_rows(run: Run, acme: Path) -> None:
    import json

    done = run("ask", "--format", "json", "--project", acme)
    assert done.code == 0
    rows = {row["kpi"]: row for row in json.loads(done.out)}
    assert {"win_rate", "lead_conversion_rate"} <= set(rows)
    assert "nps" not in rows  # its columns are not there
    won = rows["win_rate"]
    assert (won["opens"], won["previous_opens"], won["verdict"]) == (
        "2026-05-01", "2026-04-01", "noise",
    )  # fmt: skip
    assert won["to_date_closes"] == "2026-06-16"
    assert won["to_date_change"] == pytest.approx((WON[6] - WON[5]) / 10)


def test_to_date_stands_below(run: Run, acme: Path) -> None:
    """All ten deals of each month are closed by the 12th: whole months, by chance."""
    done = run("ask", "--project", acme)
    assert "the first 15 days" in done.out
    below = done.out.partition("the first 15 days")[2]
    (win_rate,) = [line for line in below.splitlines() if line.startswith("Win rate")]
    for part in ("90.0%", "40.0%", "+50.0 pp"):
        assert part in win_rate


def test_compared_with_the_month_before(run: Run, acme: Path) -> None:
    done = run("ask", "win_rate", "--compare", "previous", "--project", acme)
    (may,) = [line for line in done.out.splitlines() if line.startswith("2026-05")]
    for part in ("40.0%", "30.0%", "+10.0 pp", "noise"):
        assert part in may
    assert "Test: two proportions (Fisher, mid-p)." in done.out
    import csv
    import io

    made = run("ask", "win_rate", "--compare", "previous", "--format", "csv", "--project", acme)
    last = list(csv.DictReader(io.StringIO(made.out)))[-1]
    assert (last["complete"], last["change"], last["verdict"]) == ("false", "", "")


def waves(tmp_path: Path, *months: int) -> Path:
    """A company that asks its customers in the months given, and knows May to its end."""
    answers = [
        {"kind": "nps", "answered_at": at(f"2026-{month:02}-{day:02}"), "score": 6 + month}
        for month in months
        for day in range(1, 21)
    ]
    company(tmp_path, toml='observed_until = "2026-05-31"', surveys=answers)
    return tmp_path


def test_between_waves_of_a_survey_nothing_is_compared_but_the_waves(
    tmp_path: Path, run: Run
) -> None:
    """January's 20 passives and May's 20 promoters: no answer in the months between."""
    folder = waves(tmp_path, 1, 5)
    (nps,) = (one for one in scoreboard(kadar.open(folder)).lines if one.kpi.name == "nps")
    assert nps.now is not None
    assert nps.before is not None
    assert (nps.now.opens, nps.before.opens) == (date(2026, 5, 1), date(2026, 1, 1))
    assert (nps.change, nps.skipped) == (100, True)
    assert nps.changed is not None
    assert nps.changed.verdict == "signal"
    said = run("ask", "--project", folder).out
    assert "Net promoter score: the change is since 2026-01, the last before" in said
    with TestClient(make_app(folder, warming=False)) as client:
        assert "since 2026-01" in client.get("/").text


def test_months_that_follow_one_another_name_no_period(tmp_path: Path, run: Run) -> None:
    folder = waves(tmp_path, 4, 5)
    assert "the change is since" not in run("ask", "--project", folder).out
    with TestClient(make_app(folder, warming=False)) as client:
        page = client.get("/").text
    assert "Net promoter score" in page
    assert "since 2026-04" not in page
