"""A server that syncs by itself: when, one at a time, and whatever a sync does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from datetime import time as clocktime
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from kadar.errors import KadarError
from kadar.last_sync import LastSync, Synced, keep, last_sync
from kadar.web.syncing import Syncer
from kadar.web.timetable import Timetable, timetable

MINUTE = timedelta(minutes=1)
NEW_YEAR = datetime(2026, 1, 1)  # noqa: DTZ001  (hypothesis gives it its zone)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_every_so_long_from_the_start_on() -> None:
    made = timetable("every", "15m", "UTC")
    now = utc("2026-11-22 09:00")
    assert made.next(None, now) == now
    assert made.next(now, now + MINUTE) == utc("2026-11-22 09:15")
    assert made.next(now, utc("2026-11-22 12:07")) == utc("2026-11-22 12:07")  # late: at once


def test_daily_is_by_the_clock_on_the_companys_wall() -> None:
    made = timetable("daily", "02:30", "Europe/Berlin")
    assert made.next(None, utc("2026-03-27 12:00")) == utc("2026-03-28 01:30")
    # 29 March has no 02:30 there: clocks go from 02:00 to 03:00
    assert made.next(utc("2026-03-28 01:30"), utc("2026-03-28 02:00")) == utc("2026-03-29 01:30")
    # 25 October has it twice: once is enough
    first = made.next(utc("2026-10-24 00:30"), utc("2026-10-24 01:00"))
    assert first == utc("2026-10-25 00:30")
    assert made.next(first, first) == utc("2026-10-26 01:30")


@given(
    st.datetimes(NEW_YEAR, NEW_YEAR.replace(year=2027), timezones=st.just(UTC)),
    st.times(),
    st.sampled_from(["Asia/Kuala_Lumpur", "Europe/Berlin", "America/St_Johns", "UTC"]),
)
def test_daily_is_once_a_local_day(now: datetime, at: object, zone: str) -> None:
    made = Timetable(daily=at.replace(second=0, microsecond=0), zone=ZoneInfo(zone))  # type: ignore[attr-defined]
    moment, days = now, []
    for _ in range(5):
        moment = made.next(moment, moment)
        days.append((moment + MINUTE).astimezone(ZoneInfo(zone)).date())
    assert now < moment
    assert {(b - a).days for a, b in pairwise(days)} <= {1}


@pytest.mark.parametrize(
    "said", [("every", "5s"), ("every", "15"), ("daily", "24:00"), ("at", "9")]
)
def test_other_times_are_refused(said: tuple[str, str]) -> None:
    with pytest.raises(KadarError) as refused:
        timetable(*said, "UTC")
    assert refused.value.code == "KDR-SRC-232"


def until(true: Callable[[], bool], seconds: float = 30) -> None:
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.02)


@contextmanager
def syncing(folder: Path, program: str, every: float = 0.1) -> Iterator[None]:
    """Run a syncer whose syncs are a Python program."""
    command = [sys.executable, "-c", program, str(folder)]
    syncer = Syncer(folder, Timetable(every=timedelta(seconds=every)), lambda _: command)
    syncer.start()
    try:
        yield
    finally:
        syncer.stop()


def test_one_sync_at_a_time(tmp_path: Path) -> None:
    program = """
import pathlib, sys, time
folder = pathlib.Path(sys.argv[1])
running = folder / "running"
with (folder / "log").open("a") as log:
    log.write("twice\\n" if running.exists() else "once\\n")
running.touch()
time.sleep(0.3)  # longer than the interval
running.unlink()
"""
    log = tmp_path / "log"
    with syncing(tmp_path, program):
        until(lambda: log.exists() and log.read_text().count("\n") >= 3)
    assert set(log.read_text().split()) == {"once"}


def test_a_sync_that_dies_is_said_and_the_next_one_comes(tmp_path: Path) -> None:
    program = """
import os, pathlib, signal, sys
with (pathlib.Path(sys.argv[1]) / "log").open("a") as log:
    log.write("x")
