"""The column map of a source: each canonical column's input, as SQL over the landing rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kadar.errors import KadarError, nearest
from kadar.language import N_
from kadar.sources.files.expressions import expression_error, headers_used
from kadar.sources.files.header import bare, normal
from kadar.sources.files.nulls import naming_na, sql_known
from kadar.sources.files.profile import Place
from kadar.sources.files.sql import one
from kadar.sources.files.typed import Typed, typed
from kadar.store.sql import quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from kadar.model import Table
    from kadar.project import Project, Source

MOST = 0.9  # of a column's texts must be numbers for an expression to reckon with it


@dataclass(frozen=True)
class Need:
    """A header an expression reckons with, some of whose texts do not fit its type."""

    header: str
    text: str  # SQL over `Inputs.relation`: what is written
    value: str  # SQL: what it means, NULL where nothing


@dataclass(frozen=True)
class Input:
    """What a canonical column is made from."""

    column: str  # canonical
    said: str  # as kadar.toml says it
    sql: str  # over `Inputs.relation`
    type: str  # VARCHAR: a known text that is still to be read; else its own type
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True)
class Inputs:
    """The inputs of a table's columns, and the relation (with `_row`) they are SQL over."""

    relation: str
    given: list[Input]


def find_header(wanted: str, headers: list[str]) -> str | None:
    """Find a header: exactly, else as people compare them, else without marks like （必填）."""
    if wanted in headers:
        return wanted
    for same in (normal, bare):
        for header in headers:
            if same(header) == same(wanted):
                return header
    return None


def inputs(  # noqa: PLR0917 (a source, and what is known of its files)
    connection: DuckDBPyConnection,
    project: Project,
    source: Source,
    table: Table,
    base: str,
    headers: list[str],
    where: Callable[[int], str],
) -> Inputs:
    """Resolve the column map, in the order of the table's columns.

    `base` is the landing rows, its columns `_row` and the headers. Raises KDR-MAP-001 for a column
    the table does not have, KDR-MAP-002 for a header the files do not have, KDR-MAP-003 for an
    expression that fails.
    """
    columns = source.columns or {header: header for header in headers}
    for name in columns:
        if name not in table:
            raise _unknown_column(source.name, table, name)
    mapped = {name: columns[name] for name in table.column_names if name in columns}
    names: dict[str, tuple[str, Typed]] = {}  # as an expression writes it → header, its type
    for column, said in mapped.items():
        place = Place(source.name, column, where)
        expression = _expression(said)
        for name in headers_used(expression, source.name, column) if expression else []:
            if name.casefold() not in {known.casefold() for known in names}:
                header = _found(name, source.name, column, headers)
                read = typed(connection, project, source, base, header, place, MOST)
                names[name] = (header, read)
    # An expression's names are typed columns; the raw texts step aside under names of their own.
    listed = [f"{quoted(header)} AS {_raw(headers, header)}" for header in headers]
    listed += [f"{read.sql} AS {quoted(name)}" for name, (_, read) in names.items()]
    relation = f"(SELECT _row, {', '.join(listed)} FROM {base})"
    plain = {
        column: _raw(headers, _found(said, source.name, column, headers))
        for column, said in mapped.items()
        if not _expression(said)
    }
    texts = [raw for column, raw in plain.items() if _holds_words(table, column)]
    named = naming_na(connection, relation, texts)
    given = []
    for column, said in mapped.items():
        if expression := _expression(said):
            made = _evaluated(connection, relation, expression, source.name, column)
            used = {name.casefold() for name in headers_used(expression, source.name, column)}
            needs = tuple(
                Need(header, sql_known(_raw(headers, header)), quoted(name))
                for name, (header, read) in names.items()
                if read.partial and name.casefold() in used
            )
            given.append(replace(made, needs=needs))
        else:
            raw = plain[column]
            known = sql_known(raw, but_na=raw in named and _holds_words(table, column))
            given.append(Input(column, said, known, "VARCHAR"))
    return Inputs(relation, given)


def _holds_words(table: Table, name: str) -> bool:
    column = table[name]
    own = column.choices or column.references or name in table.key
    return column.type == "text" and not own


def _expression(said: str) -> str | None:
    return said.lstrip()[1:].strip() if said.lstrip().startswith("=") else None


def _raw(headers: list[str], header: str) -> str:
    return f'"_header_{headers.index(header)}"'


def _evaluated(
    connection: DuckDBPyConnection, relation: str, expression: str, source: str, column: str
) -> Input:
    import duckdb

    sql = f"({expression})"
    try:
        described = one(connection, f"DESCRIBE SELECT {sql} AS value FROM {relation}")
    except duckdb.Error as error:
        raise expression_error(source, column, expression, error) from error
    type_ = str(described[1])
    known = sql_known(sql) if type_ == "VARCHAR" else sql
    return Input(column, f"= {expression}", known, type_)


def _found(wanted: str, source: str, column: str, headers: list[str]) -> str:
    header = find_header(wanted, headers)
    if header is None:
        raise _unknown_header(source, column, wanted, headers)
    return header


def _unknown_column(source: str, table: Table, column: str) -> KadarError:
    return KadarError(
        "KDR-MAP-001",
        N_("Source {source}: the table {table} has no column {column}."),
        N_("Its columns: {columns}."),
        source=source,
        table=table.name,
        column=column,
        columns=nearest(column, table.column_names),
    )


def _unknown_header(source: str, column: str, header: str, headers: list[str]) -> KadarError:
    return KadarError(
        "KDR-MAP-002",
        N_("Source {source}, column {column}: the files have no header “{header}”."),
        N_("Headers, the nearest first: {headers}."),
        source=source,
        column=column,
        header=header,
        headers=nearest(header, headers),
    )
