"""Killed at any moment: the last good version stands, and running again finishes the job."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
from plain_kind import made, run, write

from kadar.model import TABLES
from kadar.store import Store

PROGRAM = Path(__file__).with_name("plain_kind.py")
SOURCES = ("shop=orders", "lines=order_lines")
ROWS = 10_000
# A sync killed within one step begins again and is killed within the next.
STEPS = (
    "shop: landing",
    "shop: loading",
    "shop: loading",
    "lines: landing",
    "lines: loading",
    "deriving",
    "publishing",
)


def sync_elsewhere(folder: Path, on: int) -> subprocess.Popen[str]:
    """Start a sync in a process of its own; it prints its steps."""
    command = [sys.executable, str(PROGRAM), str(folder), str(on), *SOURCES]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def killed_after(folder: Path, step: str, seconds: float) -> bool:
    """Start a sync and kill it so long after it began `step`; tell whether it got that far."""
    with sync_elsewhere(folder, 2) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.strip() == step:
                time.sleep(seconds)
                process.kill()
                break
    return process.returncode != 0


def everything(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return all that the store knows, without load ids: those of killed loads are never used."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    store = Store(folder)
    reader = store.reader()
    assert reader is not None
    with reader:
        for name in (table + end for table in TABLES for end in ("", "__history")):
            found[name] = digest(reader, f"model.{name}")
        found["quarantine"] = reader.execute(
            "select columns(* exclude (load_id))::varchar from meta.quarantine_now order by all"
        ).fetchall()
        found["totals"] = totals(reader)
    with duckdb.connect(str(folder / "store/landing.duckdb"), read_only=True) as landing:
        for source in ("shop", "lines"):
            name = f'raw."{source}"'
            found[name] = landing.execute(
                f"select _file, _content, count(*), count(distinct _row) from {name} "
                "group by all order by all"
            ).fetchall()
    return found


def digest(reader: duckdb.DuckDBPyConnection, table: str) -> list[tuple[Any, ...]]:
    query = (
        f"select count(*), sum(hash(t)::hugeint) from (select columns(*)::varchar from {table}) t"
    )
    return reader.execute(query).fetchall()


def totals(reader: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    return reader.execute(
        "select * from crm.orders_total union all select * from crm.order_lines_total"
    ).fetchall()


def test_killed_again_and_again(tmp_path: Path) -> None:
    chance = random.Random(20261122)
    begun = tmp_path / "begun"
    begun.mkdir()
    project = made(begun, ("shop", "orders"), ("lines", "order_lines"))
    for name in ("shop", "lines"):
        write(begun, name, dict.fromkeys(map(str, range(ROWS)), 1))
    run(project, 1)
    before = everything(begun)
    for name in ("shop", "lines"):  # a third each: unchanged, changed, gone; some new, some bad
        rows: dict[str, Any] = {str(key): 1 + key % 2 for key in range(ROWS // 3, ROWS * 4 // 3)}
        write(begun, name, rows | {"bad": "x"})

    undisturbed, killed = tmp_path / "undisturbed", tmp_path / "killed"
    for copy in (undisturbed, killed):
        shutil.copytree(begun, copy)
    sync_elsewhere(undisturbed, 2).communicate()
    after = everything(undisturbed)
    assert after["totals"] != before["totals"]

    deaths = []
    for step in STEPS:
        if deaths and not deaths[-1]:  # it was quicker than the kill: begin anew
            shutil.rmtree(killed)
            shutil.copytree(begun, killed)
        deaths.append(killed_after(killed, step, chance.uniform(0, 0.02)))
        reader = Store(killed).reader()
        assert reader is not None
        with reader:
            assert totals(reader) in (before["totals"], after["totals"])
    assert sum(deaths) >= len(STEPS) // 2, deaths
    sync_elsewhere(killed, 2).communicate()
    assert everything(killed) == after
    files = [file.name for file in (killed / "store/published").iterdir()]
    assert sorted(file[:6] + file[-7:] for file in files) == ["000001.duckdb", "000002.duckdb"]


def test_killed_within_the_transaction_of_a_load(tmp_path: Path) -> None:
    """Whatever a load did before its commit is not there afterwards."""
    folder = tmp_path / "one"
    folder.mkdir()
    write(folder, "shop", {str(key): 1 for key in range(1000)})
    run(made(folder, ("shop", "orders")), 1)
    code = f"""
import os, signal, sys
sys.path.insert(0, {str(PROGRAM.parent)!r})
from kadar.store import Store
with Store({str(folder)!r}).writer() as writer:
    c = writer.connection
    c.execute("begin")
    c.execute("delete from model.orders")
    c.execute("insert into model.orders (order_id, source, recorded_at) "
              "select i, 'x', now() from range(300000) r(i)")
    c.execute("update meta.version set revision = revision + 1")
    os.kill(os.getpid(), signal.SIGKILL)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -9
    with Store(folder).writer() as writer:
        found = writer.connection.execute(
            "select count(*), min(source), (select revision from meta.version) from model.orders"
        ).fetchall()
    assert found == [(1000, "shop", 1)]
    assert [path.name for path in (folder / "store").glob("*.holder")] == []
