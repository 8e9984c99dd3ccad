"""Publishing: readers get whole versions; nothing changed makes none; three are kept."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from store_rows import load, order, project

from kadar.errors import KadarError
from kadar.project import Company, Project, Source
from kadar.store import Store, Writer
from kadar.store.publish import prune


def derive(connection: duckdb.DuckDBPyConnection, project: Project) -> None:
    """Stand in for the real derivation: a sum over what was loaded."""
    connection.execute("create schema if not exists crm")
    connection.execute(
        "create or replace table crm.total as select count(*) as n, sum(revenue) as revenue "
        "from model.orders"
    )


def publish(writer: Writer, folder: Path, *sources: Source) -> str | None:
    return writer.publish(project(folder, *sources), derive=derive)


def total(store: Store) -> tuple[int, float]:
    reader = store.reader()
    assert reader is not None
    with reader:
        return reader.execute("select n, revenue::double from crm.total").fetchall()[0]


def test_nothing_before_the_first_version(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert (store.current(), store.version(), store.reader()) == (None, None, None)
    with store.writer() as writer:
        assert publish(writer, tmp_path) is None
    assert store.current() is None


def test_readers_see_the_last_version(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.writer() as writer:
        load(writer, [order("1", 5)])
        assert store.current() is None
        assert publish(writer, tmp_path) == "000001-20261101T060000Z"
        assert total(store) == (1, 5.0)  # while the writer has the store open
        load(writer, [order("1", 5), order("2", 6)], on=2)
        assert total(store) == (1, 5.0)
        publish(writer, tmp_path)
        assert total(store) == (2, 11.0)
        load(writer, [order("3")], on=3)  # loaded, never published: nobody sees it
    assert total(store) == (2, 11.0)
    assert store.version() == "000002-20261102T060000Z"


def test_a_version_is_whole_and_read_only(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.writer() as writer:
        load(writer, [order("1", 5), order(None)])
        load(writer, [order("1", 6)], on=2)
        publish(writer, tmp_path)
    file = store.current()
    assert file is not None
    assert not file.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)
    assert not file.with_name(file.name + ".wal").exists()
    with duckdb.connect(str(file), read_only=True) as reader:
        for table, count in (
            ("model.orders", 1),
            ("model.orders__history", 1),
            ("meta.quarantine", 1),
            ("meta.loads", 2),
            ("crm.total", 1),
        ):
            assert reader.execute(f"select count(*) from {table}").fetchall() == [(count,)]
        (version,) = reader.execute("select data_version from meta.version").fetchall()[0]
    assert file.stem == version


def test_nothing_changed_makes_no_version(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.writer() as writer:
        load(writer, [order("1"), order(None)])
        assert publish(writer, tmp_path)
        assert publish(writer, tmp_path) is None
        load(writer, [order("1"), order(None)], on=2)
        assert publish(writer, tmp_path) is None
    with store.writer() as writer:
        assert publish(writer, tmp_path) is None
    assert len(list((tmp_path / "store/published").iterdir())) == 1


def test_settings_that_decide_what_is_derived_make_a_version(tmp_path: Path) -> None:
    with Store(tmp_path).writer() as writer:
        load(writer, [order("1")])
        assert publish(writer, tmp_path)
        moved = Project(tmp_path, Company(time_zone="Asia/Kuala_Lumpur"), [], {})
        assert writer.publish(moved, derive=derive) == "000002-20261101T060000Z"
        assert writer.publish(moved, derive=derive) is None
        first, second = Source("a", "orders"), Source("b", "orders")
        assert publish(writer, tmp_path, first, second)
        assert publish(writer, tmp_path, second, first)  # the first configured wins


def test_three_versions_are_kept(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.writer() as writer:
        for on in range(1, 6):
            load(writer, [order(str(on))], on=on)
            publish(writer, tmp_path)
    kept = sorted(file.stem[:6] for file in (tmp_path / "store/published").iterdir())
    assert kept == ["000003", "000004", "000005"]


def test_prune_never_removes_a_newer_version(tmp_path: Path) -> None:
    published = tmp_path / "published"
    published.mkdir()
    for number in (1, 2, 3, 4, 5, 8, 9):
        (published / f"{number:06d}-x.duckdb").touch()
    (published / "000004-x.partial").touch()
    (published / "notes.txt").touch()
    prune(tmp_path, "000005-x")
    assert sorted(file.stem[:6] for file in published.iterdir()) == [
        "000003",
        "000004",
        "000005",
        "000008",
        "000009",
        "notes",
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps files that are open")
def test_an_open_reader_keeps_its_version(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.writer() as writer:
        load(writer, [order(str(n), 1) for n in range(100)])
        publish(writer, tmp_path)
        reader, file = store.reader(), store.current()
        assert reader is not None
        assert file is not None
        for on in range(2, 7):
            load(writer, [order(str(on))], on=on)
            publish(writer, tmp_path)
        assert not file.exists()
        with reader:
            found = reader.execute("select count(*), sum(revenue)::double from model.orders")
            assert found.fetchall() == [(100, 100.0)]


def test_derived_but_killed_before_the_copy(tmp_path: Path) -> None:
    """A kill between deriving and naming the version: the next run only finishes it."""
    store = Store(tmp_path)
    with store.writer() as writer:
        load(writer, [order("1")])
        version = publish(writer, tmp_path)
    (tmp_path / "store/current").unlink()
    for left in ("whole", "half", "none"):
        file = tmp_path / f"store/published/{version}.duckdb"
        if left != "whole":
            file.unlink()
        if left == "half":
            file.with_suffix(".partial").write_bytes(b"half")

        def never(connection: duckdb.DuckDBPyConnection, project: Project) -> None:
            raise AssertionError("derived again")

        with store.writer() as writer:
            assert writer.publish(project(tmp_path), derive=never) == version
        assert total(store) == (1, 1.0)
        assert [f.name for f in file.parent.iterdir()] == [file.name]
        (tmp_path / "store/current").unlink()


@pytest.mark.parametrize("damage", ["gone", "torn"])
def test_a_damaged_version_is_made_again(tmp_path: Path, damage: str) -> None:
    store = Store(tmp_path)
    with store.writer() as writer:
        load(writer, [order("1")])
        publish(writer, tmp_path)
    file = store.current()
    assert file is not None
    file.unlink()
    if damage == "torn":
        file.write_bytes(b"torn" * 1000)
    with pytest.raises(KadarError, match=f"KDR-STO-009.*{file.name}"):
        store.reader()
    file.unlink(missing_ok=True)  # as the error says
    with store.writer() as writer:
        assert publish(writer, tmp_path) == file.stem
    assert total(store) == (1, 1.0)


def test_a_derivation_that_fails_leaves_the_last_version(tmp_path: Path) -> None:
    store = Store(tmp_path)

    def fails(connection: duckdb.DuckDBPyConnection, project: Project) -> None:
        connection.execute("drop table crm.total")
        raise ValueError("no")

    with store.writer() as writer:
        load(writer, [order("1")])
        publish(writer, tmp_path)
        load(writer, [order("1"), order("2")], on=2)
        with pytest.raises(ValueError, match="no"):
            writer.publish(project(tmp_path), derive=fails)
        assert total(store) == (1, 1.0)
        assert publish(writer, tmp_path)
    assert total(store) == (2, 2.0)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX locks")
def test_the_engine_keeps_its_own_lock_while_publishing(tmp_path: Path) -> None:
    """No other program may open the model after a version was copied from it."""
    with Store(tmp_path).writer() as writer:
        load(writer, [order("1")])
        publish(writer, tmp_path)
        model = tmp_path / "store/model.duckdb"
        code = f"import duckdb; duckdb.connect({str(model)!r})"
        other = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
        assert b"lock" in other.stderr
