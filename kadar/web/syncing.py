"""Syncs that a server starts by itself, one at a time, each in a process of its own.

Whatever a sync does, however it dies, the server goes on; what it published is seen as any other
version is.
"""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

from kadar.errors import FAILED, KadarError
from kadar.language import N_
from kadar.last_sync import Failure, LastSync, keep, last_sync
from kadar.web.timetable import Timetable

log = logging.getLogger("kadar.web")
TURN = 30.0  # seconds waited at most before the clock is looked at again
GRACE = 10.0  # seconds a sync has to end when the server does, before it is killed


def command(folder: Path) -> list[str]:
    """Return the command that syncs a project."""
    return [sys.executable, "-m", "kadar", "sync", "--log", "json", "--project", str(folder)]


def _now() -> datetime:
    return datetime.now(UTC)


class Syncer:
    """A thread that syncs a project by a timetable, from `start` until `stop`."""

    def __init__(
        self,
        folder: Path,
        timetable: Timetable,
        command: Callable[[Path], Sequence[str]] = command,
        now: Callable[[], datetime] = _now,
    ) -> None:
        self._folder, self._timetable = folder, timetable
        self._command, self._now = command, now
        self._stopped = Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._thread = Thread(target=self._run, name="kadar-syncer", daemon=True)

    def start(self) -> None:
        """Begin to wait for the next time."""
        self._thread.start()

    def stop(self) -> None:
        """Start nothing more; a sync under way ends soon, and the next one goes on."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        due = self._timetable.next(None, self._now())
        while not self._stopped.is_set():
            wait = (due - self._now()).total_seconds()
            if wait > 0:  # in short turns: the clock may be set, the computer may sleep
                self._stopped.wait(min(wait, TURN))
                continue
            began = self._now()
            try:
                self._sync(began)
            except Exception:  # the thread must outlive whatever happens, such as no more memory
                log.exception("no sync could be started")
            due = self._timetable.next(began, self._now())

    def _sync(self, began: datetime) -> None:
        before = last_sync(self._folder)
        with subprocess.Popen(  # noqa: S603  (our own program, on our own folder)
            self._command(self._folder),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as child:
            while True:
                try:
                    code = child.wait(0.2)
                    break
                except subprocess.TimeoutExpired:
                    if self._stopped.is_set():
                        self._end(child)
                        return
        if code and last_sync(self._folder) == before:  # it could not even say why
            failure = Failure.of(_died(code))
            keep(self._folder, LastSync(began, self._now(), failure=failure))
        if code:
            log.warning("a sync ended with %s", code)

    @staticmethod
    def _end(child: subprocess.Popen[bytes]) -> None:
        child.terminate()
        try:
            child.wait(GRACE)
        except subprocess.TimeoutExpired:
            child.kill()


def _died(code: int) -> KadarError:
    return KadarError(
        "KDR-SRC-233",
        N_("The sync ended without a word (exit code {status})."),
        N_("Nothing is lost. Run kadar sync by hand to see why; memory may have been short."),
        exit_code=FAILED,
        status=code,
    )
