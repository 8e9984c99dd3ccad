"""Keys for rows whose file has none: from the content, stable from load to load."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kadar.language import N_
from kadar.store.sql import literal, quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from kadar.model import Table
    from kadar.project import Source

NUMBERED = {("order_lines", "line")}  # key columns that are but a number within the others
DIGITS = 20  # hexadecimal: 80 bits, for ten million rows one clash in 10¹⁰


def add_keys(  # noqa: PLR0917
    connection: DuckDBPyConnection,
    table: Table,
    staged: str,
    base: str,
    headers: list[str],
    mapped: set[str],
) -> list[str]:
    """Fill the key columns no header is mapped to; return their names.

    A table's only key comes from the row's content and, for the second and further equal rows,
    their number. The line of an order is a number within it; no other part of a key of
    several columns can be made.
    """
    absent = [
        name
        for name in table.key
        if name not in mapped
        and table[name].type == "text"
        and not table[name].references
        and not table[name].choices
        and (len(table.key) == 1 or (table.name, name) in NUMBERED)
    ]
    if len(absent) != 1:
        return []
    key = quoted(absent[0])
    others = [quoted(name) for name in table.key if name != absent[0]]
    if others:
        connection.execute(
            f"UPDATE {staged} SET {key} = n.number::VARCHAR FROM ("
            f"SELECT _row, row_number() OVER (PARTITION BY {', '.join(others)} ORDER BY _row) "
            f"AS number FROM {staged}) n WHERE n._row = {staged}._row"
        )
        return absent
    content = ", ".join(
        f"coalesce({literal(header + '=')} || {quoted(header)} || chr(31), '')"
        for header in headers
    )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE keys_made AS SELECT _row, "
        f"left(md5(concat({content})), {DIGITS}) AS key FROM {base} "
        f"WHERE _row IN (SELECT _row FROM {staged})"
    )
    connection.execute(
        """
        UPDATE keys_made SET key = keys_made.key || '-' || n.number FROM (
            SELECT _row, row_number() OVER (PARTITION BY key ORDER BY _row) AS number
            FROM keys_made
            WHERE key IN (SELECT key FROM keys_made GROUP BY key HAVING count(*) > 1)
        ) n WHERE n._row = keys_made._row AND n.number > 1
        """
    )
    connection.execute(
        f"UPDATE {staged} SET {key} = k.key FROM keys_made k WHERE k._row = {staged}._row"
    )
    connection.execute("DROP TABLE keys_made")
    return absent


def note_on_keys(source: Source, table: Table, made: list[str]) -> list[str]:
    """Say how keys were made, if they were."""
    if not made:
        return []
    if len(table.key) > 1:
        told = N_("{source}: {key} is not mapped; rows are numbered within the rest of their key.")
    else:
        told = N_(
            "{source}: no id is mapped to {key}; it is made from each row's content, and equal "
            "rows are numbered. A row that changes counts as a new one."
        )
    return [told.format(source=source.name, key=made[0])]
