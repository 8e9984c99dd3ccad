"""The site asks ahead after a sync, and only what is not there."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from kadar import asking
from kadar.store import Store
from kadar.warm import warm
from kadar.web.app import make_app
from tests.web.shop import shop


def kept(folder: Path) -> int:
    return len(list((folder / "store" / "results").rglob("*.msgpack")))


def settled(folder: Path, more_than: int) -> int:
    """Wait until the answers kept are more than so many and no more come; return their number."""
    before, count, until = -1, kept(folder), time.monotonic() + 120
    while (count <= more_than or count != before) and time.monotonic() < until:
        before = count
        time.sleep(2)
        count = kept(folder)
    return count


def test_a_new_version_is_warmed_and_a_page_then_needs_no_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = shop(tmp_path)
    with TestClient(make_app(tmp_path)) as client:
        assert settled(tmp_path, 20) > 20
        with monkeypatch.context() as forbidden:
            forbidden.setattr(asking.Asking, "answer", None)  # whoever computes now fails
            assert client.get("/").status_code == 200
            assert client.get("/?role=sales&grain=quarter&lang=ms").status_code == 200
        with Store(tmp_path).writer() as writer:
            writer.connection.execute("delete from model.deals where deal_id < 'd2'")
            writer.connection.execute("update meta.version set revision = revision + 1")
            writer.publish(workspace.project)
        assert settled(tmp_path, 20) > 20  # of the new version: the old ones went
        folders = list((tmp_path / "store" / "results").iterdir())
        assert [one.name for one in folders] == [Store(tmp_path).version()]


def test_warming_again_asks_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = shop(tmp_path)
    warm(workspace)
    monkeypatch.setattr(asking.Asking, "answer", None)
    warm(workspace)
