"""The ledger of live sources, kept where readers see it: what each object's last pass brought."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from pathlib import Path

import msgspec

from kadar.whole_file import write_whole


class Entry(msgspec.Struct, frozen=True):
    """The last pass over one object; moments are UTC.

    `total` is what the system counted, where it does; `kept` what is here. `why` says why all of
    it was read, or why it could not be read (`read` is then False).
    """

    object: str
    ended_at: datetime
    read: bool = True
    whole: bool = False
    received: int = 0
    changed: int = 0
    gone: int = 0
    stale: int = 0
    nameless: int = 0
    kept: int = 0
    total: int | None = None
    why: str = ""

    @property
    def balances(self) -> bool:
        """Whether the system's count and ours agree, as far as the system counts all of it."""
        return not self.whole or self.total is None or self.total == self.kept + self.nameless


def keep(folder: Path, source: str, entries: list[Entry]) -> None:
    """Write the entries of a source, those of objects not among them staying; whole or not."""
    found = {one.object: one for one in entries_of(folder, source)}
    found |= {one.object: one for one in entries}
    file = _file(folder, source)
    file.parent.mkdir(parents=True, exist_ok=True)
    write_whole(file, msgspec.json.encode(list(found.values())))


def entries_of(folder: Path, source: str) -> list[Entry]:
    """Return the last pass of every object of a source; none where it was never read."""
    try:
        return msgspec.json.decode(_file(folder, source).read_bytes(), type=list[Entry])
    except (OSError, msgspec.DecodeError):
        return []


def _file(folder: Path, source: str) -> Path:
    return folder / "store" / "ledger" / f"{sha256(source.encode()).hexdigest()[:16]}.json"
