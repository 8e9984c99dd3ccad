"""One writer at a time: the second waits, or is told who holds the store."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer

import pytest
from plain_kind import made, run, write

from kadar.errors import FAILED, KadarError
from kadar.store import Store
from kadar.store.lock import Holder

HOLD = """
import sys
from kadar.store import Store
with Store(sys.argv[1]).writer():
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def another_writer(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Let another process hold the store until its standard input is closed."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        if process.poll() is None:
            process.kill()


def test_the_second_is_told_who_holds_it(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with another_writer(tmp_path) as process:
        with pytest.raises(KadarError, match="KDR-STO-001") as caught, store.writer():
            pass
        assert caught.value.exit_code == FAILED
        who = store.held_by()
        assert who is not None
        assert (who.pid, who.host) == (process.pid, os.uname().nodename)
        assert str(process.pid) in caught.value.sentence()
        assert who.since in caught.value.sentence()
        assert str(tmp_path) in who.command
    with store.writer():  # the holder was killed: the system let go of its lock
        mine = store.held_by()
        assert mine is not None
        assert mine.pid == os.getpid()
    assert store.held_by() is None


def test_the_second_waits_as_long_as_it_said(tmp_path: Path) -> None:
    with another_writer(tmp_path):
        began = time.monotonic()
        asked: list[Holder | None] = []
        with (
            pytest.raises(KadarError, match="KDR-STO-001"),
            Store(tmp_path).writer(wait=0.3, waiting=asked.append),
        ):
            pass
        assert 0.3 <= time.monotonic() - began < 5
        assert len(asked) == 1


def test_the_second_goes_on_once_the_first_is_done(tmp_path: Path) -> None:
    with another_writer(tmp_path) as process:
        assert process.stdin is not None
        release = Timer(0.3, process.stdin.close)
        release.start()
        with Store(tmp_path).writer(wait=20) as writer:
            assert writer.new_load() == 1
        release.join()


def test_readers_do_not_ask_who_writes(tmp_path: Path) -> None:
    write(tmp_path, "shop", {"1": 10})
    run(made(tmp_path, ("shop", "orders")), 1)
    with another_writer(tmp_path):  # for as long as it likes
        reader = Store(tmp_path).reader()
        assert reader is not None
        with reader:
            found = reader.execute("select order_id, revenue::double from model.orders")
            assert found.fetchall() == [("1", 10.0)]


def test_two_writers_of_one_process(tmp_path: Path) -> None:
    with (
        Store(tmp_path).writer(),
        pytest.raises(KadarError, match="KDR-STO-001"),
        Store(tmp_path).writer(),
    ):
        pass


def test_a_model_file_open_elsewhere_is_an_error_with_a_way_out(tmp_path: Path) -> None:
    with Store(tmp_path).writer():
        pass
    hold = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); input()"
    file = str(tmp_path / "store/model.duckdb")
    with subprocess.Popen(
        [sys.executable, "-c", hold, file], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with (
            pytest.raises(KadarError, match=r"KDR-STO-004.*model\.duckdb"),
            Store(tmp_path).writer(),
        ):
            pass
        process.communicate(b"\n")
    with Store(tmp_path).writer():
        pass
