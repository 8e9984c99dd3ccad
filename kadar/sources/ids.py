"""Whose ids a source gives: ids of two systems that happen to be equal are not the same thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kadar.model import Table
from kadar.store.sql import literal, quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from kadar.project import Project, Source

OTHER = "*"


def live(project: Project) -> list[str]:
    """Return the sources that are whole systems: those that name no table of the model."""
    return [source.name for source in project.sources if not source.table]


def prefix(project: Project, source: Source, table: str) -> str:
    """Return what is put before a source's ids of a table of the model: nothing, or `name:`.

    Files, and the first live source of kadar.toml, give ids as they are: one company's exports
    name the same things. Every other live source has ids of its own. `ids` says otherwise: a
    text for all, or by the table that ids are of, `*` for the others; an empty one is nothing.
    """
    said = source.ids
    if isinstance(said, dict):
        said = said.get(table, said.get(OTHER))
    if said is None:
        said = source.name if source.name in live(project)[1:] else ""
    return f"{said}:" if said else ""


def prefixes(project: Project, source: Source, table: Table) -> dict[str, str]:
    """Return what is put before the ids in each column of a table: columns without it left out."""
    of = dict(table.references)
    if len(table.key) == 1:
        of.setdefault(table.key[0], table.name)
    made = {column: prefix(project, source, to) for column, to in of.items()}
    return {column: text for column, text in made.items() if text}


def put(connection: DuckDBPyConnection, staged: str, columns: dict[str, str]) -> None:
    """Put the prefixes before the ids of staged rows."""
    if not columns:
        return
    listed = ", ".join(
        f"{quoted(column)} = {literal(text)} || {quoted(column)}"
        for column, text in columns.items()
    )
    connection.execute(f"update {staged} set {listed}")
