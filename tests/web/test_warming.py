"""The site asks ahead after a sync, and only what is not there."""

from __future__ import annotations

from pathlib import Path
from threading import Semaphore
from typing import Any

import pytest
from fastapi.testclient import TestClient

from kadar import asking
from kadar.store import Store
from kadar.warm import warm
from kadar.web import warming
from kadar.web.app import make_app
from tests.web.shop import shop


@pytest.fixture
def warmed(monkeypatch: pytest.MonkeyPatch) -> Semaphore:
    """Counts how often the site has finished warming."""
    finished = Semaphore(0)

    def counted(*given: Any, **named: Any) -> None:
        warm(*given, **named)
        finished.release()

    monkeypatch.setattr(warming, "warm", counted)
    return finished


@pytest.mark.slow
def test_a_new_version_is_warmed_and_a_page_then_needs_no_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, warmed: Semaphore
) -> None:
    workspace = shop(tmp_path)
    with TestClient(make_app(tmp_path)) as client:
        assert warmed.acquire(timeout=240)
        with monkeypatch.context() as forbidden:
            forbidden.setattr(asking.Asking, "answer", None)  # whoever computes now fails
            assert client.get("/").status_code == 200
            assert client.get("/?role=sales&grain=quarter&lang=ms").status_code == 200
        with Store(tmp_path).writer() as writer:
            writer.connection.execute("delete from model.deals where deal_id < 'd2'")
            writer.connection.execute("update meta.version set revision = revision + 1")
            writer.publish(workspace.project)
        assert warmed.acquire(timeout=240)  # the new version: the old answers went
        folders = list((tmp_path / "store" / "results").iterdir())
        assert [one.name for one in folders] == [Store(tmp_path).version()]


def test_warming_again_asks_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = shop(tmp_path)
    warm(workspace)
    monkeypatch.setattr(asking.Asking, "answer", None)
    warm(workspace)
