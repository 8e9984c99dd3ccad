"""A company out of Python rows: written to a real store, derived and published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import kadar
from kadar.model import TABLES
from kadar.store import Store

RECORDED = datetime(2026, 7, 1, tzinfo=UTC)
Rows = Sequence[Mapping[str, Any]]


def company(
    folder: Path,
    *,
    toml: str = "",
    kpi: str = "",
    columns: Mapping[str, Sequence[str]] | None = None,
    **tables: Rows,
) -> kadar.Workspace:
    """Make a project whose model tables hold these rows, and open it.

    `toml` goes under `[company]`, `kpi` after it. A table carries the columns that any of its
    rows has, and those of `columns`. Keys that no row has are counted off.
    """
    (folder / "kadar.toml").write_text(f"[company]\n{toml}\n{kpi}\n", "utf-8")
    from kadar import project

    with Store(folder).writer() as writer:
        connection = writer.connection
        for name, rows in tables.items():
            table = TABLES[name]
            (first, *_rest) = table.key
            keyed = [{first: f"{name}-{i}", **row} for i, row in enumerate(rows)]
            carried = {column for row in keyed for column in row}
            carried |= {first, *(columns or {}).get(name, ())}
            for column in carried:
                if column not in table:
                    raise KeyError(f"{name} has no column {column}")
            connection.execute(
                "insert into meta.carried select 'test', ?, unnest(?::varchar[]), false",
                [name, sorted(carried)],
            )
            names = [c.name for c in table.columns]
            values = ", ".join(
                f"unnest(${i + 1}::{c.sql_type}[])" for i, c in enumerate(table.columns)
            )
            recorded = f"timestamptz '{RECORDED.isoformat()}'"
            connection.execute(
                f"insert into model.{name} select *, 'test', {recorded} from (select {values})",
                [[row.get(n) for row in keyed] for n in names],
            )
        connection.execute("update meta.version set revision = revision + 1")
        connection.execute(
            "insert into meta.loads values (1, 'test', '-', 'snapshot', ?, ?, '[]', "
            "0, 0, 0, 0, 0, 0, '', '')",
            [RECORDED, RECORDED],
        )
        writer.publish(project.load(folder))
    return kadar.open(folder)


def at(text: str) -> datetime:
    """Return a UTC moment from `2026-01-31` or `2026-01-31 12:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
