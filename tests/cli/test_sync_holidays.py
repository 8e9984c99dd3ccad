"""A country without holidays is named with its line by what writes, whatever reading spares."""

from __future__ import annotations

from pathlib import Path

import pytest

from kadar.cli import main


def test_sync_names_the_line_of_an_unknown_country(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "kadar.toml").write_text('[company]\nname = "A"\nholidays = "XX"\n', "utf-8")
    assert main(["sync", "--project", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert "KDR-PRJ-013" in said
    assert "line 3" in said
