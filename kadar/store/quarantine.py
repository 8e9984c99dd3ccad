"""Quarantine: the rows a load refused, whole, with where they came from, why and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kadar.store.sql import literal, quoted

if TYPE_CHECKING:
    from datetime import datetime

    from duckdb import DuckDBPyConnection

_BOOKKEEPING = ("_row", "_load", "_file", "_line")  # landing's columns that are not the record's
NOW = "meta.quarantine_now"  # view: the refused rows that stand now (schema.py)


def keep(
    connection: DuckDBPyConnection,
    refused: str,
    landing: str,
    *,
    load_id: int,
    source: str,
    table: str,
    recorded_at: datetime,
) -> None:
    """Write the rows of the table `refused` to quarantine, each with its raw record as JSON."""
    connection.execute(
        f"""
        insert into meta.quarantine
        select ?, ?, ?, l._file, l._line, r."column", r.reason, r.remedy, l.record, ?
        from {refused} r left join (
            select _row, _file, _line, {_record(connection, landing)} as record from {landing}
            where _row in (select _row from {refused})
        ) l using (_row)
        """,
        [load_id, source, table, recorded_at],
    )


def digest(connection: DuckDBPyConnection, source: str, table: str) -> tuple[int, int]:
    """Return a count and a check sum of what is refused now: equal if nothing changed."""
    row = connection.execute(
        'select count(*), coalesce(sum(hash(file, line, "column", reason, record)::hugeint), 0) '
        f'from {NOW} where source = ? and "table" = ?',
        [source, table],
    ).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def _record(connection: DuckDBPyConnection, landing: str) -> str:
    """Return an SQL expression: the record as JSON, without what its file has nothing for."""
    described = connection.execute(f"describe {landing}").fetchall()
    headers = [row[0] for row in described if row[0] not in _BOOKKEEPING]
    pairs = ", ".join(f"{literal(header)}, {quoted(header)}" for header in headers)
    return f"json_merge_patch('{{}}'::json, json_object({pairs}))"
