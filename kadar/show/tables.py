"""The tables of the store, and the columns of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kadar.language import N_
from kadar.show.terminal import table as empty_table

if TYPE_CHECKING:
    from rich.console import Console

    from kadar.contents import TableContents
    from kadar.model import Table
    from kadar.show.reader import Reader


def records(found: Sequence[TableContents]) -> list[dict[str, Any]]:
    """Return a record for each table."""
    return [
        {
            "table": one.table,
            "rows": one.rows,
            "sources": one.sources,
            "columns": one.columns,
            "quarantined": one.quarantined,
            "recorded_at": one.recorded_at.isoformat() if one.recorded_at else None,
        }
        for one in found
    ]


def show(console: Console, found: Sequence[TableContents], reader: Reader) -> None:
    """Print the tables: rows, sources, refused rows, columns."""
    made = empty_table()
    made.add_column(reader.t(N_("table")), no_wrap=True)
    made.add_column(reader.t(N_("rows")), justify="right", no_wrap=True)
    made.add_column(reader.t(N_("refused")), justify="right", no_wrap=True)
    made.add_column(reader.t(N_("sources")))
    made.add_column(reader.t(N_("columns")), style="dim")
    for one in found:
        sources = ", ".join(f"{name} {reader.count(rows)}" for name, rows in one.sources.items())
        made.add_row(
            one.table,
            reader.count(one.rows),
            reader.count(one.quarantined) if one.quarantined else "",
            sources,
            ", ".join(one.columns),
        )
    console.print(made)


def column_records(
    table: Table, found: Sequence[TableContents], reader: Reader
) -> list[dict[str, Any]]:
    """Return a record for each column of a table; `carried` says whether some source maps it."""
    carried = {column for one in found if one.table == table.name for column in one.columns}
    return [
        {
            "column": column.name,
            "type": column.type,
            "required": column.required,
            "key": column.name in table.key,
            "references": column.references,
            "choices": list(column.choices),
            "carried": column.name in carried,
            "meaning": reader.t(column.meaning),
        }
        for column in table.columns
    ]


def show_columns(
    console: Console, table: Table, columns: Sequence[dict[str, Any]], reader: Reader
) -> None:
    """Print the columns of a table."""
    console.print(table.name, style="bold", end="  ")
    console.print(reader.t(table.meaning))
    console.print()
    made = empty_table()
    made.add_column(reader.t(N_("column")), no_wrap=True)
    made.add_column(reader.t(N_("type")), no_wrap=True)
    made.add_column(reader.t(N_("mapped")), no_wrap=True)
    made.add_column(reader.t(N_("meaning")))
    for one in columns:
        meaning = one["meaning"]
        if one["choices"]:
            meaning += f" ({', '.join(one['choices'])})"
        if one["references"]:
            meaning += f" → {one['references']}"
        kind = f"{one['type']} *" if one["required"] else one["type"]
        made.add_row(
            one["column"],
            kind,
            reader.t(N_("yes")) if one["carried"] else "",
            meaning,
            style=None if one["carried"] else "dim",
        )
    console.print(made)
    console.print(reader.t(N_("* required")), style="dim")
