"""Staged rows for the store's tests: what a source would hand over, made of dictionaries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kadar.model import TABLES
from kadar.project import Company, Project, Source
from kadar.sources.source import Parcel, Staged
from kadar.store import LoadReport, Writer
from kadar.store.load import Mode

MORNING = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


def day(number: int) -> datetime:
    """Return a moment of November 2026, one a day."""
    return MORNING.replace(day=number)


def project(folder: Path, *sources: Source) -> Project:
    """Return a project without settings."""
    return Project(folder, Company(name="Test"), list(sources), {})


def order(order_id: str | None, revenue: float | None = 1, **more: Any) -> dict[str, Any]:
    """Return one row of orders."""
    return {
        "order_id": order_id,
        "ordered_at": "2026-01-01 00:00:00+00",
        "revenue": revenue,
        **more,
    }


def staged(
    writer: Writer,
    table: str,
    rows: list[dict[str, Any]],
    *,
    refused: Sequence[tuple[int, str]] = (),
    carried: dict[str, bool] | None = None,
    editions: Sequence[int] = (),
) -> Staged:
    """Land and stage `rows`.

    `refused` gives the places of records that could not be read, why; `editions` the sizes of the
    files they came in.
    """
    c = writer.connection
    landing = f'landing.raw."{table} export"'
    c.execute(
        f"create table if not exists {landing} "
        '(_row bigint, _load bigint, _file varchar, _line bigint, "The Id" varchar, raw varchar)'
    )
    base = c.execute(f"select coalesce(max(_row), 0) from {landing}").fetchone()[0]  # type: ignore[index]
    columns = TABLES[table].columns
    c.execute(
        "create or replace temp table staged as select "
        + ", ".join(f'null::{column.sql_type} as "{column.name}"' for column in columns)
        + ", null::bigint as _row where false"
    )
    c.execute(
        "create or replace temp table refused "
        '(_row bigint, "column" varchar, reason varchar, remedy varchar)'
    )
    unread = dict(refused)
    c.execute("begin")  # one flush for all
    for place, row in enumerate(rows):
        number = base + place + 1
        c.execute(
            f"insert into {landing} values (?, 1, ?, ?, ?, ?)",
            [number, "exports/a.csv", place + 2, row.get(columns[0].name), str(row)],
        )
        if place in unread:
            c.execute(
                "insert into refused values (?, 'revenue', ?, 'mend it')", [number, unread[place]]
            )
            continue
        names = ", ".join(f'"{name}"' for name in row)
        marks = ", ".join("?" * len(row))
        c.execute(f"insert into staged ({names}, _row) values ({marks}, {number})", [*row.values()])
    c.execute("commit")
    parcels, first = [], base + 1
    for size in editions or [len(rows)]:
        parcels.append(Parcel("exports/a.csv", "0" * 64, size, first, new=True))
        first += size
    maps = carried if carried is not None else {"order_id": False}
    return Staged("staged", "refused", landing, len(rows), maps, parcels=parcels, mapping="m1")


def load(
    writer: Writer,
    rows: list[dict[str, Any]],
    *,
    on: int = 1,
    table: str = "orders",
    source: str = "shop",
    mode: Mode = "snapshot",
    **more: Any,
) -> LoadReport:
    """Stage and load `rows` on a day of November 2026."""
    made = staged(writer, table, rows, **more)
    return writer.load(
        TABLES[table], source, mode, made, load_id=writer.new_load(), recorded_at=day(on)
    )


def rows_of(writer: Writer, query: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query."""
    return writer.connection.execute(query).fetchall()
