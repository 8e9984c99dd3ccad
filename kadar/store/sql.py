"""Names and texts as SQL, and values out of one-row queries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from os import PathLike
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def quoted(name: str) -> str:
    """Return an identifier that means exactly `name`."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str | PathLike[str]) -> str:
    """Return a string literal of `text`, as of a file's name."""
    return "'" + str(text).replace("'", "''") + "'"


def listed(names: Iterable[str], of: str = "") -> str:
    """Return the quoted names with commas, each as a column of the alias `of` if given."""
    prefix = f"{of}." if of else ""
    return ", ".join(prefix + quoted(name) for name in names)


def value(connection: DuckDBPyConnection, query: str, parameters: Iterable[object] = ()) -> Any:
    """Return the first column of the first row; None where there is no row."""
    row = connection.execute(query, list(parameters)).fetchone()
    return row[0] if row else None


def interrupted(error: BaseException) -> bool:
    """Tell whether an error is DuckDB's word for Ctrl-C during a statement.

    It takes the KeyboardInterrupt and raises a RuntimeError of nobody's class in its place.
    """
    return type(error) is RuntimeError and str(error) == "Query interrupted"


@contextmanager
def transaction(connection: DuckDBPyConnection) -> Iterator[None]:
    """Make everything inside happen at once, or not at all."""
    connection.execute("begin")
    try:
        yield
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")


@contextmanager
def any_order(connection: DuckDBPyConnection) -> Iterator[None]:
    """Let the engine write rows in any order: bounded memory for large tables.

    Landing numbers records in the order of their file, so this is not set for the connection.
    """
    connection.execute("set preserve_insertion_order = false")
    try:
        yield
    finally:
        connection.execute("set preserve_insertion_order = true")
