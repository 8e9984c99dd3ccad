"""`kadar sync`: its log for machines, and folders that are watched."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest

from kadar.store import Store
from tests.cli.conftest import Run

TOML = """
[company]
time_zone = "Asia/Kuala_Lumpur"
currency = "MYR"

[[sources]]
name = "shop"
table = "orders"
path = "drop/*.csv"
columns = { order_id = "No", ordered_at = "Date", revenue = "Amount", customer_id = "Customer" }
"""
HEAD = "No,Date,Amount,Customer\n"


def rows(first: int, count: int) -> str:
    return "".join(
        f"{n},2026-01-{1 + n % 28:02},{n}.50,c{n % 7}\n" for n in range(first, first + count)
    )


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "drop").mkdir()
    (tmp_path / "kadar.toml").write_text(TOML, "utf-8")
    return tmp_path


def lines(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def test_the_log_says_every_step_as_json(run: Run, shop: Path) -> None:
    (shop / "drop" / "a.csv").write_text(HEAD + rows(1, 10) + "x,no day,1,c1\n", "utf-8")
    done = run("sync", "--log", "json", "--project", shop, "--language", "ms")
    said = lines(done.out)
    assert done.code == 0
    assert [one["step"] for one in said if one["step"] != "work"] == [
        "begin", "source", "version", "check", "end",
    ]  # fmt: skip
    (source,) = [one for one in said if one["step"] == "source"]
    counted = {name: source[name] for name in ("outcome", "read", "new", "quarantined", "error")}
    assert counted == {
        "outcome": "loaded", "read": 11, "new": 10, "quarantined": 1, "error": None,
    }  # fmt: skip
    assert said[0]["sources"] == ["shop"]
    assert any(one.get("source") == "shop" for one in said if one["step"] == "work")
    assert said[-1]["exit"] == 0
    assert all(one["at"].endswith("Z") for one in said)


def test_a_source_that_fails_is_in_the_log_and_in_the_exit_code(run: Run, shop: Path) -> None:
    done = run("sync", "--log", "json", "--project", shop)
    said = lines(done.out)
    (source,) = [one for one in said if one["step"] == "source"]
    assert (source["outcome"], source["error"]["code"]) == ("failed", "KDR-FIL-001")
    assert (done.code, said[-1]["exit"]) == (3, 3)


def test_a_store_that_is_busy_ends_the_log_with_why(
    run: Run, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shop / "drop" / "a.csv").write_text(HEAD + rows(1, 3), "utf-8")
    original = Store.writer
    monkeypatch.setattr(
        Store, "writer", lambda self, wait=0, waiting=None: original(self, 0.1, waiting)
    )
    with original(Store(shop)):
        done = run("sync", "--log", "json", "--project", shop)
    said = lines(done.out)
    assert [one["step"] for one in said] == ["begin", "wait", "error", "end"]
    assert said[2]["code"] == "KDR-STO-001"
    assert (done.code, said[-1]["exit"]) == (3, 3)


def test_an_unknown_log_is_refused(run: Run, shop: Path) -> None:
    done = run("sync", "--log", "xml", "--project", shop)
    assert (done.code, "KDR-SRC-231" in done.err) == (2, True)


@contextmanager
def watching(shop: Path) -> Iterator[subprocess.Popen[str]]:
    """Run `kadar sync --watch` as a user does."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    # tests that run in the background ignore Ctrl-C, and so would the process
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with (shop / "said").open("w", encoding="utf-8") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "kadar", "sync", "--watch", "--project", str(shop)],
            stdout=said, stderr=subprocess.STDOUT, env=environment, text=True,
        )  # fmt: skip
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def until(true: Callable[[], bool], shop: Path, seconds: float = 60) -> None:
    ends = time.monotonic() + seconds
    while not true():
        said = (shop / "said").read_text("utf-8")
        assert time.monotonic() < ends, said
        assert "Traceback" not in said, said
        time.sleep(0.1)


def orders(shop: Path) -> int | None:
    file = Store(shop).current()
    if file is None:
        return None
    with duckdb.connect(str(file), read_only=True) as connection:
        (count,) = connection.execute("select count(*) from crm.orders").fetchone() or (None,)
        return count


def test_ctrl_c_is_told_from_other_errors_of_the_engine(
    run: Run, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DuckDB raises this in place of KeyboardInterrupt; when it does so is not to be timed."""
    (shop / "drop" / "a.csv").write_text(HEAD + rows(1, 3), "utf-8")
    monkeypatch.setattr(Store, "writer", _raising(RuntimeError("Query interrupted")))
    assert run("sync", "--project", shop).code == 130
    assert run("sync", "--watch", "--project", shop).code == 0
    monkeypatch.setattr(Store, "writer", _raising(RuntimeError("anything else")))
    with pytest.raises(RuntimeError, match="anything else"):
        run("sync", "--project", shop)


def _raising(error: Exception) -> Callable[..., Any]:
    def fails(*_: object, **__: object) -> Any:
        raise error

    return fails


def test_a_watched_folder_is_read_when_files_are_whole_and_never_before(shop: Path) -> None:
    (shop / "drop" / "a.csv").write_text(HEAD + rows(1, 5), "utf-8")
    seen = set()
    with watching(shop) as process:
        until(lambda: orders(shop) == 5, shop)
        with (shop / "drop" / "b.csv").open("w", encoding="utf-8") as slow:
            slow.write(HEAD)
            for first in range(100, 106):  # a line every half second
                slow.write(rows(first, 1))
                slow.flush()
                time.sleep(0.5)
                seen.add(orders(shop))
        assert seen == {5}
        until(lambda: orders(shop) == 11, shop)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    said = (shop / "said").read_text("utf-8")
    assert "drop/b.csv" in said
    assert said.rstrip().endswith("No longer watching.")
    assert sorted(path.name for path in (shop / "drop").iterdir()) == ["a.csv", "b.csv"]
