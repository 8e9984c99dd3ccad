"""The writer's lock: one process at a time writes a store, and the others learn who it is."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from kadar.errors import FAILED, KadarError
from kadar.language import N_


@dataclass(frozen=True)
class Holder:
    """Who holds a store: a process, where it runs, since when (UTC), doing what."""

    pid: int
    host: str
    since: str
    command: str


def holder(lock: Path) -> Holder | None:
    """Return who wrote last beside `lock` that it holds it; None where nobody is known to."""
    try:
        return Holder(**json.loads(_note(lock).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):  # gone, or caught half-written
        return None


@contextmanager
def held(
    lock: Path, wait: float = 0, waiting: Callable[[Holder | None], None] | None = None
) -> Iterator[None]:
    """Hold `lock`, waiting up to `wait` seconds for it.

    `waiting` is called once, before the wait, with who holds it. The operating system lets go
    of the lock when its process ends, however it ends. Raises KDR-STO-001 when time is up.
    """
    from filelock import FileLock, Timeout

    file_lock = FileLock(lock, thread_local=False)
    try:
        try:
            file_lock.acquire(timeout=0)
        except Timeout:
            if wait <= 0:
                raise
            if waiting:
                waiting(holder(lock))
            file_lock.acquire(timeout=wait, poll_interval=0.05)
    except Timeout:
        raise _busy(holder(lock)) from None
    try:
        _write_note(lock)
        yield
    finally:
        _note(lock).unlink(missing_ok=True)
        file_lock.release()


def _note(lock: Path) -> Path:
    return lock.with_name(lock.name + ".holder")


def _write_note(lock: Path) -> None:
    # Written to the side first, so that whoever waits never reads half of it.
    command = " ".join([Path(sys.argv[0]).name, *sys.argv[1:]])[:200]
    since = datetime.now(UTC).isoformat(timespec="seconds")
    who = Holder(os.getpid(), platform.node(), since, command)
    side = _note(lock).with_suffix(f".{os.getpid()}")
    side.write_text(json.dumps(asdict(who)), encoding="utf-8")
    with suppress(PermissionError):  # Windows: the one who waits may just be reading the old one
        side.replace(_note(lock))
    side.unlink(missing_ok=True)


def _busy(who: Holder | None) -> KadarError:
    if who is None:
        return KadarError(
            "KDR-STO-001",
            N_("Another process is writing to this store."),
            N_("Wait until it has finished, then run the command again."),
            exit_code=FAILED,
        )
    return KadarError(
        "KDR-STO-001",
        N_("Process {pid} on {host} has been writing to this store since {since}: {command}."),
        N_("Wait until it has finished, or end that process; nothing half-done is ever read."),
        exit_code=FAILED,
        **asdict(who),
    )
