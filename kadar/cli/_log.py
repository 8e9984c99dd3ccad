"""What a sync does as a log for machines: one JSON object a line on standard output."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kadar.errors import KadarError
    from kadar.project import Project
    from kadar.store.lock import Holder
    from kadar.sync import SyncReport


class Log:
    """Writes lines that each say `at` (UTC) and `step`: English, whatever language is spoken."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._names: list[str] = []
        self._last = ""

    def write(self, step: str, **said: object) -> None:
        """Write one line, at once."""
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = {"at": at, "step": step, **said}
        sys.stdout.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")
        sys.stdout.flush()

    def begin(self, project: Project, only: list[str] | None) -> None:
        """Write which sources are read."""
        self._names = list(dict.fromkeys(source.name for source in project.sources))
        read = [name for name in self._names if only is None or name in only]
        self.write("begin", project=str(project.folder), sources=read)

    @contextmanager
    def progress(self) -> Iterator[Callable[[str, int, int | None], None]]:
        """Write each thing that is begun, once."""

        def tell(what: str, done: int, total: int | None) -> None:
            if what == self._last:
                return
            self._last = what
            source = next((n for n in self._names if what.startswith(f"{n}: ")), None)
            does = what if source is None else what.removeprefix(f"{source}: ")
            self.write("work", source=source, does=does, total=total)

        yield tell

    def waiting(self, who: Holder | None) -> None:
        """Write which process holds the store."""
        self.write("wait", holder=None if who is None else asdict(who))

    def report(self, report: SyncReport) -> None:
        """Write what became of each source, and of the whole."""
        for one in report.sources:
            self.write(
                "source",
                source=one.source,
                table=one.table,
                outcome=one.outcome,
                **asdict(one.counts),
                notes=one.notes,
                error=None if one.error is None else _error(one.error),
            )
        if report.unread:
            self.write("error", **_error(report.unread))
        self.write("version", version=report.version, published=report.published)

    def doubtful(self, count: int) -> None:
        """Write how many things in the data are doubtful."""
        self.write("check", doubtful=count)

    def failed(self, error: KadarError) -> None:
        """Write what ended the sync."""
        self.write("error", **_error(error))

    def end(self, code: int) -> None:
        """Write the exit code."""
        self.write("end", exit=code, seconds=round(time.monotonic() - self._began, 3))


def _error(error: KadarError) -> dict[str, str]:
    return {
        "code": error.code, "message": error.sentence("en"), "remedy": error.next_step("en"),
    }  # fmt: skip
