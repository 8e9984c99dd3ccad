"""A small kind of source for the store's tests: a CSV whose headers are the canonical names.

Run as a program it syncs one project: `plain_kind.py FOLDER DAY NAME=TABLE…`, each source being
NAME.csv in the folder.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from duckdb import DuckDBPyConnection
from store_rows import day

from kadar.errors import KadarError
from kadar.model import Table
from kadar.project import Company, Project, Source
from kadar.sources.source import LandReport, Parcel, Progress, Staged, silent
from kadar.store.sql import value
from kadar.sync import SyncReport, sync


class Plain:
    """Reads `Source.path` as it is; a revenue that is no number is refused."""

    def tables(self, project: Project, source: Source) -> list[str]:
        return [source.table]

    def fingerprint(self, connection: DuckDBPyConnection, project: Project, source: Source) -> str:
        return hashlib.sha256((project.folder / str(source.path)).read_bytes()).hexdigest()

    def land(
        self,
        connection: DuckDBPyConnection,
        project: Project,
        source: Source,
        load_id: int,
        progress: Progress = silent,
    ) -> LandReport:
        landing, content = (
            f'landing.raw."{source.name}"',
            self.fingerprint(connection, project, source),
        )
        connection.execute(
            f"create table if not exists {landing} (_row bigint, _load bigint, _file varchar, "
            "_line bigint, _content varchar, key varchar, revenue varchar)"
        )
        progress("landing", 0, 1)
        known = f"select count(*) from {landing} where _content = ?"
        if not value(connection, known, [content]):
            file = project.folder / str(source.path)
            connection.execute(
                f"insert into {landing} select n + (select coalesce(max(_row), 0) from {landing}), "
                "?, ?, n + 1, ?, key, revenue from (select *, row_number() over () as n "
                f"from read_csv('{file}', all_varchar = true, header = true))",
                [load_id, str(source.path), content],
            )
        return LandReport(notes=["landed"])

    def stage(  # noqa: PLR0917
        self,
        connection: DuckDBPyConnection,
        project: Project,
        source: Source,
        table: Table,
        load_id: int,
        progress: Progress = silent,
    ) -> Staged:
        landing, content = (
            f'landing.raw."{source.name}"',
            self.fingerprint(connection, project, source),
        )
        given = {
            table.key[0]: "key",
            "revenue": "try_cast(revenue as decimal(18,4))",
            "ordered_at": "timestamptz '2026-01-01 00:00:00+00'",
            "line": "'1'",
        }
        columns = ", ".join(
            f"{given.get(c.name, 'null')}::{c.sql_type} as {c.name}" for c in table.columns
        )
        mine = f"from {landing} where _content = '{content}' and"
        readable = "coalesce(try_cast(revenue as decimal(18,4)) is not null, false)"
        connection.execute(f"create temp table st as select {columns}, _row {mine} {readable}")
        connection.execute(
            "create temp table refused as select _row, 'revenue' as \"column\", "
            f"'no number' as reason, 'mend it' as remedy {mine} not {readable}"
        )
        read = int(value(connection, f"select count(*) {mine} true"))
        parcel = Parcel(str(source.path), content, read, 1)
        carried = {table.key[0]: False, "revenue": False, "ordered_at": True}
        return Staged("st", "refused", landing, read, carried, ["staged"], [parcel], "m")


class Broken(Plain):
    """Fails in the midst of its own transaction, leaving temporary tables behind."""

    def stage(  # noqa: PLR0917
        self,
        connection: DuckDBPyConnection,
        project: Project,
        source: Source,
        table: Table,
        load_id: int,
        progress: Progress = silent,
    ) -> Staged:
        super().stage(connection, project, source, table, load_id, progress)
        connection.execute("begin")
        connection.execute("delete from model.orders")
        raise RuntimeError("the network went\naway")


def kinds(name: str) -> Plain:
    """Find a kind as `kind_named` does."""
    if name not in ("plain", "broken"):
        raise KadarError("KDR-PRJ-040", "There is no kind {kind}.", "Choose another.", kind=name)
    return Plain() if name == "plain" else Broken()


def made(folder: Path, *sources: tuple[str, str], kind: str = "plain") -> Project:
    """Return a project of (name, table) sources, each NAME.csv in the folder."""
    listed = [Source(name, table, kind, f"{name}.csv") for name, table in sources]
    return Project(folder, Company(), listed, {})


def derive(connection: DuckDBPyConnection, project: Project) -> None:
    """Stand in for the real derivation, quickly: one total a table, for readers to compare."""
    connection.execute("create schema if not exists crm")
    for table in ("orders", "order_lines"):
        connection.execute(
            f"create or replace table crm.{table}_total as "
            f"select count(*) as n, sum(revenue)::double as revenue from model.{table}"
        )


def run(project: Project, on: int, **more: object) -> SyncReport:
    """Sync with the plain kind on a day of November 2026."""
    return sync(project, recorded_at=day(on), kinds=kinds, derive=derive, **more)  # type: ignore[arg-type]


def write(folder: Path, name: str, rows: dict[str, object]) -> None:
    """Write NAME.csv at once, as an export that is replaced."""
    side = folder / f"{name}.part"
    lines = [f"{key},{revenue}" for key, revenue in rows.items()]
    side.write_text("key,revenue\n" + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    side.replace(folder / f"{name}.csv")


if __name__ == "__main__":
    pairs = [tuple(pair.split("=")) for pair in sys.argv[3:]]
    run(
        made(Path(sys.argv[1]), *pairs),  # type: ignore[arg-type]
        int(sys.argv[2]),
        progress=lambda step, done, total: print(step, flush=True),  # noqa: T201
    )
