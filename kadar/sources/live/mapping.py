"""The mapping of a live source: one SELECT a table of the model, over one view an object.

A file of the same name in the project (`mapping/<source>/<table>.sql`) takes the place of the
connector's own, or adds a table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kadar.errors import KadarError, nearest
from kadar.language import N_
from kadar.model import TABLES, Table
from kadar.sources.live.spells import make_macros
from kadar.store.sql import literal, quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from kadar.project import Project, Source
    from kadar.sources.live.connector import Object

FOLDER = "mapping"
CURRENT = "temp._live_current"  # rows of the landing table that stand now
_OWN = {
    "_row": "_row",
    "_key": "key",
    "_modified": "modified",
    "_seen_at": "seen_at",
}
_PAST = {**_OWN, "_deleted": "deleted"}


@dataclass(frozen=True)
class Mapping_:  # noqa: N801  (`Mapping` is another thing)
    """The SQL of one table, and the file it stands in."""

    table: Table
    file: Path
    sql: str

    def names(self, objects: Sequence[Object]) -> list[str]:
        """Return the objects whose views the SQL may select from."""
        return [one.name for one in objects if re.search(rf"\b{re.escape(one.name)}", self.sql)]


def mappings(own: Path, project: Project, source: Source) -> dict[str, Mapping_]:
    """Return the mapping of each table, the project's own before the connector's.

    Raises KDR-SRC-011 for a file that is called like no table of the model.
    """
    found: dict[str, Mapping_] = {}
    for folder in (own / FOLDER, project.folder / FOLDER / source.name):
        for file in sorted(folder.glob("*.sql")):
            if file.stem not in TABLES:
                raise KadarError(
                    "KDR-SRC-011",
                    N_("{file} is called like no table of the model."),
                    N_("Tables: {known}."),
                    file=file,
                    known=nearest(file.stem, sorted(TABLES)),
                )
            sql = file.read_text("utf-8").strip().rstrip(";")
            found[file.stem] = Mapping_(TABLES[file.stem], file, sql)
    return {name: found[name] for name in TABLES if name in found}


def make_views(
    connection: DuckDBPyConnection,
    raw: str,
    objects: Sequence[Object],
    settings: Mapping[str, str],
) -> None:
    """Make the temporary views and macros that mappings use, and the settings they may read.

    What stands now is found once for all tables of a source: `forget_current` before another.
    """
    for name, text in settings.items():
        connection.execute(f"set variable {name} = {literal(text)}")
    connection.execute(
        f"create temp table if not exists {CURRENT.removeprefix('temp.')} as select _row from "
        f"(select max(_row) as _row, arg_max(deleted, _row) as deleted from {raw} "
        "group by _file, key) where not deleted"
    )
    make_macros(connection)
    for one in objects:
        rows = f"from {raw} where _file = {literal(one.name)}"
        _view(connection, one, one.name, _OWN, f"{rows} and _row in (select _row from {CURRENT})")
        _view(connection, one, f"{one.name}__versions", _PAST, rows)


def forget_current(connection: DuckDBPyConnection) -> None:
    """Forget what stood before something is landed."""
    connection.execute(f"drop table if exists {CURRENT}")


def _view(
    connection: DuckDBPyConnection,
    one: Object,
    name: str,
    bookkeeping: dict[str, str],
    rows: str,
) -> None:
    paths = ", ".join(literal(path) for path in one.columns.values())
    own = ", ".join(f"{column} as {called}" for called, column in bookkeeping.items())
    listed = ", ".join(
        f"_values[{place}] as {quoted(column)}" for place, column in enumerate(one.columns, 1)
    )
    connection.execute(
        f"create or replace temp view {quoted(name)} as select * exclude (_values), {listed} from "
        f"(select {own}, json_extract_string(record, [{paths}]) as _values {rows})"
    )


def failed(mapping: Mapping_, source: str, error: Exception) -> KadarError:
    """Return the error for SQL that does not run."""
    return KadarError(
        "KDR-SRC-012",
        N_("Source {source}: {file} fails: {detail}"),
        N_("Write one SELECT that names its columns as those of {table}, and _row."),
        source=source,
        file=mapping.file,
        detail=next(iter(str(error).splitlines()), ""),
        table=mapping.table.name,
    )
