"""What every connector must stand: repeated and killed syncs end where one calm load ends."""

from __future__ import annotations

import atexit
import logging
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest

import kadar.project
from kadar.sources.live import Live
from kadar.sources.live.landing import Landing
from kadar.sources.live.session import Session
from kadar.store import Store
from kadar.store.writer import Writer
from kadar.sync import SyncReport, sync
from tests.vendors.standin import Standin

FIRST = datetime.fromisoformat("2026-10-05T02:00:00+00:00")
SEEDS = 50


class Killed(BaseException):
    """The process was killed here: nothing after it ran."""


@dataclass(frozen=True)
class Case:
    """One connector with a stand-in that has records, and what happens to them afterwards.

    `changes` are three rounds of edits, deletions and merges in the stand-in; syncs come a day
    apart from `FIRST`. `kept` names tables whose rows tell of the past (stages seen from run to
    run), which one load at the end cannot know.
    """

    kind: type[Live]
    name: str  # of the kind, as its entry point
    standin: Callable[[], Standin]
    options: Callable[[Any], Mapping[str, object]]
    secrets: Mapping[str, str]
    changes: Sequence[Callable[[Any], object]]
    toml: str = 'time_zone = "Asia/Kuala_Lumpur"\ncurrency = "MYR"'
    kept: Sequence[str] = ()
    custom: str = ""  # further lines under the source


@dataclass
class Run:
    """A project of a case, and the stand-in it reads."""

    case: Case
    standin: Any
    folder: Path
    reports: list[SyncReport] = field(default_factory=list)

    def make(self) -> Run:
        """Write the project."""
        options = ", ".join(
            f"{name} = {_toml(value)}" for name, value in self.case.options(self.standin).items()
        )
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "kadar.toml").write_text(
            f'[company]\n{self.case.toml}\n[[sources]]\nname = "crm"\nkind = "{self.case.name}"\n'
            f"options = {{ {options} }}\n{self.case.custom}\n",
            "utf-8",
        )
        return self

    def sync(self, day: float) -> SyncReport:
        """Sync once; the vendor's waits are skipped. A source that fails fails the test."""
        report = self.try_sync(day)
        for one in report.failed:
            raise AssertionError(one.error)
        return report

    def try_sync(self, day: float) -> SyncReport:
        """Sync once, whatever comes of it."""
        project = kadar.project.load(self.folder)
        with environment(self.case.secrets), pytest.MonkeyPatch.context() as patch:
            patch.setattr("kadar.sync.definitions", lambda project: [])  # a second of every sync
            report = sync(
                project,
                recorded_at=FIRST + timedelta(days=day),
                kinds=lambda _: self._kind(),
                derive=lambda connection, project: None,
            )
        self.reports.append(report)
        return report

    def fetch(self, day: float) -> list[str]:
        """Land what the system says, as the first half of a sync does; return what it says."""
        project = kadar.project.load(self.folder)
        with environment(self.case.secrets), Store(self.folder).writer() as writer:
            return self._kind().fetch(
                writer.connection,
                project,
                project.sources[0],
                writer.new_load(),
                FIRST + timedelta(days=day),
            )

    def _kind(self) -> Live:
        kind = type(self.case.kind.__name__, (self.case.kind,), {"pause": staticmethod(_nothing)})
        kind.folder = property(lambda _: self.case.kind().folder)  # type: ignore[attr-defined]
        return kind()

    def standing(self) -> list[tuple[Any, ...]]:
        """Return object, key and record of every landed record that stands now."""
        with opened(self.folder / "store" / "landing.duckdb") as made:
            return made.execute(
                "select _file, key, arg_max(record, _row) from raw.crm group by all "
                "having not arg_max(deleted, _row) order by all"
            ).fetchall()

    def tables(self, but: Sequence[str] = ()) -> dict[str, list[tuple[Any, ...]]]:
        """Return the rows of every table of the model, sorted, without when they were learnt."""
        with opened(self.folder / "store" / "model.duckdb") as made:
            names = made.execute(
                "select table_name from duckdb_tables() where schema_name = 'model' "
                "and not contains(table_name, '__history') order by 1"
            ).fetchall()
            return {
                name: sorted(
                    made.execute(f"select * exclude (recorded_at) from model.{name}").fetchall(),
                    key=repr,
                )
                for (name,) in names
                if name not in but
            }

    def ledger(self) -> list[tuple[Any, ...]]:
        """Return object, kept, and the number of distinct records standing, of each object."""
        with opened(self.folder / "store" / "landing.duckdb") as made:
            return made.execute(
                "select object, arg_max(kept, ended_at), (select count(*) from (select "
                "arg_max(deleted, _row) d from raw.crm r where r._file = l.object "
                "group by key) where not d) from main.ledger l group by object order by object"
            ).fetchall()


