"""The tables of a store and how an older store becomes today's: migrations only go forward."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from kadar.errors import KadarError
from kadar.language import N_
from kadar.model import TABLES, Table
from kadar.store.sql import quoted, transaction, value

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

KEPT = {"source": "VARCHAR NOT NULL", "recorded_at": "TIMESTAMPTZ NOT NULL"}
PAST = {**KEPT, "superseded_at": "TIMESTAMPTZ NOT NULL", "change": "VARCHAR NOT NULL"}

_META = """
create schema meta;
create schema model;
create table meta.version (
    schema_version integer not null,   -- number of the last migration done
    data_version varchar,              -- the version last made of the data; names its file
    revision bigint not null,          -- counts the loads that changed something
    derived_revision bigint,           -- the revision crm was last derived from
    derived_settings varchar,          -- digest of the settings crm was last derived with
    versions bigint not null,          -- versions made so far
    last_load bigint not null          -- load ids given out so far, finished or not
);
insert into meta.version values (0, null, 0, null, null, 0, 0);
create table meta.loads (
    load_id bigint not null, source varchar not null, "table" varchar not null,
    mode varchar not null,             -- snapshot, append, removed (from kadar.toml)
    started_at timestamptz not null, finished_at timestamptz not null,
    files json not null,               -- list of path, sha256, rows
    read bigint not null, new bigint not null, changed bigint not null,
    unchanged bigint not null, gone bigint not null, quarantined bigint not null,
    mapping_hash varchar not null, fingerprint varchar not null
);
create table meta.quarantine (
    load_id bigint not null, source varchar not null, "table" varchar not null,
    file varchar, line bigint, "column" varchar, reason varchar not null,
    remedy varchar not null, record json, recorded_at timestamptz not null
);
create table meta.carried (
    source varchar not null, "table" varchar not null, "column" varchar not null,
    date_only boolean not null
);
-- The refused rows that stand now. A snapshot (or a removal) says anew what is refused; an
-- append adds to what the loads since said, until another mapping has it all read again.
create view meta.quarantine_now as
with latest as (
    select source, "table", arg_max(mapping_hash, load_id) as mapping_hash,
        coalesce(max(load_id) filter (mode <> 'append'), 0) as load_id
    from meta.loads group by source, "table"
)
select q.* from meta.quarantine q
join meta.loads l using (load_id)
join latest on latest.source = l.source and latest."table" = l."table"
    and latest.mapping_hash = l.mapping_hash and l.load_id >= latest.load_id;
"""


def _first(connection: DuckDBPyConnection) -> None:
    for statement in _META.split(";\n"):
        if statement.strip():
            connection.execute(statement)


def _definitions(connection: DuckDBPyConnection) -> None:
    """What the numbers meant and under which policies; a new version is made to show it."""
    for statement in (
        "create table meta.definitions (number bigint not null, kpi varchar not null, "
        "variant varchar not null, version varchar not null, formula varchar, "
        "settings varchar not null, recorded_at timestamptz not null)",
        "create table meta.policies (number bigint not null, said varchar not null, "
        "recorded_at timestamptz not null)",
        "update meta.version set derived_revision = null",
    ):
        connection.execute(statement)


# In order; never edit one that was released, add another.
MIGRATIONS: tuple[Callable[[DuckDBPyConnection], None], ...] = (_first, _definitions)


def migrate(connection: DuckDBPyConnection, tables: Mapping[str, Table] = TABLES) -> None:
    """Bring the connection's current database to today's schema, all of it or nothing.

    Raises KDR-STO-002 when a newer kadar wrote it.
    """
    with transaction(connection):
        done = check_version(connection)
        for migration in MIGRATIONS[done:]:
            migration(connection)
        if done < len(MIGRATIONS):
            connection.execute("update meta.version set schema_version = ?", [len(MIGRATIONS)])
        _fit(connection, tables)


def check_version(connection: DuckDBPyConnection, *, reading: bool = False) -> int:
    """Return the schema version of the connection's database, 0 for an empty one.

    Raises KDR-STO-002 when a newer kadar wrote it; KDR-STO-008 when an older one did and it is
    only to be read.
    """
    made = value(
        connection,
        "select count(*) from duckdb_tables() where database_name = current_database() "
        "and schema_name = 'meta' and table_name = 'version'",
    )
    found = int(value(connection, "select schema_version from meta.version")) if made else 0
    known = len(MIGRATIONS)
    if found > known:
        raise KadarError(
            "KDR-STO-002",
            N_("This store was written by a newer kadar (schema {found}; this one knows {known})."),
            N_("Install a kadar at least as new: pip install --upgrade kadar."),
            found=found,
            known=known,
        )
    if reading and found < known:
        raise KadarError(
            "KDR-STO-008",
            N_("This store was written by an older kadar (schema {found}; this one has {known})."),
            N_("Bring it up to date: kadar sync."),
            found=found,
            known=known,
        )
    return found


def _fit(connection: DuckDBPyConnection, tables: Mapping[str, Table]) -> None:
    """Create the tables of schema `model` that are missing; add the columns learnt since."""
    there: dict[str, set[str]] = {}
    for name, column in connection.execute(
        "select table_name, column_name from duckdb_columns() "
        "where database_name = current_database() and schema_name = 'model'"
    ).fetchall():
        there.setdefault(name, set()).add(column)
    for table in tables.values():
        own = {column.name: column.sql_type for column in table.columns}
        for name, extra in ((table.name, KEPT), (f"{table.name}__history", PAST)):
            columns = {c: f"{quoted(c)} {kind}" for c, kind in {**own, **extra}.items()}
            place = f"model.{quoted(name)}"
            if name not in there:
                connection.execute(f"create table {place} ({', '.join(columns.values())})")
                continue
            for column, declared in columns.items():
                if column not in there[name]:
                    connection.execute(f"alter table {place} add column {declared}")
