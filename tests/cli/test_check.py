"""`kadar check`: which findings make a pipeline stop."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.companies import at, company

TOML = 'observed_until = "2026-05-31"'


@pytest.fixture(scope="module")
def doubtful(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a company with one deal closed before it was created, and nothing broken."""
    folder = tmp_path_factory.mktemp("doubtful")
    deals = [
        {"deal_id": "D1", "created_at": at("2026-05-01"), "closed_at": at("2026-05-09"),
         "outcome": "won"},
        {"deal_id": "D2", "created_at": at("2026-05-20"), "closed_at": at("2026-05-09"),
         "outcome": "lost"},
    ]  # fmt: skip
    company(folder, toml=TOML, deals=deals)
    return folder


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ([], 0),  # nothing is broken
        (["--fail-on", "broken"], 0),
        (["--fail-on", "doubtful"], 1),
        (["--fail-on", "doubtful", "--allow", "1"], 0),
        (["--fail-on", "told"], 1),  # the KPIs that the data cannot carry, too
        (["--fail-on", "told", "--allow", "1"], 1),
        (["--fail-on", "never"], 0),
        (["--only", "stale_deals", "--fail-on", "doubtful"], 0),
        (["--only", "ends_before_begins", "--fail-on", "doubtful"], 1),
        (["--fail-on", "grave"], 2),
        (["--only", "nothing"], 2),
    ],
)
def test_the_gate_is_where_it_is_put(
    run: Run, doubtful: Path, options: list[str], code: int
) -> None:
    done = run("check", *options, "--project", doubtful)
    assert done.code == code, done
    if code == 2:
        assert "KDR-CHK-03" in done.err


def test_only_the_checks_named_are_run(run: Run, doubtful: Path) -> None:
    asked = ["--only", "ends_before_begins", "--only", "stale_deals", "--format", "json"]
    listed = json.loads(run("check", *asked, "--project", doubtful).out)
    assert [(one["check"], one["code"]) for one in listed] == [
        ("ends_before_begins", "KDR-CHK-009")
    ]
    everything = json.loads(run("check", "--format", "json", "--project", doubtful).out)
    assert {one["check"] for one in everything} >= {"ends_before_begins", "missing_columns"}


def test_the_project_s_own_gate_holds_unless_told_otherwise(
    run: Run, doubtful: Path, tmp_path: Path
) -> None:
    deals = [{"created_at": at("2026-05-20"), "closed_at": at("2026-05-09"), "outcome": "lost"}]
    company(tmp_path, toml=TOML, kpi='[checks]\nfail_on = "doubtful"', deals=deals)
    assert run("check", "--project", tmp_path).code == 1
    assert run("check", "--fail-on", "broken", "--project", tmp_path).code == 0
    assert run("check", "--allow", "1", "--project", tmp_path).code == 0
