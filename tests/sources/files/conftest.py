"""A project folder, and the writer's connection as the store opens it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest

from kadar.model import TABLES
from kadar.project import Company, Project, Source
from kadar.sources.files import Files
from kadar.sources.files.landing import raw_table
from kadar.sources.source import LandReport, Staged


@dataclass
class Desk:
    """Lands and stages sources as sync does, and shows what came of it."""

    project: Project
    connection: duckdb.DuckDBPyConnection
    loads: int = field(default=0)

    @property
    def folder(self) -> Path:
        return self.project.folder

    def write(self, name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    def source(self, table: str = "orders", path: Any = "a.csv", **settings: Any) -> Source:
        if "query" in settings:
            path = None
        return Source(name=settings.pop("name", "a"), table=table, path=path, **settings)

    def land(self, source: Source) -> LandReport:
        self.loads += 1
        return Files().land(self.connection, self.project, source, self.loads)

    def stage(self, source: Source) -> Staged:
        self.loads += 1
        return Files().stage(
            self.connection, self.project, source, TABLES[source.table], self.loads
        )

    def raw(self, source: Source, columns: str = "*") -> list[tuple[Any, ...]]:
        table = raw_table(source.name)
        return self.connection.execute(f"SELECT {columns} FROM {table} ORDER BY _row").fetchall()

    def rows(self, staged: Staged, *columns: str) -> list[Any]:
        """Staged values in the order of their records; moments as UTC text."""
        listed = ", ".join(
            f"strftime({c} AT TIME ZONE 'UTC', '%Y-%m-%d %H:%M:%S')" if c.endswith("_at") else c
            for c in columns
        )
        found = self.connection.execute(
            f"SELECT {listed} FROM {staged.staged} ORDER BY _row"
        ).fetchall()
        return [row[0] for row in found] if len(columns) == 1 else found

    def refused(self, staged: Staged) -> list[tuple[Any, ...]]:
        return self.connection.execute(
            f'SELECT l._line, r."column", r.reason FROM {staged.refused} r '
            f"JOIN {staged.landing} l USING (_row) ORDER BY _row"
        ).fetchall()


@pytest.fixture(scope="session")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    """One connection for all tests; each has a landing database of its own."""
    connection = duckdb.connect(":memory:")
    connection.execute("SET TimeZone = 'UTC'")
    yield connection
    connection.close()


@pytest.fixture
def desk(tmp_path: Path, engine: duckdb.DuckDBPyConnection) -> Iterator[Desk]:
    company = Company(name="Kedai", currency="MYR", time_zone="Asia/Kuala_Lumpur")
    (tmp_path / "store").mkdir()
    engine.execute("ATTACH ':memory:' AS landing")
    yield Desk(Project(tmp_path, company, [], {}), engine)
    engine.execute("DETACH landing")
