"""The site makes ahead after a sync, and only what is not there."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest
from fastapi.testclient import TestClient

from kadar import asking
from kadar.store import Store
from kadar.warm import warm
from kadar.web import app, warming
from kadar.web.app import make_app
from kadar.workspace import Workspace
from tests.companies import company
from tests.web.conftest import DEALS


def _company(folder: Path) -> Workspace:
    return company(folder, toml='name = "Acme"\nobserved_until = "2026-06-30"', deals=DEALS)


@pytest.fixture
def asked_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody looked at is not made ahead."""
    monkeypatch.setattr(warming, "questions", lambda *given, **named: iter(()))
    monkeypatch.setattr(app, "_usual", lambda site: iter(()))


def _publish(workspace: Workspace) -> None:
    """Publish another version, in which half of the deals are gone."""
    with Store(workspace.project.folder).writer() as writer:
        writer.connection.execute("delete from model.deals where deal_id < 'd2'")
        writer.connection.execute("update meta.version set revision = revision + 1")
        writer.publish(workspace.project)


def _until(holds: Callable[[], bool], seconds: float = 240) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def _idle(client: TestClient) -> Callable[[], bool]:
    """Return whether the site has nothing more to make."""
    warmer = client.app.state.site.warmer  # type: ignore[attr-defined]
    return lambda: warmer.idle == client.app.state.site.state  # type: ignore[attr-defined]


@pytest.mark.slow
def test_a_new_version_is_warmed_and_a_page_then_needs_no_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = _company(tmp_path)
    with TestClient(make_app(tmp_path)) as client:
        _until(_idle(client))
        with monkeypatch.context() as forbidden:
            forbidden.setattr(asking.Asking, "answer", None)  # whoever computes now fails
            assert client.get("/?role=sales&grain=quarter&lang=ms").status_code == 200
            client.cookies.clear()
            forbidden.setattr(asking.Asking, "__init__", None)  # nor is the data opened
            assert client.get("/").status_code == 200
            assert client.get("/kpi/win_rate").status_code == 200
        _publish(workspace)
        results = tmp_path / "store" / "results"  # of the new version: the old answers went
        _until(lambda: [one.name for one in results.iterdir()] == [Store(tmp_path).version()])


@pytest.mark.usefixtures("asked_only")
def test_after_a_sync_readers_see_the_page_of_before_until_it_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = _company(tmp_path)
    with TestClient(make_app(tmp_path), raise_server_exceptions=False) as client:
        _until(_idle(client))
        path = "/kpi/win_rate/series.json?grain=quarter"
        before = client.get(path).json()
        hindered = Event()
        made = asking.Asking.answer

        def slow(*given: object, **named: object) -> object:
            assert hindered.wait(60)
            return made(*given, **named)  # type: ignore[arg-type]

        monkeypatch.setattr(asking.Asking, "answer", slow)
        _publish(workspace)
        assert client.get(path).json() == before  # at once, though nothing can be made
        assert client.get("/api/v1/data").json()["data_version"] != before["data_version"]
        hindered.set()
        _until(lambda: client.get(path).json()["data_version"] != before["data_version"])
        assert client.get(path).json()["rows"] != before["rows"]


@pytest.mark.usefixtures("asked_only")
def test_the_version_before_is_shown_for_a_minute_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = _company(tmp_path)
    with TestClient(make_app(tmp_path)) as client:
        _until(_idle(client))
        path = "/kpi/win_rate/series.json"
        before = client.get(path).json()
        monkeypatch.setattr(warming, "GRACE", 0.0)
        _publish(workspace)
        assert client.get(path).json()["data_version"] == Store(tmp_path).version()
        assert client.get(path).json()["data_version"] != before["data_version"]


def test_warming_again_asks_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = _company(tmp_path)
    warm(workspace)
    monkeypatch.setattr(asking.Asking, "answer", None)
    warm(workspace)
