"""Files that have settled: a folder is watched, and nothing half-written is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kadar.errors import FAILED, KadarError
from kadar.language import N_
from kadar.sources.files.files import Files, files_of
from kadar.sources.source import Progress, Staged, silent

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from kadar.model import Table
    from kadar.project import Project, Source

# Of each file its bytes, and when it was last written (nanoseconds).
Look = Mapping[str, tuple[int, int]]
MOVED = "KDR-SRC-230"  # the code of a source that is read again as soon as its files settled


def look(project: Project, source: Source) -> Look:
    """Return how a source's files stand now; nothing where there are none."""
    try:
        found = files_of(project, source)
        return {name: (at.st_size, at.st_mtime_ns) for name, at in
                ((name, path.stat()) for name, path in found)}  # fmt: skip
    except (KadarError, OSError):  # none is there yet, or one went this very moment
        return {}


@dataclass
class Watch:
    """Which sources of files have something new that has stayed as it is for a moment.

    A source waits as a whole: while one of its files is being written, the others are not read
    either, so that no row seems to have gone. Nothing is ever moved or deleted.
    """

    moment: float = 2.0  # seconds without a change after which a file is whole
    _since: dict[str, tuple[Look, float]] = field(default_factory=dict)
    _read: dict[str, Look] = field(default_factory=dict)

    def due(self, project: Project, now: float) -> list[Source]:
        """Return the sources to read at the moment `now` (seconds of any steady clock)."""
        return [s for s in project.sources if s.kind == "files" and self._due(project, s, now)]

    def waits(self, project: Project) -> bool:
        """Tell whether a source has something new that has not settled yet."""
        return any(
            there and there != self._read.get(name)
            for name, (there, _) in self._since.items()
            if name in {source.name for source in project.sources}
        )

    def news(self, source: Source) -> list[str]:
        """Return the names of a source's files that came, changed or went since it was read."""
        there, before = self._since[source.name][0], self._read.get(source.name, {})
        return sorted(n for n in {*there, *before} if there.get(n) != before.get(n))

    def kind(self) -> SettledFiles:
        """Return what reads the files as they were when they were last looked at."""
        return SettledFiles({name: there for name, (there, _) in self._since.items()})

    def read(self, source: Source) -> None:
        """Note that a source was read, or tried, as it was last looked at."""
        self._read[source.name] = self._since[source.name][0]

    def forget(self) -> None:
        """Take every source for not read: its settings changed."""
        self._read.clear()

    def _due(self, project: Project, source: Source, now: float) -> bool:
        there = look(project, source)
        before = self._since.get(source.name)
        if before is None or before[0] != there:
            self._since[source.name] = (there, now)
            return False
        return (
            bool(there) and there != self._read.get(source.name) and now - before[1] >= self.moment
        )


class SettledFiles(Files):
    """Files that are read only if they are, before and after, as they were seen to have settled."""

    def __init__(self, seen: Mapping[str, Look]) -> None:
        self._seen = seen

    def fingerprint(self, connection: DuckDBPyConnection, project: Project, source: Source) -> str:
        """Return a digest of the files and their settings. Raises KDR-SRC-230 if one changed."""
        self._check(project, source)
        return super().fingerprint(connection, project, source)

    def stage(  # noqa: PLR0917
        self,
        connection: DuckDBPyConnection,
        project: Project,
        source: Source,
        table: Table,
        load_id: int,
        progress: Progress = silent,
    ) -> Staged:
        """Read the landed records. Raises KDR-SRC-230 if a file changed meanwhile."""
        made = super().stage(connection, project, source, table, load_id, progress)
        self._check(project, source)
        return made

    def _check(self, project: Project, source: Source) -> None:
        if look(project, source) != self._seen.get(source.name):
            raise KadarError(
                "KDR-SRC-230",
                N_("Files of “{source}” are still being written: they were not read."),
                N_("They are read as soon as they stay as they are for a moment."),
                exit_code=FAILED,
                source=source.name,
            )
