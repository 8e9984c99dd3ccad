"""The landing tables: every raw record of a source, and which content was landed before."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from kadar.sources.files.reader import Read, Target, read_into
from kadar.sources.files.shape import Shape
from kadar.sources.files.sql import one
from kadar.sources.source import Parcel
from kadar.store.sql import quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

CATALOG = "landing"
FILES = f"{CATALOG}.main.files"
RAW_COLUMNS = "_row BIGINT, _load BIGINT, _file VARCHAR, _line BIGINT, _ragged VARCHAR"


def raw_table(source: str) -> str:
    """Return the qualified name of a source's landing table."""
    return f"{CATALOG}.raw.{quoted(source)}"


def prepare(connection: DuckDBPyConnection) -> None:
    """Make the schema of raw tables and the list of landed content, where absent."""
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {CATALOG}.raw")
    connection.execute(
        f"""
        CREATE TABLE IF NOT EXISTS {FILES} (
            source VARCHAR, path VARCHAR, sha256 VARCHAR, reading VARCHAR, load_id BIGINT,
            first_row BIGINT, records BIGINT, ragged BIGINT, footer VARCHAR, headers VARCHAR
        )
        """
    )


def reading_of(found: Shape) -> str:
    """Return how a file is read as text: the same bytes read in another way are landed anew."""
    parts = asdict(found)
    del parts["headers"], parts["sheets"]
    return json.dumps(parts, sort_keys=True)


def landed(connection: DuckDBPyConnection, source: str, sha256: str, reading: str) -> Parcel | None:
    """Find content that was landed completely before."""
    rows = connection.execute(
        f"SELECT path, records, first_row FROM {FILES} "
        "WHERE source = ? AND sha256 = ? AND reading = ?",
        [source, sha256, reading],
    ).fetchall()
    return next((Parcel(path, sha256, records, first) for path, records, first in rows), None)


def headers_of(connection: DuckDBPyConnection, source: str, parcels: list[Parcel]) -> list[str]:
    """Return the headers of the parcels' files, in order of appearance, each once."""
    found: dict[str, str] = {}
    for parcel in parcels:
        rows = connection.execute(
            f"SELECT headers FROM {FILES} WHERE source = ? AND first_row = ?",
            [source, parcel.first_row],
        ).fetchall()
        for (text,) in rows:
            for header in json.loads(text):
                found.setdefault(header.casefold(), header)
    return list(found.values())


def footers_of(
    connection: DuckDBPyConnection, source: str, parcels: list[Parcel]
) -> dict[str, list[str]]:
    """Return the footer lines of each parcel's file that has some."""
    said: dict[str, list[str]] = {}
    for parcel in parcels:
        rows = connection.execute(
            f"SELECT footer FROM {FILES} WHERE source = ? AND first_row = ?",
            [source, parcel.first_row],
        ).fetchall()
        for (text,) in rows:
            if footer := json.loads(text):
                said[parcel.path] = footer
    return said


def next_row(connection: DuckDBPyConnection, source: str) -> int:
    """Return the first `_row` no record of the source has had."""
    found = one(
        connection,
        f"SELECT coalesce(max(first_row + records), 1) FROM {FILES} WHERE source = ?",
        [source],
    )
    return int(found[0])


def make_room(connection: DuckDBPyConnection, table: str, headers: list[str]) -> None:
    """Make the raw table, or the columns it lacks."""
    connection.execute(f"CREATE TABLE IF NOT EXISTS {table} ({RAW_COLUMNS})")
    described = connection.execute(f"DESCRIBE {table}").fetchall()
    known = {str(name).casefold() for name, *_ in described}
    for header in headers:
        if header.casefold() not in known:
            known.add(header.casefold())
            connection.execute(f"ALTER TABLE {table} ADD COLUMN {quoted(header)} VARCHAR")


def land(  # noqa: PLR0917 (the parts of an entry)
    connection: DuckDBPyConnection,
    source: str,
    load_id: int,
    name: str,
    sha256: str,
    reading: str,
    headers: list[str],
    fill: Callable[[Target], Read],
) -> Parcel:
    """Land one piece of content in one transaction: its records and its entry, or nothing.

    `fill` inserts the records into the target it is given.
    """
    table = raw_table(source)
    make_room(connection, table, headers)
    first = next_row(connection, source)
    connection.execute("BEGIN")
    try:
        read = fill(Target(table, load_id, name, first))
        connection.execute(
            f"INSERT INTO {FILES} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                source, name, sha256, reading, load_id, first, read.records, read.ragged,
                json.dumps(read.footer, ensure_ascii=False),
                json.dumps(headers, ensure_ascii=False),
            ],
        )  # fmt: skip
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    return Parcel(name, sha256, read.records, first, new=True)


def land_file(  # noqa: PLR0917
    connection: DuckDBPyConnection,
    source: str,
    load_id: int,
    name: str,
    path: Path,
    sha256: str,
    found: Shape,
    temporary: Path,
    progress: Callable[[int, int], None],
) -> Parcel:
    """Land the file at `path`, called `name`, unless the same content was landed before."""
    reading = reading_of(found)
    before = landed(connection, source, sha256, reading)
    if before is not None:
        return before
    return land(
        connection,
        source,
        load_id,
        name,
        sha256,
        reading,
        found.headers,
        lambda target: read_into(connection, target, path, found, temporary, progress),
    )
