"""How the last sync of a project went, whoever started it: kept beside the store."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from kadar.errors import KadarError
from kadar.whole_file import write_whole

if TYPE_CHECKING:
    from kadar.sync import SyncReport


class Failure(msgspec.Struct, frozen=True):
    """Why something failed: the error's code, and its sentence and remedy in English."""

    code: str
    message: str
    remedy: str

    @classmethod
    def of(cls, error: KadarError) -> Failure:
        """Return what an error says."""
        return cls(error.code, error.sentence("en"), error.next_step("en"))


class Synced(msgspec.Struct, frozen=True):
    """What became of one table of a source; counts as in `kadar.store.LoadReport`."""

    source: str
    table: str
    outcome: str
    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: int = 0
    quarantined: int = 0
    notes: list[str] = []
    failure: Failure | None = None


class LastSync(msgspec.Struct, frozen=True):
    """A sync that is over: from when to when (UTC), and what it did.

    `failure` is what ended it before its end, or hindered it.
    """

    began: datetime
    ended: datetime
    sources: list[Synced] = []
    published: bool = False
    failure: Failure | None = None

    @property
    def well(self) -> bool:
        """Whether nothing failed."""
        return self.failure is None and all(one.failure is None for one in self.sources)


def of_report(began: datetime, report: SyncReport) -> LastSync:
    """Return what a sync's report says, as it is kept."""
    sources = [
        Synced(
            one.source,
            one.table,
            one.outcome,
            **{name: getattr(one.counts, name) for name in _COUNTS},
            notes=one.notes,
            failure=None if one.error is None else Failure.of(one.error),
        )
        for one in report.sources
    ]
    unread = None if report.unread is None else Failure.of(report.unread)
    return LastSync(began, datetime.now(UTC), sources, report.published, unread)


def keep(folder: Path, last: LastSync) -> None:
    """Write down how the last sync of the project in `folder` went; a full disk hinders nothing."""
    file = _file(folder)
    with suppress(OSError):
        file.parent.mkdir(exist_ok=True)
        write_whole(file, msgspec.json.encode(last))


def last_sync(folder: Path) -> LastSync | None:
    """Return how the last sync went; None before the first."""
    try:
        return msgspec.json.decode(_file(folder).read_bytes(), type=LastSync)
    except (OSError, msgspec.MsgspecError):
        return None


def stamp(folder: Path) -> int:
    """Return a number that changes with every sync."""
    try:
        return _file(folder).stat().st_mtime_ns
    except OSError:
        return 0


_COUNTS = ("read", "new", "changed", "unchanged", "gone", "quarantined")


def _file(folder: Path) -> Path:
    return folder / "store" / "last_sync.json"
