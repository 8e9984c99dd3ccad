"""The kind of source "files": exports in the project's folder, by path or by query."""

from __future__ import annotations

import glob
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kadar.errors import FAILED, KadarError
from kadar.language import N_
from kadar.sources.files import landing
from kadar.sources.files.query import Query
from kadar.sources.files.scan import sha256_of
from kadar.sources.files.shape import shape
from kadar.sources.files.sql import one
from kadar.sources.source import LandReport, Parcel, Progress, Staged, silent

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from kadar.model import Table
    from kadar.project import Project, Source

READING = 1  # goes up when the same text would be read as another value than before


class Files:
    """Text, Excel, Parquet and JSON files, as people export them."""

    def tables(self, project: Project, source: Source) -> list[str]:
        """Return the one table the source names."""
        return [source.table]

    def fingerprint(self, connection: DuckDBPyConnection, project: Project, source: Source) -> str:
        """Return a digest of the files' bytes and of all settings that decide their meaning."""
        content = [(name, sha256_of(path)) for name, path in files_of(project, source)]
        return _digest([mapping_of(project, source), content])

    def land(
        self,
        connection: DuckDBPyConnection,
        project: Project,
        source: Source,
        load_id: int,
        progress: Progress = silent,
    ) -> LandReport:
        """Land each file that was not landed before, in a transaction of its own.

        Killed between two files, the next call goes on with the second; within one, that file
        begins anew. Raises KDR-FIL errors for files that are absent or cannot be read.
        """
        landing.prepare(connection)
        if source.query is not None:
            parcels = [Query(project, source).land(connection, load_id, progress)]
        else:
            parcels = [
                self._land(connection, project, source, load_id, name, path, progress)
                for name, path in files_of(project, source)
            ]
        notes = [
            N_("{file} holds the same as {other}: it is read once.").format(
                file=name, other=parcel.path
            )
            for (name, _), parcel in zip(files_of(project, source), parcels, strict=False)
            if sum(p.first_row == parcel.first_row for p in parcels) > 1 and name != parcel.path
        ]
        kept = _once(parcels)
        for name, lines in landing.footers_of(connection, source.name, kept).items():
            told = N_("{file}: {count} lines after the table are no records, from “{text}” on.")
            notes.append(told.format(file=name, count=len(lines), text=lines[0][:60]))
        return LandReport(kept, sum(p.rows for p in kept if p.new), notes)

    def stage(  # noqa: PLR0917
        self,
        connection: DuckDBPyConnection,
        project: Project,
        source: Source,
        table: Table,
        load_id: int,
        progress: Progress = silent,
    ) -> Staged:
        """Read the landed records as typed rows of `table`.

        Raises KDR-MAP errors where a mapping does not fit the files, or where they leave open
        what a column means.
        """
        from kadar.sources.files.stage import Stage

        parcels = self.land(connection, project, source, load_id).parcels
        mapping = mapping_of(project, source)
        if source.mode == "append":
            before = _loaded(connection, source.name, mapping)
            parcels = [parcel for parcel in parcels if parcel.sha256 not in before]
        return Stage(connection, project, source, table, load_id, parcels, mapping, progress).run()

    def _land(  # noqa: PLR0917
        self,
        connection: DuckDBPyConnection,
        project: Project,
        source: Source,
        load_id: int,
        name: str,
        path: Path,
        progress: Progress,
    ) -> Parcel:
        found = shape(path, source.encoding, source.delimiter, source.sheet)
        return landing.land_file(
            connection,
            source.name,
            load_id,
            name,
            path,
            sha256_of(path),
            found,
            project.folder / "store" / "tmp",
            lambda done, total: progress(name, done, total),
        )


def files_of(project: Project, source: Source) -> list[tuple[str, Path]]:
    """Return the files a source reads: their names as the user knows them, and where they are.

    A pattern's files come in the order of their names. Raises KDR-FIL-001 for a path that matches
    no file.
    """
    if source.query is not None:
        return Query(project, source).files
    patterns = [source.path] if isinstance(source.path, str) else list(source.path or [])
    found: dict[str, Path] = {}
    for pattern in patterns:
        paths = sorted(
            Path(project.folder, match)
            for match in glob.glob(pattern, root_dir=project.folder, recursive=True)
            # Excel's own lock file beside an open workbook
            if Path(project.folder, match).is_file() and not Path(match).name.startswith("~$")
        )
        exact = Path(project.folder, pattern)
        if not paths and exact.is_file():  # a name with brackets in it
            paths = [exact]
        if not paths:
            raise KadarError(
                "KDR-FIL-001",
                N_("There is no file {path}."),
                N_("Check the name; paths are relative to the project folder."),
                exit_code=FAILED,
                path=pattern,
            )
        for path in paths:
            found.setdefault(name_of(project, path), path)
    return list(found.items())


def name_of(project: Project, path: Path) -> str:
    """Return a path as the user knows it: relative to the project folder if it lies inside."""
    try:
        return path.resolve().relative_to(project.folder.resolve()).as_posix()
    except ValueError:
        return path.as_posix()


def mapping_of(project: Project, source: Source) -> str:
    """Return a digest of every setting that decides what a raw text means."""
    said: list[Any] = [
        READING, source.table, source.columns, source.values, source.date_format, source.decimal,
        source.encoding, source.delimiter, source.sheet, source.query,
        project.company.time_zone, project.company.currency, source.ids,
    ]  # fmt: skip
    return _digest(said)


def _digest(said: object) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _once(parcels: list[Parcel]) -> list[Parcel]:
    """Keep each landed content once, the newly landed before the same found again."""
    found: dict[int, Parcel] = {}
    for parcel in parcels:
        found.setdefault(parcel.first_row, parcel)
    return list(found.values())


def _loaded(connection: DuckDBPyConnection, source: str, mapping: str) -> set[str]:
    """Return the SHA-256 of the content that finished loads have read under this mapping."""
    there = one(
        connection,
        "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'meta' AND table_name = 'loads' "
        "AND database_name = current_database()",
    )
    if not there[0]:
        return set()
    rows = connection.execute(
        "SELECT files::VARCHAR FROM meta.loads WHERE source = ? AND mapping_hash = ? "
        "AND finished_at IS NOT NULL",
        [source, mapping],
    ).fetchall()
    return {file["sha256"] for (text,) in rows if text for file in json.loads(text)}
