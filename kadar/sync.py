"""Sync: every source landed, staged and loaded; then one new version for the readers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from msgspec.structs import replace

from kadar.definitions import definitions
from kadar.errors import FAILED, KadarError, nearest
from kadar.language import N_
from kadar.model import TABLES
from kadar.project import Project, Source
from kadar.sources.ids import prefixes, put
from kadar.sources.source import Fetching, Progress, SourceKind, kind_named, silent
from kadar.store import LoadReport, Store, Writer
from kadar.store.definitions import Stated
from kadar.store.lock import Holder
from kadar.store.sql import interrupted, quoted, value

if TYPE_CHECKING:
    from kadar.store.writer import Derive


@dataclass(frozen=True)
class SourceReport:
    """What a sync did with one source.

    `outcome`: "loaded"; "unchanged" (neither its content nor its mapping changed, nothing was
    read); "removed" (no longer in kadar.toml, its rows went to history); "failed" (its rows stay
    as they were, `error` says why).
    """

    source: str
    table: str
    outcome: Literal["loaded", "unchanged", "removed", "failed"]
    counts: LoadReport = field(default_factory=LoadReport)
    notes: list[str] = field(default_factory=list)
    error: KadarError | None = None


@dataclass(frozen=True)
class SyncReport:
    """What a sync did: its sources in the order of kadar.toml, and the version readers see now."""

    sources: list[SourceReport]
    version: str | None  # None: nothing was ever loaded
    published: bool  # this sync made that version
    unread: KadarError | None = None  # why what the KPIs mean could not be recorded

    @property
    def failed(self) -> list[SourceReport]:
        """The sources that failed."""
        return [report for report in self.sources if report.outcome == "failed"]


def sync(
    project: Project,
    only: list[str] | None = None,
    recorded_at: datetime | None = None,
    progress: Progress = silent,
    *,
    force: bool = False,
    wait: float = 30,
    waiting: Callable[[Holder | None], None] | None = None,
    kinds: Callable[[str], SourceKind] = kind_named,
    derive: Derive | None = None,
) -> SyncReport:
    """Bring the store up to date with the project's sources and publish what changed.

    `only` names the sources to read (all by default; only then do sources that kadar.toml no
    longer has leave the model). `recorded_at` (aware; now by default) is the moment the rows are
    learnt. `force` reads sources that did not change, too. Another writer is waited for `wait`
    seconds. A source that fails is reported and leaves the others going. Raises KDR-STO-001, -002
    and -004 as `Store.writer`, KDR-STO-005 where the engine fails, KDR-STO-006 for an `only` that
    names no source.
    """
    chosen = chosen_sources(project, only)
    moment = recorded_at or datetime.now(UTC)
    store = Store(project.folder)
    with store.writer(wait, waiting) as writer:
        run = _Run(writer, project, moment, progress)
        reports = [made for one in chosen for made in run.sync(one, kinds, force=force)]
        if only is None:
            reports += run.remove_forgotten()
        made, unread = run.publish(derive)
    return SyncReport(reports, store.version(), made is not None, unread)


def chosen_sources(project: Project, only: list[str] | None) -> list[Source]:
    """Return the sources that `only` names, all by default. Raises KDR-STO-006 for any other."""
    names = [source.name for source in project.sources]
    for name in only or ():
        if name not in names:
            raise KadarError(
                "KDR-STO-006",
                N_("There is no source “{name}”."),
                N_("The sources of this project: {names}."),
                name=name,
                names=nearest(name, names) or "-",
            )
    return [source for source in project.sources if only is None or source.name in only]


@dataclass(frozen=True)
class _Run:
    """One sync under way: the open store, and what holds for every source."""

    writer: Writer
    project: Project
    moment: datetime
    progress: Progress
    known: set[tuple[str, str]] = field(default_factory=set)  # sources and the tables they fill
    unknown: set[str] = field(default_factory=set)  # sources whose tables could not all be told

    def sync(
        self, source: Source, kinds: Callable[[str], SourceKind], *, force: bool
    ) -> list[SourceReport]:
        """Load each table of one source, unless it is as it was; what goes wrong is its report."""
        reports: list[SourceReport] = []
        try:
            kind = kinds(source.kind)
            tables = [replace(source, table=name) for name in kind.tables(self.project, source)]
            self.known.update((source.name, one.table) for one in tables)
            notes = self._fetch(source, kind)
            for number, one in enumerate(tables):
                made = self._load(one, kind, force=force)
                if number == 0:
                    made = SourceReport(
                        one.name, one.table, made.outcome, made.counts, [*notes, *made.notes]
                    )
                reports.append(made)
        except KadarError as error:
            reports.append(SourceReport(source.name, source.table, "failed", error=error))
        except Exception as error:  # a source is anybody's code; the others go on
            if interrupted(error):
                raise KeyboardInterrupt from None
            told = _broken(source, error)
            reports.append(SourceReport(source.name, source.table, "failed", error=told))
        finally:
            _tidy(self.writer)
        if any(report.outcome == "failed" for report in reports):
            self.unknown.add(source.name)
        return reports

    def _teller(self, source: Source) -> Progress:
        def tell(step: str, done: int, total: int | None) -> None:
            self.progress(f"{source.name}: {step}", done, total)

        return tell

    def _fetch(self, source: Source, kind: SourceKind) -> list[str]:
        if not isinstance(kind, Fetching):
            return []
        return kind.fetch(
            self.writer.connection,
            self.project,
            source,
            self.writer.new_load(),
            self.moment,
            self._teller(source),
        )

    def _load(self, source: Source, kind: SourceKind, *, force: bool) -> SourceReport:
        connection, table, tell = self.writer.connection, TABLES[source.table], self._teller(source)
        ids = prefixes(self.project, source, table)
        content = kind.fingerprint(connection, self.project, source)
        stamp = _stamp(self.project, source, content, ids)
        if not force and stamp == _last_stamp(self.writer, source):
            return SourceReport(source.name, source.table, "unchanged")
        load_id = self.writer.new_load()
        landed = kind.land(connection, self.project, source, load_id, tell)
        staged = kind.stage(connection, self.project, source, table, load_id, tell)
        put(connection, staged.staged, ids)
        tell("loading", 0, staged.read)
        counts = self.writer.load(
            table,
            source.name,
            source.mode,
            staged,
            load_id=load_id,
            recorded_at=self.moment,
            fingerprint=stamp,
        )
        tell("loading", staged.read, staged.read)
        notes = list(dict.fromkeys([*landed.notes, *staged.notes]))
        return SourceReport(source.name, source.table, "loaded", counts, notes)

    def remove_forgotten(self) -> list[SourceReport]:
        """Take what kadar.toml no longer has out of the model."""
        loaded = self.writer.connection.execute(
            'select source, "table" from meta.loads '
            "group by all having arg_max(mode, load_id) <> 'removed' order by all"
        ).fetchall()
        reports = []
        for name, table in loaded:
            if (name, table) in self.known or name in self.unknown or table not in TABLES:
                continue
            counts = self.writer.remove(
                TABLES[table], name, load_id=self.writer.new_load(), recorded_at=self.moment
            )
            note = N_("No longer in kadar.toml: its rows went from {table} to its history.")
            reports.append(SourceReport(name, table, "removed", counts, [note.format(table=table)]))
        return reports

    def publish(self, derive: Derive | None) -> tuple[str | None, KadarError | None]:
        """Give readers a new version, if anything changed: rows, settings or what KPIs mean.

        Data does not wait for a KPI's file that cannot be read; why it cannot is returned.
        """
        import duckdb

        stated, unread = None, None
        try:
            stated = Stated(self.moment, definitions(self.project))
        except KadarError as error:
            unread = error
        try:
            made = self.writer.publish(
                self.project, derive=derive, progress=self.progress, stated=stated
            )
            return made, unread
        except (duckdb.Error, OSError) as error:
            raise KadarError(
                "KDR-STO-005",
                N_("The new version of the data could not be made: {detail}"),
                N_("The last one stands. Check that the disk is not full, then run sync again."),
                exit_code=FAILED,
                detail=_first_line(error),
            ) from error


def _stamp(project: Project, source: Source, fingerprint: str, ids: dict[str, str]) -> str:
    """Return a digest of all that decides what loading the source would give."""
    from kadar import __version__

    said = [fingerprint, source.table, source.mode, project.company.time_zone, ids, __version__]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _last_stamp(writer: Writer, source: Source) -> str | None:
    found = value(
        writer.connection,
        'select fingerprint from meta.loads where source = ? and "table" = ? '
        "order by load_id desc limit 1",
        [source.name, source.table],
    )
    return None if found is None else str(found)


def _tidy(writer: Writer) -> None:
    """Leave nothing of a source behind on the connection, whatever it did."""
    import duckdb

    with suppress(duckdb.Error):  # there is no transaction, unless it failed in the midst of one
        writer.connection.execute("rollback")
    with suppress(duckdb.Error):
        for kind in ("view", "table"):
            found = writer.connection.execute(
                f"select {kind}_name from duckdb_{kind}s() where database_name = 'temp' "
                "and not internal"
            ).fetchall()
            for (name,) in found:
                writer.connection.execute(f"drop {kind} temp.{quoted(name)}")


def _broken(source: Source, error: Exception) -> KadarError:
    return KadarError(
        "KDR-STO-007",
        N_("Source “{source}” failed: {detail}"),
        N_("Its rows stay as they were. Mend its settings or files, then run sync again."),
        exit_code=FAILED,
        source=source.name,
        detail=f"{type(error).__name__}: {_first_line(error)}",
    )


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), "")
