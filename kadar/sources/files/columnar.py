"""Parquet, JSON and JSON lines, through DuckDB: every value as text, nested ones as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kadar.errors import FAILED, KadarError
from kadar.language import N_
from kadar.sources.files.header import unique
from kadar.sources.files.shape import Kind, Shape
from kadar.sources.files.sql import one
from kadar.store.sql import literal, quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LARGEST_OBJECT = 1 << 28  # bytes of one JSON record, or of a page that wraps all records
WRAPPERS = ("results", "records", "value", "data", "items", "list")


def columnar_shape(path: Path, kind: Kind) -> Shape:
    """Find the columns of a Parquet or JSON file."""
    import duckdb

    with duckdb.connect() as connection:
        try:
            columns = _columns(connection, path, kind)
        except duckdb.Error as error:
            raise _unreadable(path, error) from error
    return Shape(kind, unique([name for name, _ in columns]))


def columnar_query(connection: DuckDBPyConnection, path: Path, kind: Kind) -> str:
    """Return a query over the file: its columns as text, under the names of its shape."""
    columns = _columns(connection, path, kind)
    names = unique([name for name, _ in columns])
    listed = ", ".join(
        f"{text} AS {quoted(name)}" for (_, text), name in zip(columns, names, strict=True)
    )
    return f"SELECT {listed} FROM {_relation(connection, path, kind)}"


def columnar_sample(path: Path, found: Shape, rows: int) -> list[list[str | None]]:
    """Return the first records as text."""
    import duckdb

    with duckdb.connect() as connection:
        query = columnar_query(connection, path, found.kind)
        return [list(row) for row in connection.execute(f"{query} LIMIT {rows}").fetchall()]


def _relation(connection: DuckDBPyConnection, path: Path, kind: Kind) -> str:
    if kind == "parquet":
        return f"read_parquet({literal(path)})"
    objects = f"read_json_objects({literal(path)}, maximum_object_size={LARGEST_OBJECT})"
    wrapper = _wrapper(connection, objects)
    if wrapper is None:
        return objects
    return f"(SELECT unnest(json_extract(json, '$.{wrapper}[*]')) AS json FROM {objects})"


def _wrapper(connection: DuckDBPyConnection, objects: str) -> str | None:
    """Find the field that holds the records when the file is one page of an API's answer."""
    first = connection.execute(f"SELECT json FROM {objects} LIMIT 2").fetchall()
    if len(first) != 1:
        return None
    for name in WRAPPERS:
        (kind,) = one(connection, "SELECT json_type(?::JSON, ?)", [first[0][0], f"$.{name}"])
        if kind == "ARRAY":
            return name
    return None


def _columns(connection: DuckDBPyConnection, path: Path, kind: Kind) -> list[tuple[str, str]]:
    """Return each column's name and the SQL for its text."""
    relation = _relation(connection, path, kind)
    if kind == "json":
        return _json_columns(connection, relation)
    described = connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
    return [(str(name), _text(quoted(str(name)), str(type_))) for name, type_, *_ in described]


def _text(column: str, type_: str) -> str:
    if type_.startswith(("STRUCT", "MAP", "UNION")) or type_.endswith("]"):
        return f"to_json({column})::VARCHAR"
    if type_ in {"DOUBLE", "FLOAT"}:  # a whole number kept as a float has no fraction to show
        return (
            f"CASE WHEN abs({column}) < 9007199254740992 AND {column} = trunc({column}) "
            f"THEN {column}::BIGINT::VARCHAR ELSE {column}::VARCHAR END"
        )
    return f"{column}::VARCHAR"


def _json_columns(connection: DuckDBPyConnection, relation: str) -> list[tuple[str, str]]:
    """Columns of JSON records in order of appearance; an object's fields are `object.field`."""
    keys = connection.execute(
        f"""
        SELECT key, bool_or(json_type(json, pointer) = 'OBJECT')
        FROM (
            SELECT json, unnest(json_keys(json)) AS key, generate_subscripts(json_keys(json), 1) p,
                '/' || replace(replace(key, '~', '~0'), '/', '~1') AS pointer
            FROM {relation} WHERE json_type(json) = 'OBJECT'
        ) GROUP BY key ORDER BY min(p), key
        """
    ).fetchall()
    found: list[tuple[str, str]] = []
    for key, nested in keys:
        pointer = "/" + _escaped(str(key))
        if not nested:
            found.append((str(key), f"json ->> {literal(pointer)}"))
            continue
        inner = connection.execute(
            f"SELECT DISTINCT unnest(json_keys(json, {literal(pointer)})) AS key "
            f"FROM {relation} WHERE json_type(json, {literal(pointer)}) = 'OBJECT' ORDER BY key"
        ).fetchall()
        found.extend(
            (f"{key}.{name}", f"json ->> {literal(pointer + '/' + _escaped(str(name)))}")
            for (name,) in inner
        )
    if not found:
        found.append(("value", "json ->> '$'"))
    return found


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def _unreadable(path: Path, error: Exception) -> KadarError:
    return KadarError(
        "KDR-FIL-006",
        N_("The file {path} cannot be read: {detail}."),
        N_("Export it again, or check that it is what its name says."),
        exit_code=FAILED,
        path=path,
        detail=str(error).split("\n", 1)[0],
    )
