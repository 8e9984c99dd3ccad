"""The engines beside DuckDB, each filled with a company's published data, table by table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import duckdb
import pytest

from kadar.engines.engine import Engine
from tests.conformance.postgres_server import server

Connection = duckdb.DuckDBPyConnection
Tables = dict[tuple[str, str], dict[str, str]]
Fill = Callable[[Connection], Engine]


def tables(connection: Connection) -> Tables:
    """Return the tables that are read, by schema and name: the type of each column."""
    found: Tables = {}
    for schema, table, column, kind in connection.execute(
        "SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns "
        "WHERE table_schema = 'crm' OR (table_schema = 'meta' AND table_name = 'version') "
        "ORDER BY ordinal_position"
    ).fetchall():
        found.setdefault((schema, table), {})[column] = kind
    return found


@contextmanager
def postgres(folder: Path) -> Iterator[Fill]:
    """PostgreSQL: a server that lives as long as the tests."""
    psycopg = pytest.importorskip("psycopg", reason="pip install 'kadar[postgres]'")
    from kadar.engines.postgres import PostgreSQL

    types = {"TIMESTAMP WITH TIME ZONE": "timestamptz", "DOUBLE": "double precision",
             "TINYINT": "smallint", "UINTEGER": "bigint"}  # fmt: skip
    with server() as address:

        def fill(source: Connection) -> Engine:
            connection = psycopg.connect(address)
            connection.execute("DROP SCHEMA IF EXISTS crm CASCADE")
            connection.execute("DROP SCHEMA IF EXISTS meta CASCADE")
            connection.execute("CREATE SCHEMA crm")
            connection.execute("CREATE SCHEMA meta")
            for (schema, table), columns in tables(source).items():
                name = f'"{schema}"."{table}"'
                made = ", ".join(f'"{c}" {types.get(kind, kind)}' for c, kind in columns.items())
                connection.execute(f"CREATE TABLE {name} ({made})")
                file = folder / f"{schema}.{table}.csv"
                source.execute(f"COPY {name} TO '{file}' (FORMAT csv, HEADER false, NULL '\\N')")
                copying = f"COPY {name} FROM STDIN (FORMAT csv, NULL '\\N')"
                with connection.cursor().copy(copying) as copied:
                    copied.write(file.read_bytes())
            connection.execute("ANALYZE")
            connection.commit()
            return PostgreSQL(connection)

        yield fill


@contextmanager
def clickhouse(folder: Path) -> Iterator[Fill]:
    """ClickHouse: the one session of chDB that a process can have."""
    pytest.importorskip("chdb", reason="pip install 'kadar[clickhouse]'")
    from chdb.session import Session

    from kadar.engines.clickhouse import ClickHouse

    types = {"VARCHAR": "String", "TIMESTAMP WITH TIME ZONE": "DateTime64(6, 'UTC')",
             "DATE": "Date32", "BOOLEAN": "Bool", "DOUBLE": "Float64", "BIGINT": "Int64",
             "INTEGER": "Int32", "TINYINT": "Int8", "UINTEGER": "UInt32"}  # fmt: skip
    session = Session(str(folder / "clickhouse"))

    def fill(source: Connection) -> Engine:
        for schema in ("crm", "meta"):
            session.query(f"DROP DATABASE IF EXISTS {schema}")
            session.query(f"CREATE DATABASE {schema}")
        for (schema, table), columns in tables(source).items():
            name, file = f'"{schema}"."{table}"', folder / f"{schema}.{table}.parquet"
            made = ", ".join(
                f'"{c}" Nullable({types.get(kind, kind)})' for c, kind in columns.items()
            )
            session.query(f"CREATE TABLE {name} ({made}) ENGINE = MergeTree ORDER BY tuple()")
            source.execute(f"COPY {name} TO '{file}' (FORMAT parquet)")
            session.query(f"INSERT INTO {name} SELECT * FROM file('{file}', 'Parquet')")
        return ClickHouse(session)

    try:
        yield fill
    finally:
        session.close()


# by name, as `[project.entry-points."kadar.engines"]` has them
OTHERS: dict[str, Callable[[Path], AbstractContextManager[Fill]]] = {
    "postgres": postgres,
    "clickhouse": clickhouse,
}
