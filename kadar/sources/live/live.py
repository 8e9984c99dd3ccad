"""`Live`: a connector as a kind of source."""

from __future__ import annotations

import hashlib
import inspect
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace

from kadar.errors import FAILED, KadarError
from kadar.language import N_
from kadar.model import TABLES, Table
from kadar.sources.live import ledger
from kadar.sources.live import stage as staging
from kadar.sources.live.access import Given
from kadar.sources.live.connector import Batch, Closing, Object, Unreadable
from kadar.sources.live.landing import ROWS, SECONDS, Landing, Line
from kadar.sources.live.mapping import Mapping_, forget_current, make_views, mappings
from kadar.sources.source import LandReport, Progress, Staged, silent
from kadar.store.sql import interrupted, value

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from kadar.project import Project, Source
    from kadar.sources.live.connector import Connector, Found

MEMORY_LIMIT = "192MB"  # of the engine while live systems are read


class Live:
    """A live system as a kind of source: subclass it, say `system` and return the connector."""

    system: ClassVar[str]  # its name, as people write it
    pause: ClassVar[Callable[[float], None]] = time.sleep  # between tries
    # of which source of which project the objects are known since it was last read
    _known: tuple[Project, Source, Sequence[Object]] | None = None

    def connector(self) -> type[Connector]:
        """Return the class of the connector."""
        raise NotImplementedError

    @property
    def folder(self) -> Path:
        """Folder of the connector: its mapping lies in it."""
        return Path(inspect.getfile(type(self))).parent

    def tables(self, project: Project, source: Source) -> list[str]:
        """Return the tables of the model that the mapping fills; only the one a source names."""
        found = list(self.mappings(project, source))
        return [name for name in found if source.table in {"", name}]

    def mappings(self, project: Project, source: Source) -> dict[str, Mapping_]:
        """Return the mapping of each table."""
        return mappings(self.folder, project, source)

    def given(
        self,
        project: Project,
        source: Source,
        moment: datetime,
        landing: Landing | None = None,
    ) -> Given:
        """Return the access for a connector of this source. Raises KDR-SRC-001 without dlt."""
        _installed()
        pause = type(self).pause
        return Given(self.system, self.connector(), project, source, moment, landing, pause)

    def fetch(  # noqa: PLR0917  (the seam names them all)
        self,
        connection: DuckDBPyConnection,
        project: Project,
        source: Source,
        load_id: int,
        moment: datetime,
        progress: Progress = silent,
    ) -> list[str]:
        """Land what is new, changed or gone since the last time; return what is to be said.

        Object by object, each in passes that are landed whole; an object that cannot be read is
        said and left as it was. Raises KDR-SRC errors, without any secret in them.
        """
        landing = Landing(connection, source.name)
        landing.prepare()
        forget_current(connection)
        self._known = None
        access = self.given(project, source, moment, landing)
        try:
            with _opened(self.connector(), access) as connector, _frugal(connection):
                objects = connector.objects()
                access.custom = _custom(source, objects)
                for one in objects:
                    entry = self._read(connector, access, landing, one, load_id, progress)
                    ledger.keep(project.folder, source.name, [entry])
        except KadarError as error:
            raise _masked(error, access) from None
        except Exception as error:
            if interrupted(error):
                raise KeyboardInterrupt from None
            detail = access.secrets.masked(f"{type(error).__name__}: {error}")
            raise KadarError(
                "KDR-SRC-015",
                N_("Source {source} failed: {detail}"),
                N_("Its rows stay as they were; run kadar sync again, or report it."),
                exit_code=FAILED,
                source=source.name,
                detail=detail[:300],
            ) from None
        return access.notes

    def fingerprint(self, connection: DuckDBPyConnection, project: Project, source: Source) -> str:
        """Return a digest of what was landed of the objects a table is made of, and how."""
        mapping = self.mappings(project, source)[source.table]
        landing = Landing(connection, source.name)
        names = mapping.names(self._objects(project, source))
        said = [staging.mapping_hash(project, source, mapping), str(landing.position(names))]
        return hashlib.sha256("\n".join(said).encode()).hexdigest()

    def land(
        self,
        connection: DuckDBPyConnection,
        project: Project,
        source: Source,
        load_id: int,
        progress: Progress = silent,
    ) -> LandReport:
        """Do nothing: what a live system says is landed by `fetch`, for all tables at once."""
        return LandReport()

    def stage(  # noqa: PLR0917
        self,
        connection: DuckDBPyConnection,
        project: Project,
        source: Source,
        table: Table,
        load_id: int,
        progress: Progress = silent,
    ) -> Staged:
        """Turn what stands now in the landing into typed rows of `table`."""
        objects = self._objects(project, source)
        landing = Landing(connection, source.name)
        settings = {
            "currency": project.company.currency,
            "time_zone": project.company.time_zone,
            "source": source.name,
        }
        mapping = self.mappings(project, source)[table.name]
        needed = set(mapping.names(objects))  # views of all objects would take longer than the rest
        views = [one for one in objects if one.name in needed]
        make_views(connection, landing.raw, views, settings)
        with _frugal(connection):
            return staging.LiveStage(
                connection, project, source, mapping, objects, landing.raw, load_id
            ).run()

    def columns(self, project: Project, source: Source) -> dict[str, list[str]]:
        """Return the columns of each table that the mapping fills, asking nobody."""
        import duckdb

        found: dict[str, list[str]] = {}
        with duckdb.connect() as connection:
            connection.execute("attach ':memory:' as landing")
            connection.execute("create schema landing.raw")
            landing = Landing(connection, source.name)
            landing.prepare()
            settings = {"currency": "", "time_zone": "UTC", "source": source.name}
            make_views(connection, landing.raw, self._objects(project, source), settings)
            for name, mapping in self.mappings(project, source).items():
                selected = connection.sql(f"select * from ({mapping.sql}\n) limit 0").columns
                custom = source.custom.get(name, {})
                table = TABLES[name]
                found[name] = [c for c in table.column_names if c in selected or c in custom]
        return found

    def test(self, project: Project, source: Source, moment: datetime) -> Found:
        """Sign in and find out what can be read; nothing is landed.

        Raises KDR-SRC errors, without any secret in them.
        """
        access = self.given(project, source, moment)
        try:
            with _opened(self.connector(), access) as connector:
                access.custom = _custom(source, connector.objects())
                return connector.test()
        except KadarError as error:
            raise _masked(error, access) from None

    def _objects(self, project: Project, source: Source) -> Sequence[Object]:
        """Return the objects of a source, whichever of its tables is asked for."""
        whole = replace(source, table="")
        if self._known is None or self._known[0] is not project or self._known[1] != whole:
            access = self.given(project, whole, datetime.fromtimestamp(0, UTC))
            self._known = project, whole, self.connector()(access).objects()
        return self._known[2]

    def _read(  # noqa: PLR0917
        self,
        connector: Connector,
        access: Given,
        landing: Landing,
        one: Object,
        load_id: int,
        progress: Progress,
    ) -> ledger.Entry:
        """Take one object through a pass; return its line of the ledger."""
        under_way = landing.begin(one.name)
        progress(one.name, 0, None)
        try:
            reading = connector.read(one.name, under_way.mark, under_way.cursor)
            received = 0
            for batches in _gathered(reading.batches):
                landing.take(one, batches)
                received += sum(len(batch.records) for batch in batches)
                total = next((b.total for b in reversed(batches) if b.total is not None), None)
                progress(one.name, received, total)
        except Unreadable as unreadable:
            text = N_("{object} cannot be read: {why}")
            why = unreadable.why.format(**unreadable.details)
            access.note(text.format(object=one.name, why=why))
            kept = landing.kept(one.name)
            return ledger.Entry(one.name, access.moment, read=False, kept=kept, why=why)
        line = landing.finish(
            one.name, load_id, access.moment, whole=reading.whole, why=reading.why
        )
        _tell(access, line, reading.why)
        return ledger.Entry(
            line.object, line.ended_at, True, line.whole, line.received, line.changed, line.gone,
            line.stale, line.nameless, line.kept, line.total, reading.why,
        )  # fmt: skip


