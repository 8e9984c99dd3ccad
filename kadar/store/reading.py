"""Opening a file of the store read-only, with a modest share of memory."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LEAST = 640_000_000  # bytes of memory
TIMES = 4  # the file's size: it is compressed


def read_only(file: Path) -> DuckDBPyConnection:
    """Open a file read-only, with time in UTC and memory in proportion to it.

    What needs more is put beside the file meanwhile; `DuckDB.run` takes more where even that will
    not do. DuckDB by itself takes up to four fifths of the machine's memory before it lets go of
    any. Raises FileNotFoundError where the file is gone, duckdb.Error where it cannot be read.
    """
    import duckdb

    most = max(LEAST, TIMES * file.stat().st_size)
    connection = duckdb.connect(str(file), read_only=True)
    with suppress(duckdb.Error):  # other connections of this process use more just now
        connection.execute(f"set memory_limit = '{most}B'")
    connection.execute("set TimeZone = 'UTC'")
    return connection


def remove_spilled(file: Path) -> None:
    """Remove what a reader that was killed had put beside a file."""
    shutil.rmtree(file.with_name(f"{file.name}.tmp"), ignore_errors=True)