os.kill(os.getpid(), signal.SIGKILL)
"""
    log = tmp_path / "log"
    with syncing(tmp_path, program):
        until(lambda: log.exists() and len(log.read_text()) >= 3)
    found = last_sync(tmp_path)
    assert found is not None
    assert found.failure is not None
    assert (found.well, found.failure.code) == (False, "KDR-SRC-233")
    assert "-9" in found.failure.message


def test_a_daily_sync_begins_at_its_time(tmp_path: Path) -> None:
    program = "import pathlib, sys; (pathlib.Path(sys.argv[1]) / 'ran').touch()"
    clock = [utc("2026-11-22 01:59:59")]
    made = Timetable(daily=clocktime(2))
    command = [sys.executable, "-c", program, str(tmp_path)]
    syncer = Syncer(tmp_path, made, lambda _: command, lambda: clock[0])
    syncer.start()
    try:
        time.sleep(0.2)
        assert not (tmp_path / "ran").exists()
        clock[0] = utc("2026-11-22 02:00:01")
        until((tmp_path / "ran").exists)
    finally:
        syncer.stop()


def test_the_server_ends_the_sync_it_started(tmp_path: Path) -> None:
    program = """
import os, pathlib, sys, time
(pathlib.Path(sys.argv[1]) / "pid").write_text(str(os.getpid()))
time.sleep(60)
"""
    pid = tmp_path / "pid"
    began = time.monotonic()
    with syncing(tmp_path, program):
        until(lambda: pid.exists() and pid.read_text() != "")
    assert time.monotonic() - began < 30
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def test_the_page_of_the_data_says_how_the_last_sync_went(client: TestClient, folder: Path) -> None:
    before = client.get("/data").text
    assert "No sync has been noted yet." in before
    began = utc("2026-06-30 08:00")
    sources = [Synced("shop", "orders", "loaded", read=1234, new=1200, quarantined=34)]
    try:
        keep(folder, LastSync(began, began + MINUTE, sources))
        page = client.get("/data").text
        assert "It ended on 2026-06-30 08:01." in page
        assert "1,234" in page
        rows = client.get("/data/last_sync.json").json()
        assert (
            rows["rows"][0]["read"] == 1234 if isinstance(rows, dict) else rows[0]["read"] == 1234
        )
    finally:
        (folder / "store" / "last_sync.json").unlink()


TOML = """
[company]
time_zone = "Asia/Kuala_Lumpur"

[[sources]]
name = "shop"
table = "orders"
path = "orders.csv"
columns = { order_id = "No", ordered_at = "Date", revenue = "Amount", customer_id = "Customer" }
"""


def test_serve_syncs_while_it_serves(tmp_path: Path) -> None:
    """The whole command: what is written to the file is on the page without anybody syncing."""
    (tmp_path / "kadar.toml").write_text(TOML, "utf-8")
    (tmp_path / "orders.csv").write_text("No,Date,Amount,Customer\n1,2026-01-01,5,c1\n", "utf-8")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    said = (tmp_path / "said").open("w", encoding="utf-8")
    server = subprocess.Popen(
        [sys.executable, "-m", "kadar", "serve", "--port", "0", "--sync", "every", "10s",
         "--project", str(tmp_path)],
        stdout=said, stderr=subprocess.STDOUT, env=environment,
    )  # fmt: skip
    try:
        until(lambda: _outcome(tmp_path) == ("loaded", 1), 60)
        (tmp_path / "orders.csv").write_text("No,Date,Amount,Customer\n", "utf-8")
        (tmp_path / "kadar.toml").write_text("no TOML", "utf-8")
        until(lambda: _failed(tmp_path), 60)
        assert server.poll() is None  # it goes on
        server.send_signal(signal.SIGINT)
        assert server.wait(30) in (0, 130)
    finally:
        server.kill()
        server.wait()
        said.close()


def _outcome(folder: Path) -> tuple[str, int] | None:
    found = last_sync(folder)
    return (found.sources[0].outcome, found.sources[0].new) if found and found.sources else None


def _failed(folder: Path) -> bool:
    found = last_sync(folder)
    return found is not None and not found.well
