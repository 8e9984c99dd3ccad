"""What the store holds now: rows of each table, where they came from, what was refused."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from kadar.errors import KadarError
from kadar.language import N_

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from kadar.project import Project


@dataclass(frozen=True)
class TableContents:
    """Rows of one table: all, by source, those refused, and the columns some source maps.

    A source that had every row refused is in `sources` with none.
    """

    table: str
    rows: int
    sources: dict[str, int]
    columns: list[str]
    refused: dict[str, int]  # rows in quarantine, by source
    learnt: dict[str, datetime]  # the latest row learnt of each source, aware UTC

    @property
    def quarantined(self) -> int:
        """Rows in quarantine, of all sources."""
        return sum(self.refused.values())

    @property
    def recorded_at(self) -> datetime | None:
        """The latest row learnt, aware UTC."""
        return max(self.learnt.values(), default=None)


@dataclass(frozen=True)
class RefusedRow:
    """A record that is in quarantine: where it stands, why, and what to do about it."""

    source: str
    table: str
    file: str | None
    line: int | None
    column: str | None
    reason: str
    remedy: str
    record: dict[str, Any]


def opened(project: Project) -> DuckDBPyConnection:
    """Open the current version of the data, read-only. Raises KDR-ASK-007 before the first."""
    from kadar.store import Store

    connection = Store(project.folder).reader()
    if connection is None:
        raise KadarError(
            "KDR-ASK-007",
            N_("{folder} holds no data yet."),
            N_("Run kadar import FILE… or kadar sync."),
            folder=str(project.folder),
        )
    return connection


def tables(connection: DuckDBPyConnection) -> list[TableContents]:
    """Return every table of the model that holds or refused a row, in the model's order."""
    from kadar.model import TABLES

    carried: dict[str, list[str]] = {}
    for table, column in connection.execute(
        'SELECT DISTINCT "table", "column" FROM meta.carried'
    ).fetchall():
        carried.setdefault(table, []).append(column)
    refused: dict[str, dict[str, int]] = {}
    for table, source, rows in connection.execute(
        'SELECT "table", source, count(*) FROM meta.quarantine_now GROUP BY ALL ORDER BY ALL'
    ).fetchall():
        refused.setdefault(table, {})[source] = rows
    found = []
    for name, table in TABLES.items():
        by_source = connection.execute(
            f"SELECT source, count(*), max(epoch_us(recorded_at)) FROM model.{name} "
            "GROUP BY source ORDER BY source"
        ).fetchall()
        if not by_source and name not in refused:
            continue
        there = set(carried.get(name, ()))
        rows_of = {source: rows for source, rows, _ in by_source}
        found.append(
            TableContents(
                name,
                sum(rows for _, rows, _ in by_source),
                dict(sorted((dict.fromkeys(refused.get(name, {}), 0) | rows_of).items())),
                [column for column in table.column_names if column in there],
                refused.get(name, {}),
                {source: _moment(at) for source, _, at in by_source},
            )
        )
    return found


def refused_rows(connection: DuckDBPyConnection) -> list[RefusedRow]:
    """Return every record in quarantine now, in the order of the files."""
    rows = connection.execute(
        'SELECT source, "table", file, line, "column", reason, remedy, record '
        'FROM meta.quarantine_now ORDER BY source, "table", file, line, "column"'
    ).fetchall()
    return [
        RefusedRow(source, table, file, line, column, reason, remedy, json.loads(record or "{}"))
        for source, table, file, line, column, reason, remedy, record in rows
    ]


def _moment(microseconds: int) -> datetime:
    from datetime import UTC, timedelta

    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
