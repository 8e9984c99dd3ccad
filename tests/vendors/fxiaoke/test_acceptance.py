"""Fxiaoke: repeated and killed syncs end where one calm load ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.vendors import acceptance
from tests.vendors.fxiaoke.company import CASE


def test_repeated_syncs_end_as_one_load(tmp_path: Path) -> None:
    made = acceptance.runs_end_as_one_load(CASE, tmp_path)
    assert len(made["deals"]) == 11
    assert len(made["customers"]) == 6


def test_kills_lose_nothing(tmp_path: Path) -> None:
    acceptance.kills_lose_nothing(CASE, tmp_path)


def test_no_secret_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    acceptance.no_secret_is_told(CASE, tmp_path, caplog)