@contextmanager
def opened(file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a database of a store, to look into it."""
    made = _looking()
    made.execute(f"attach '{file}' as here (read_only); use here; set TimeZone = 'UTC'")
    try:
        yield made
    finally:
        made.execute("use memory; detach here")


@cache
def _looking() -> duckdb.DuckDBPyConnection:
    """Return the engine that looks into stores; to start one takes longer than the look."""
    atexit.register(_looking.cache_clear)
    return duckdb.connect()


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {_toml(v)}" for name, v in value.items()) + " }"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _nothing(seconds: float) -> None:
    return None


@contextmanager
def environment(secrets: Mapping[str, str]) -> Iterator[None]:
    """Give the source `crm` its secrets."""
    names = {f"KADAR_CRM_{name.upper()}": value for name, value in secrets.items()}
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(names)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def runs_end_as_one_load(case: Case, folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Load, then sync after each round of changes; the same as one load at the end. Returns it."""
    with case.standin() as standin:
        run = Run(case, standin, folder / "many").make()
        run.sync(0)
        for day, change in enumerate(case.changes, 1):
            change(standin)
            run.sync(day)
        once = Run(case, standin, folder / "once").make()
        once.sync(len(case.changes))
        made, expected = run.tables(case.kept), once.tables(case.kept)
        assert any(made.values())
        for name, rows in expected.items():
            assert made[name] == rows, name
        for object_, kept, standing in run.ledger():
            assert kept == standing, object_
        return run.tables()


def kills_lose_nothing(case: Case, folder: Path, seeds: int = SEEDS) -> None:
    """Kill at random points, of the first load and of each later one; go on; compare.

    What stands in landing decides all else, so most seeds are killed and compared while they
    fetch; every ninth runs, dies and is compared as a whole sync.
    """
    chance = random.Random(8)
    rounds = len(case.changes) + 1
    survived = 0
    with case.standin() as standin:
        run = Run(case, standin, folder / "calm").make()
        for day in range(rounds):
            if day:
                case.changes[day - 1](standin)
            before = folder / "before"
            shutil.rmtree(before, ignore_errors=True)
            shutil.copytree(run.folder, before)
            with ticking() as clock:
                run.sync(day)
            all_ticks = clock.ticks
            rows, standing = run.tables(), run.standing()
            for seed in range(day, seeds, rounds):
                struck = Run(case, standin, folder / f"killed-{seed}")
                shutil.copytree(before, struck.folder)
                whole = seed % 9 == 0
                do, ticks = (struck.sync, all_ticks) if whole else (struck.fetch, clock.fetching)
                with ticking(chance.randrange(ticks)), suppress(Killed):
                    do(day)
                    survived += 1  # the calm one was slower, and so committed more often
                do(day)
                said = f"seed {seed}, round {day}"
                assert struck.standing() == standing, said
                assert not whole or struck.tables() == rows, said
                for object_, kept, there in struck.ledger():
                    assert kept == there, f"{said}: {object_}"
                shutil.rmtree(struck.folder)
        assert survived <= seeds / 5


@dataclass
class Clock:
    """Counts the moments at which a sync could be killed, and kills it at one of them."""

    dies_at: int | None
    ticks: int = 0
    fetching: int = 0  # of them before anything was loaded

    def tick(self, owner: type) -> None:
        """Pass one of those moments."""
        self.ticks += 1
        self.fetching += owner is not Writer
        if self.dies_at is not None and self.ticks > self.dies_at:
            raise Killed


@contextmanager
def ticking(dies_at: int | None = None) -> Iterator[Clock]:
    """Count, and strike, before and after every request, commit and load."""
    clock = Clock(dies_at)
    with pytest.MonkeyPatch.context() as patch:
        for owner, name in (
            (Session, "send"),
            (Landing, "begin"),
            (Landing, "take"),
            (Landing, "finish"),
            (Writer, "load"),
            (Writer, "publish"),
        ):
            patch.setattr(owner, name, _ticked(owner, getattr(owner, name), clock))
        yield clock


def _ticked(owner: type, function: Callable[..., Any], clock: Clock) -> Callable[..., Any]:
    def ticked(*given: Any, **more: Any) -> Any:
        clock.tick(owner)
        made = function(*given, **more)
        clock.tick(owner)
        return made

    return ticked


def real_kills_lose_nothing(case: Case, folder: Path, times: int = 3) -> None:
    """Kill -9 the process of a first load after a while; go on; compare with a calm load."""
    program = (
        "import sys, kadar.project\n"
        "from datetime import datetime\n"
        "from kadar.sync import sync\n"
        "sync(kadar.project.load(sys.argv[1]), recorded_at=datetime.fromisoformat(sys.argv[2]), "
        "derive=lambda connection, project: None)\n"
    )
    with case.standin() as standin:
        calm = Run(case, standin, folder / "calm").make()
        calm.sync(0)
        for turn in range(times):
            struck = Run(case, standin, folder / f"struck-{turn}").make()
            names = {f"KADAR_CRM_{name.upper()}": v for name, v in case.secrets.items()}
            process = subprocess.Popen(
                [sys.executable, "-c", program, str(struck.folder), FIRST.isoformat()],
                env={**os.environ, **names},
            )
            asked = len(standin.log)
            while process.poll() is None and len(standin.log) < asked + 2 + 3 * turn:
                time.sleep(0.005)
            process.kill()
            process.wait()
            struck.sync(0)
            assert struck.tables() == calm.tables()


def no_secret_is_told(case: Case, folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Log everything there is to log; no secret is in it, in the store or in a failure's text."""
    with caplog.at_level(logging.DEBUG), case.standin() as standin:
        run = Run(case, standin, folder / "told").make()
        run.sync(0)
        standin.fail(r".", status=400, times=10_000, body=b"refused")
        failed = run.try_sync(1).failed
        assert failed
        told = caplog.text + "".join(f"{one.error} {one.notes}" for one in failed)
        for secret in case.secrets.values():
            assert secret not in told
            assert secret not in "".join(standin.log)
            for file in run.folder.rglob("*"):
                if file.is_file() and file.parent.name != "given":
                    assert secret.encode() not in file.read_bytes(), file
