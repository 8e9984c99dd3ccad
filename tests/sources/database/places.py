"""Real databases of the tests' own, reached by address: SQLite, DuckDB, PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb
import pytest

from tests.conformance.postgres_server import server


@dataclass
class Place:
    """A database: its address without password, and a way to change it."""

    dialect: str
    url: str
    where: str  # file, or how psycopg connects

    def run(self, *statements: str) -> None:
        """Run statements, committed together."""
        if self.dialect == "sqlite":
            with sqlite3.connect(self.where) as connection:
                for statement in statements:
                    connection.execute(statement)
            connection.close()
        elif self.dialect == "duckdb":
            with duckdb.connect(self.where) as made:
                made.execute("begin")
                for statement in statements:
                    made.execute(statement)
                made.execute("commit")
        else:
            import psycopg

            with psycopg.connect(self.where) as server_:
                for statement in statements:
                    server_.execute(statement)  # type: ignore[call-overload]

    def fill(self, table: str, rows: list[tuple[Any, ...]]) -> None:
        """Insert rows of texts, numbers and nothing."""
        values = ", ".join(f"({', '.join(map(_literal, row))})" for row in rows)
        self.run(f"insert into {table} values {values}")


def _literal(value: Any) -> str:
    if value is None:
        return "null"
    return str(value) if isinstance(value, int | float) else "'" + value.replace("'", "''") + "'"


def sqlite_place(folder: Path) -> Place:
    """Return an empty SQLite database."""
    file = folder / "shop.sqlite"
    return Place("sqlite", f"sqlite:///{file}", str(file))


def duckdb_place(folder: Path) -> Place:
    """Return an empty DuckDB database; skips without a dialect for SQLAlchemy."""
    pytest.importorskip("duckdb_engine", reason="no dialect for DuckDB: pip install duckdb-engine")
    file = folder / "shop.duckdb"
    return Place("duckdb", f"duckdb:///{file}", str(file))


@contextmanager
def postgres_place() -> Iterator[Place]:
    """Return an empty PostgreSQL database; skips where PostgreSQL is not installed."""
    pytest.importorskip("psycopg", reason="psycopg is not installed: pip install 'psycopg[binary]'")
    with server() as said:
        parts = dict(part.split("=", 1) for part in said.split())
        host = quote(parts["host"], safe="")
        yield Place("postgresql", f"postgresql+psycopg://postgres@/postgres?host={host}", said)