@contextmanager
def _opened(kind: type[Connector], access: Given) -> Iterator[Connector]:
    """Make a connector, and close it in this thread: garbage is collected in any."""
    connector = kind(access)
    try:
        yield connector
    finally:
        if isinstance(connector, Closing):
            connector.close()


@contextmanager
def _frugal(connection: DuckDBPyConnection) -> Iterator[None]:
    """Let the engine keep less in memory: beside it the pages that come need some."""
    before = value(connection, "select current_setting('memory_limit')")
    connection.execute(f"set memory_limit = '{MEMORY_LIMIT}'")
    try:
        yield
    finally:
        connection.execute(f"set memory_limit = '{before}'")


def _gathered(batches: Iterable[Batch]) -> Iterable[list[Batch]]:
    """Gather small batches, so that a commit is worth its while.

    What came before a reading failed is handed on, too: the next sync goes on behind it.
    """
    gathered: list[Batch] = []
    size = 0
    began = time.monotonic()
    try:
        for batch in batches:
            gathered.append(batch)
            size += len(batch.records) + len(batch.present) + len(batch.gone)
            if size >= ROWS or time.monotonic() - began > SECONDS:
                yield gathered
                gathered, size, began = [], 0, time.monotonic()
    except Exception:
        if gathered:
            yield gathered
        raise
    if gathered:
        yield gathered


def _tell(access: Given, line: Line, why: str) -> None:
    """Say what a pass left out, and where the system counts otherwise."""
    if why:
        access.note(N_("{object} was read whole: {why}").format(object=line.object, why=why))
    if line.nameless:
        text = N_("{object}: {count} records came without their key and were left out.")
        access.note(text.format(object=line.object, count=line.nameless))
    if line.whole and line.total not in {None, line.kept + line.nameless}:
        text = N_("{object}: the system counts {total} records, {kept} are here.")
        access.note(text.format(object=line.object, total=line.total, kept=line.kept))


def _custom(source: Source, objects: Sequence[Object]) -> dict[str, list[str]]:
    """Return the fields that kadar.toml maps, by the object they are read from.

    Raises KDR-SRC-016 for a table that is read from no object's records.
    """
    found: dict[str, list[str]] = {}
    for table, fields in source.custom.items():
        leader = next((one for one in objects if table in one.tables), None)
        if leader is None:
            known = sorted({name for one in objects for name in one.tables})
            raise KadarError(
                "KDR-SRC-016",
                N_("Source {source}: custom.{table} has no records to read its fields from."),
                N_("Tables with custom fields: {known}."),
                source=source.name,
                table=table,
                known=", ".join(known),
            )
        found.setdefault(leader.name, []).extend(fields.values())
    return found


def _masked(error: KadarError, access: Given) -> KadarError:
    """Return the error with every secret in its details masked."""
    error.details = {
        name: access.secrets.masked(said) if isinstance(said, str) else said
        for name, said in error.details.items()
    }
    return error


def _installed() -> None:
    try:
        import pyarrow  # noqa: F401
        import requests  # noqa: F401
    except ImportError as error:
        raise KadarError(
            "KDR-SRC-001",
            N_("Live systems need a part that is not installed: {detail}."),
            N_("Install it: pip install 'kadar[live]'."),
            detail=error.name,
        ) from None
