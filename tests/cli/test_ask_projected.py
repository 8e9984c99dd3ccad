"""`kadar ask --projected`: the final rate beside the one to date."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kadar.cli import main
from tests.kpis.test_waiting import leads


def test_the_projection_stands_beside_what_is_not_mature(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    work = leads(tmp_path)
    final = work.ask("lead_conversion_rate", variant="projected", since="2026-06-01").rows[0]
    assert final.value is not None
    asked = ["ask", "lead_conversion_rate", "--project", str(tmp_path), "--language", "en"]
    assert main([*asked, "--projected"]) == 0
    shown = capsys.readouterr().out
    june = next(line for line in shown.splitlines() if "Jun 2026" in line or "2026-06" in line)
    assert f"{final.value * 100:.1f}" in june
    assert main(asked) == 0
    assert "projected" not in capsys.readouterr().out


def test_as_data_the_projections_are_rows_of_their_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    leads(tmp_path)
    asked = ["ask", "lead_conversion_rate", "--project", str(tmp_path), "--format", "json"]
    assert main([*asked, "--projected"]) == 0
    rows = json.loads(capsys.readouterr().out)
    rows = rows if isinstance(rows, list) else rows["rows"]
    unfinished = [r["opens"] for r in rows if r["variant"] == "default" and not r["mature"]]
    assert [r["opens"] for r in rows if r["variant"] == "projected"] == unfinished
    assert len(unfinished) == 3


def test_a_value_not_known_yet_is_shown_by_what_it_is_at_least(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    leads(tmp_path)
    asked = ["ask", "lead_conversion_rate", "--variant", "censored", "--language", "en"]
    assert main([*asked, "--project", str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    assert "≥" in shown
    assert "Still waiting:" in shown


def test_projections_are_not_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    leads(tmp_path, 20)
    asked = ["ask", "lead_conversion_rate", "--projected", "--compare", "previous"]
    assert main([*asked, "--project", str(tmp_path)]) == 2
    assert "KDR-ASK-040" in capsys.readouterr().err
