"""A database is let go of by the sync that opened it, not by whoever collects garbage."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from places import sqlite_place
from sqlalchemy import event
from sqlalchemy.pool import Pool

import kadar.project
from kadar.errors import KadarError
from kadar.sources.database import Database, engine
from kadar.sync import sync

NOW = datetime(2026, 10, 5, 2, tzinfo=UTC)


@pytest.fixture
def open_now() -> Iterator[set[Any]]:
    """The connections that were opened and not closed."""
    found: set[Any] = set()

    def opened(connection: Any, _: Any) -> None:
        found.add(connection)

    def closed(connection: Any, _: Any) -> None:
        found.remove(connection)

    event.listen(Pool, "connect", opened)
    event.listen(Pool, "close", closed)
    yield found
    event.remove(Pool, "connect", opened)
    event.remove(Pool, "close", closed)


@pytest.fixture
def project(tmp_path: Path) -> kadar.project.Project:
    place = sqlite_place(tmp_path)
    place.run("create table firm (id text, name text)")
    place.fill("firm", [(f"c{n}", "Acme") for n in range(9)])
    (tmp_path / "kadar.toml").write_text(
        f'[[sources]]\nname = "shop"\nkind = "database"\noptions.url = "{place.url}"\n'
        "[sources.options.tables.customers]\n"
        'query = "select id as customer_id, name from firm"\n',
        "utf-8",
    )
    return kadar.project.load(tmp_path)


def test_after_a_sync_and_after_a_test(
    project: kadar.project.Project, open_now: set[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    rows = engine.Database.rows

    def watched(*args: Any, **options: Any) -> Any:
        for part in rows(*args, **options):
            seen.append(len(open_now))
            yield part

    monkeypatch.setattr(engine.Database, "rows", watched)
    sync(project, recorded_at=NOW)
    assert set(seen) == {1}
    assert not open_now
    assert Database().test(project, project.sources[0], NOW).readable == {"customers": None}
    assert not open_now


def test_after_a_reading_that_failed_while_its_error_is_still_held(
    project: kadar.project.Project, open_now: set[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "CHUNK", 2)

    held = []

    def fails(step: str, done: int, total: int | None) -> None:
        if open_now and done:
            held.append(ArithmeticError())
            raise held[-1]

    with suppress(ArithmeticError, KadarError):
        sync(project, recorded_at=NOW, progress=fails)
    assert held
    assert held[0].__traceback__
    assert not open_now
