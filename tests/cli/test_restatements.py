"""`kadar restatements`: tables for people, records for other tools."""

from __future__ import annotations

import json
from csv import DictReader
from io import StringIO
from pathlib import Path

import duckdb
import pytest

from tests.cli.conftest import Run
from tests.synced import Synced


@pytest.fixture(scope="module")
def restated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One deal of three edited, one late, after the report."""
    made = Synced(tmp_path_factory.mktemp("restated"), {"deals": ("closed_at", "outcome")})
    made.company += '\ntime_zone = "Asia/Kuala_Lumpur"'
    deals = [
        {"deal_id": str(number), "closed_at": f"2026-03-{number:02}", "outcome": "lost"}
        for number in range(1, 5)
    ]
    made.sync("2026-04-01", deals=deals[:3])
    made.sync("2026-04-09", deals=[{**deals[0], "outcome": "won"}, *deals[1:]])
    return made.folder


ASKED = ("restatements", "win_rate", "--period", "2026-03", "--from-as-of", "2026-04-01")


def test_a_table_tells_causes_and_records(run: Run, restated: Path) -> None:
    done = run(*ASKED, "--history", "--project", restated)
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert lines[:2] == ["Win rate, 2026-03", "0.0% (2026-04-01) → 25.0% (now): +25.0 pp"]
    assert ["records", "edited", "0.0%", "33.3%", "+33.3", "pp", "1", "1"] in map(str.split, lines)
    assert "deals 1   deals    2026-04-09 20:00   outcome: lost → won" in done.out
    assert "deals 4" in done.out
    assert "exchange rates" not in done.out
    assert ["2026-04-09", "20:00", "0.0%", "25.0%", "deals"] in map(str.split, lines)


def test_machine_formats_agree(run: Run, restated: Path, tmp_path: Path) -> None:
    said = json.loads(run(*ASKED, "--format", "json", "--project", restated).out)
    assert [(one["cause"], one["before"], one["after"]) for one in said[:2]] == [
        ("edited", 0.0, 1 / 3), ("late", 1 / 3, 0.25)]  # fmt: skip
    assert len(said) == 8
    assert said[0]["since"] == "2026-04-02T00:00:00+08:00"
    assert said[0]["until"] is None
    listed = json.loads(run(*ASKED, "--records", "--format", "json", "--project", restated).out)
    assert [(one["cause"], one["table"], one["key"]) for one in listed] == [
        ("edited", "deals", {"deal_id": "1"}), ("late", "deals", {"deal_id": "4"}),
    ]  # fmt: skip
    assert listed[0]["columns"] == {"outcome": ["lost", "won"]}
    for extra, rows in (([], 8), (["--records"], 2), (["--history"], 1)):
        text = run(*ASKED, *extra, "--format", "csv", "--project", restated).out
        file = tmp_path / f"made{rows}.parquet"
        done = run(*ASKED, *extra, "--format", "parquet", "--output", file, "--project", restated)
        assert done.code == 0, done.err
        with duckdb.connect() as connection:
            stored = connection.read_parquet(str(file))
            assert len(text.splitlines()) == rows + 1
            assert stored.columns == text.splitlines()[0].split(",")
            written = list(DictReader(StringIO(text)))
            causes = [row["cause"] for row in written if "cause" in row]
            kept = stored.project("cause").fetchall() if causes else []
            assert [cause for (cause,) in kept] == causes
            assert len(stored) == rows


def test_refusals_have_their_codes(run: Run, restated: Path) -> None:
    done = run(*ASKED, "--to-as-of", "2026-03-31", "--project", restated)
    assert done.code == 1  # nothing was known by then
    assert "KDR-ASK-011" in done.err
    done = run(*ASKED, "--to-as-of", "2026-04-01", "--project", restated)
    assert (done.code, "KDR-RST-001" in done.err) == (2, True)
    both = run(*ASKED, "--records", "--history", "--format", "csv", "--project", restated)
    assert (both.code, "KDR-RST-005" in both.err) == (2, True)


def test_it_speaks_the_readers_language(run: Run, restated: Path) -> None:
    assert "rekod disunting" in run(*ASKED, "--language", "ms", "--project", restated).out
    assert "修改的记录" in run(*ASKED, "--language", "zh_CN", "--project", restated).out
