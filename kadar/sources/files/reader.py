"""Bringing one file's records into a table of the database, each with its line."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kadar.errors import FAILED, KadarError
from kadar.language import N_
from kadar.sources.files.dialect import BLANKS, records
from kadar.sources.files.scan import Scan, scan
from kadar.sources.files.shape import Shape, open_text
from kadar.sources.files.spool import Spooled, spool
from kadar.sources.files.sql import one
from kadar.store.sql import literal, quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

UTF8 = {"utf-8", "utf-8-sig"}
PIECE = 1 << 20  # characters
LONGEST_RECORD = 1 << 21  # bytes; the database's own default


@dataclass(frozen=True)
class Target:
    """Where records go: a table with `_row, _load, _file, _line, _ragged` and the headers."""

    table: str
    load_id: int
    file: str  # the file's name as the user knows it
    first_row: int  # _row of the first record


@dataclass(frozen=True)
class Read:
    """What was read from one file."""

    records: int
    ragged: int = 0
    footer: list[str] = field(default_factory=list)


def read_into(  # noqa: PLR0917 (what, where from, where to)
    connection: DuckDBPyConnection,
    target: Target,
    path: Path,
    found: Shape,
    temporary: Path,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Read:
    """Insert every record of the file at `path` into the target's table, in the file's order.

    A text in another encoding is copied to UTF-8 first. A regular text is read by the database
    itself; any other and Excel go record by record through a clean file in the folder
    `temporary`. Memory stays bounded either way.
    `progress` is told bytes done and all bytes.
    """
    import duckdb

    size = path.stat().st_size
    regular: Scan | None = None
    try:
        if found.kind in {"parquet", "json"}:
            from kadar.sources.files.columnar import columnar_query

            query = columnar_query(connection, path, found.kind)
            line, ragged = "_number", "NULL"
        elif found.kind == "excel":
            return _through_spool(connection, target, path, found, temporary, progress)
        else:
            if found.encoding not in UTF8:
                with _transcoded(path, found, target.file, temporary) as copy:
                    told = replace(found, encoding="utf-8")
                    return read_into(connection, target, copy, told, temporary, progress)
            regular = _regular(path, found)
            if regular is None:
                return _through_spool(connection, target, path, found, temporary, progress)
            query = f"SELECT * FROM {_read_csv(path, found, regular)}"
            line, ragged = _line(found, regular), "NULL"
        with _watched(connection, size, progress):
            count = _insert(connection, target, found.headers, query, line, ragged)
        if regular is not None and count != regular.records:
            # The database cut the file otherwise than the bytes were counted: record by record.
            connection.execute(f"DELETE FROM {target.table} WHERE _row >= {target.first_row}")
            return _through_spool(connection, target, path, found, temporary, progress)
    except duckdb.Error as error:
        raise KadarError(
            "KDR-FIL-006",
            N_("The file {path} cannot be read: {detail}."),
            N_("Export it again, or check that it is what its name says."),
            exit_code=FAILED,
            path=target.file,
            detail=str(error).split("\n", 1)[0],
        ) from error
    return Read(count)


@contextmanager
def _transcoded(path: Path, found: Shape, name: str, temporary: Path) -> Iterator[Path]:
    """Copy a text to UTF-8, piece by piece; the copy goes when the block ends."""
    temporary.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="utf8-", dir=temporary) as inside:
        copy = Path(inside) / "copy"
        try:
            with open_text(path, found) as read, copy.open("w", encoding="utf-8", newline="") as to:
                while piece := read.read(PIECE):
                    to.write(piece)
        except UnicodeError as error:
            raise _undecodable(name, found) from error
        yield copy


def _undecodable(name: str, found: Shape) -> KadarError:
    return KadarError(
        "KDR-FIL-005",
        N_("The file {path} cannot be read in the encoding {encoding}."),
        N_("Set encoding in the source (utf-8, utf-16, gb18030, cp1252, latin-1 …)."),
        exit_code=FAILED,
        path=name,
        encoding=found.encoding,
    )


def _regular(path: Path, found: Shape) -> Scan | None:
    """Scan a text the database could read by itself; None where it could not."""
    if found.delimiter in {None, BLANKS} or len((found.delimiter or "").encode()) != 1:
        return None
    with path.open("rb") as file:
        if b"\r" in file.read(1 << 16).replace(b"\r\n", b""):
            return None
    return scan(path, found.data_line, found.delimiter, found.quote or '"', len(found.headers))


def _read_csv(path: Path, found: Shape, regular: Scan) -> str:
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in found.headers)
    newline = "\\r\\n" if regular.newline == "\r\n" else "\\n"
    longer = ""
    if regular.longest * 2 > LONGEST_RECORD:
        longer = f", max_line_size={regular.longest * 2}, buffer_size={regular.longest * 8}"
    delimiter, quote = literal(found.delimiter or ","), literal(found.quote or '"')
    return (
        f"read_csv({literal(path)}, auto_detect=false, header=false, skip={found.data_line - 1}, "
        f"columns={{{columns}}}, delim={delimiter}, quote={quote}, "
        f"escape={quote}, new_line='{newline}', nullstr='', comment=''{longer})"
    )


def _line(found: Shape, regular: Scan) -> str:
    """SQL for the line a record begins on, given its `_number` from 1."""
    plain = f"_number + {found.data_line - 1}"
    if not regular.quoted_newlines:
        return plain
    text = "concat(" + ", ".join(quoted(name) for name in found.headers) + ")"
    inside = f"length({text}) - length(replace({text}, chr(10), ''))"
    return (
        f"{plain} + coalesce(sum({inside}) OVER "
        "(ORDER BY _number ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::BIGINT"
    )


def _insert(  # noqa: PLR0917
    connection: DuckDBPyConnection,
    target: Target,
    headers: list[str],
    query: str,
    line: str,
    ragged: str,
) -> int:
    """Insert the rows of `query` (columns named as the headers) and return how many."""
    names = ", ".join(quoted(name) for name in headers)
    inserted = one(
        connection,
        f"INSERT INTO {target.table} BY NAME "
        f"SELECT _number + {target.first_row - 1} AS _row, {target.load_id}::BIGINT AS _load, "
        f"{literal(target.file)} AS _file, {line} AS _line, {ragged} AS _ragged, {names} "
        f"FROM (SELECT row_number() OVER () AS _number, * FROM ({query}))",
    )
    return int(inserted[0])


def _through_spool(  # noqa: PLR0917
    connection: DuckDBPyConnection,
    target: Target,
    path: Path,
    found: Shape,
    temporary: Path,
    progress: Callable[[int, int], None],
) -> Read:
    size = path.stat().st_size
    if found.kind == "excel":
        from kadar.sources.files.excel import excel_records

        with spool(excel_records(path, found), len(found.headers), temporary) as made:
            _insert_spooled(connection, target, found, made)
            return Read(made.records, made.ragged, made.footer)
    try:
        with open_text(path, found) as stream:
            below = (
                (line, list[str | None](record))
                for line, record in records(stream, found.delimiter or ",")
                if line >= found.data_line
            )
            raw: Any = stream.buffer

            def tell() -> None:
                progress(raw.tell(), size)

            with spool(below, len(found.headers), temporary, tell) as made:
                _insert_spooled(connection, target, found, made)
                return Read(made.records, made.ragged, made.footer)
    except UnicodeError as error:
        raise _undecodable(target.file, found) from error


def _insert_spooled(
    connection: DuckDBPyConnection, target: Target, found: Shape, made: Spooled
) -> None:
    names = ["_line", "_ragged", *found.headers]
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names)
    longest = max(LONGEST_RECORD, min(made.path.stat().st_size, 1 << 28))
    query = (
        f"SELECT * FROM read_csv({literal(made.path)}, auto_detect=false, header=false, "
        f"columns={{{columns}}}, delim=',', quote='\"', escape='\"', new_line='\\n', "
        f"nullstr='', comment='', max_line_size={longest})"
    )
    if made.records:
        _insert(connection, target, found.headers, query, "_line::BIGINT", "_ragged")


@contextmanager
def _watched(
    connection: DuckDBPyConnection, size: int, progress: Callable[[int, int], None]
) -> Iterator[None]:
    """Report how far the running statement is, twice a second, from a second thread."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.5):
            share = connection.query_progress()
            if share > 0:
                progress(int(min(share, 100.0) / 100 * size), size)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
    progress(size, size)
