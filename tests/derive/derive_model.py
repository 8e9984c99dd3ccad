"""A model in memory, and what a test puts into it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from kadar.derive import derive
from kadar.model import TABLES
from kadar.project import Company, Project, Source
from kadar.schedule import Schedule, Tickets


class Crm:
    """An in-memory model: `put` rows, `derive`, then ask."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self.sources: list[Source] = []
        connection.execute("SET TimeZone = 'UTC'; CREATE SCHEMA model; CREATE SCHEMA meta")
        for name, table in TABLES.items():
            columns = ", ".join(f'"{c.name}" {c.sql_type}' for c in table.columns)
            connection.execute(
                f'CREATE TABLE model."{name}" ({columns}, source VARCHAR NOT NULL, '
                "recorded_at TIMESTAMPTZ NOT NULL)"
            )
        connection.execute(
            'CREATE TABLE meta.carried (source VARCHAR, "table" VARCHAR, "column" VARCHAR, '
            "date_only BOOLEAN)"
        )

    def put(
        self, table: str, *rows: dict[str, Any], source: str = "a", date_only: bool = False
    ) -> Crm:
        """Put rows into a model table and note the columns they carry."""
        if (source, table) not in [(s.name, s.table) for s in self.sources]:
            self.sources.append(Source(name=source, table=table))
        keys = list(dict.fromkeys(key for row in rows for key in row))
        columns = ", ".join(f'"{key}"' for key in keys)
        places = ", ".join("?" for _ in keys)
        self.connection.executemany(
            f'INSERT INTO model."{table}" ({columns}, source, recorded_at) '
            f"VALUES ({places}, '{source}', TIMESTAMPTZ '2030-01-01 00:00:00+00')",
            [[row.get(key) for key in keys] for row in rows],
        )
        self.connection.executemany(
            "INSERT INTO meta.carried VALUES (?, ?, ?, ?)",
            [[source, table, key, date_only] for key in keys],
        )
        return self

    def clear(self) -> None:
        """Empty every table of the model."""
        for name in TABLES:
            self.connection.execute(f'DELETE FROM model."{name}"')
        self.connection.execute("DELETE FROM meta.carried")
        self.sources.clear()

    def derive(
        self,
        *,
        schedules: Sequence[Schedule] = (),
        tickets: dict[str, Any] | None = None,
        **company: Any,
    ) -> Crm:
        """Derive schema `crm` for a company with these settings."""
        rules = Tickets(**(tickets or {}))
        project = Project(Path("."), Company(**company), self.sources, {}, list(schedules), rules)
        derive(self.connection, project)
        return self

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a query; moments come as texts in UTC."""
        kinds = [str(kind) for kind in self.connection.sql(sql).types]
        columns = ", ".join(
            f"strftime(CAST(c{at} AS TIMESTAMP), '%Y-%m-%d %H:%M:%S')"
            if kind == "TIMESTAMP WITH TIME ZONE"
            else f"c{at}"
            for at, kind in enumerate(kinds)
        )
        names = ", ".join(f"c{at}" for at in range(len(kinds)))
        return self.connection.execute(f"SELECT {columns} FROM ({sql}) AS q({names})").fetchall()
