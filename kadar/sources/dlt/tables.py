"""The tables a dlt pipeline has loaded: their columns, their keys, their rows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

DATASET = "data"
CHUNK = 5_000  # rows in memory at once


def file_of(folder: Path, source: str) -> Path:
    """Return the database of a source's pipeline, in a project's folder."""
    return folder / "store" / "dlt" / f"{source}.duckdb"


@dataclass(frozen=True)
class Tables:
    """What a pipeline's database holds; nothing before its first run."""

    file: Path
    columns: Mapping[str, list[str]] = field(default_factory=dict)
    keys: Mapping[str, list[str]] = field(default_factory=dict)  # primary keys, else dlt's row id
    last: str | None = None  # the last load that is through

    @classmethod
    def of(cls, file: Path) -> Tables:
        """Look into a pipeline's database."""
        if not file.exists():
            return cls(file)
        with duckdb.connect(str(file), read_only=True) as connection:
            found = connection.execute(
                "select table_name, list(column_name order by column_index) "
                "from duckdb_columns() where schema_name = ? group by 1 order by 1",
                [DATASET],
            ).fetchall()
            names = {name for name, _ in found}
            if "_dlt_loads" not in names:
                return cls(file)
            (last,) = connection.execute(
                f"select max(load_id) from {DATASET}._dlt_loads where status = 0"
            ).fetchone() or (None,)
            schema = connection.execute(
                f"select schema from {DATASET}._dlt_version order by inserted_at desc, "
                "version desc limit 1"
            ).fetchone()
        said: dict[str, Any] = json.loads(schema[0])["tables"] if schema else {}
        columns = {name: there for name, there in found if not name.startswith("_dlt_")}
        keys = {name: _key(said.get(name, {}), there) for name, there in columns.items()}
        return cls(file, columns, keys, last)

    def rows(self, name: str) -> Iterator[Sequence[tuple[Any, ...]]]:
        """Yield a table's rows in chunks, each in the order of its columns."""
        with duckdb.connect(str(self.file), read_only=True) as connection:
            connection.execute("set TimeZone = 'UTC'")
            found = connection.execute(f'select * from {DATASET}."{name}"')
            while part := found.fetchmany(CHUNK):
                yield part

    def count(self, name: str) -> int:
        """Return how many rows a table has."""
        with duckdb.connect(str(self.file), read_only=True) as connection:
            (count,) = connection.execute(
                f'select count(*) from {DATASET}."{name}"'
            ).fetchone() or (0,)
        return int(count)


def _key(table: Mapping[str, Any], columns: Sequence[str]) -> list[str]:
    said = table.get("columns", {})
    key = [name for name in columns if said.get(name, {}).get("primary_key")]
    return key or [name for name in columns if name == "_dlt_id"] or list(columns)
