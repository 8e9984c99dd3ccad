"""Readers while a sync writes: no error, and every answer belongs wholly to one version."""

from __future__ import annotations

import pytest

pytest.importorskip("fastapi", reason="the dashboard is not installed: pip install 'kadar[web]'")

from benchmarks.readers import run


@pytest.mark.slow
def test_no_answer_mixes_two_versions() -> None:
    seen, syncs = run(readers=6, seconds=10, least=3)
    assert seen.errors == []
    assert syncs > 2
    assert len(seen.seconds) > 20
    assert len({version for _, version in seen.rows}) > 1
    assert all(len(rows) == 1 for rows in seen.rows.values())
