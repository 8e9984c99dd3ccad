"""A database read again and again, killed at random points: as if it had been read once, calmly."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from kadar.sources.database import Database, engine
from tests.vendors import acceptance
from tests.vendors.acceptance import Case


class ShopFile:
    """A SQLite database with deals and customers; times of changes only grow."""

    def __enter__(self) -> ShopFile:
        self._folder = TemporaryDirectory()
        self.file = Path(self._folder.name) / "shop.sqlite"
        self.run("create table deal (id, firm, amount, changed)", "create table firm (id, name)")
        self.run(*(f"insert into firm values ('c{n}', 'Firm {n}')" for n in range(9)))
        self.run(*(f"insert into deal values ({n}, 'c{n % 9}', {n}.25, {n})" for n in range(60)))
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    def run(self, *statements: str) -> None:
        connection = sqlite3.connect(self.file)
        with connection:
            for statement in statements:
                connection.execute(statement)
        connection.close()


def _first(shop: ShopFile) -> None:
    shop.run(
        "update deal set amount = 1, changed = 100 where id % 7 = 0",
        "delete from deal where id % 11 = 5",
        "insert into deal values (200, 'c1', 5, 101), (201, 'c2', 6, null)",
    )


def _second(shop: ShopFile) -> None:
    shop.run("insert into deal values (5, 'c0', 9, 150)", "delete from firm where id = 'c8'")


def _third(shop: ShopFile) -> None:
    shop.run(
        "update deal set firm = 'c7', changed = 180 where firm = 'c8'",
        "delete from deal where id < 3",
    )


CASE = Case(
    kind=Database,
    name="database",
    standin=ShopFile,  # type: ignore[arg-type]
    options=lambda shop: {
        "url": f"sqlite:///{shop.file}",
        "tables": {
            "deals": {
                "query": "select id as deal_id, firm as customer_id, amount, changed from deal",
                "increment": "changed",
                "overlap": 20,
            },
            "customers": "select id as customer_id, name from firm",
        },
    },
    secrets={},
    changes=(_first, _second, _third),
)


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let readings have many points to be killed at."""
    monkeypatch.setattr(engine, "CHUNK", 8)
    monkeypatch.setattr("kadar.sources.live.live.ROWS", 8)


def test_repeated_syncs_end_as_one_load(tmp_path: Path) -> None:
    made = acceptance.runs_end_as_one_load(CASE, tmp_path)
    deals: dict[str, Any] = {row[0]: row for row in made["deals"]}
    # 60, less those of 11n + 5 (of which 5 came back) and 0, 1, 2; and two more
    gone = {5, 16, 27, 38, 49} - {5} | {0, 1, 2}
    assert set(deals) == {str(n) for n in {*range(60), 200, 201} - gone}
    assert {row[1] for row in made["deals"]} == {f"c{n}" for n in range(8)}


def test_kills_lose_nothing(tmp_path: Path) -> None:
    acceptance.kills_lose_nothing(CASE, tmp_path)
