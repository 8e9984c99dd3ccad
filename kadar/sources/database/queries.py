"""The queries of a database source: `options.tables` in kadar.toml, read and checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from kadar.errors import KadarError, nearest
from kadar.language import N_
from kadar.model import TABLES, Table
from kadar.store.sql import literal, quoted

if TYPE_CHECKING:
    from kadar.sources.live.mapping import Mapping_

KEY = "_key"  # field of a record that holds its key as text
OVERLAP, OVERLAP_OF_NUMBERS = timedelta(minutes=10), 1000
# SQLAlchemy's name of a dialect → sqlglot's, where they differ
_DIALECTS = {"postgresql": "postgres", "mssql": "tsql", "mariadb": "mysql", "awsathena": "athena"}
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_NAIVE = r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2}([.,]\d+)?)?"


class Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of `options.tables`, as written."""

    query: str | None = None  # one SELECT
    table: str | None = None  # instead of it, a table or view of the database
    # column of the model → column of the result; absent: those of one name
    columns: dict[str, str] = msgspec.field(default_factory=dict)
    key: str | list[str] | None = None  # columns of the result; absent: those of the model's key
    increment: str | None = None  # a column of the result that only grows; absent: all is read
    overlap: str | int | None = None  # read again before the last increment: "10m", or a number
    deletions: bool = True  # False: rows that are gone are not looked for between whole readings


@dataclass(frozen=True)
class Query:
    """One query: the columns of its result that are read, and how its rows are known and grow."""

    name: str  # a table of the model, or any name that a mapping's SQL selects from
    sql: str
    columns: Mapping[str, str]  # column of the view → column of the result
    key: tuple[str, ...]
    increment: str | None = None
    overlap: timedelta | int | None = None
    deletions: bool = True
    unread: tuple[str, ...] = field(default=())  # columns that the model does not have

    @cached_property
    def digest(self) -> str:
        """A digest of what its rows are: another query's marks say nothing."""
        said = [self.sql, sorted(self.columns.items()), self.key, self.increment]
        return sha256(msgspec.json.encode(said)).hexdigest()[:16]

    @cached_property
    def result(self) -> tuple[str, ...]:
        """The columns of the result that are read, each once."""
        wanted = [*self.columns.values(), *self.key, *([self.increment] if self.increment else [])]
        return tuple(dict.fromkeys(wanted))


def queries(options: Mapping[str, Any]) -> list[Query]:
    """Return the queries of a source's options.

    Raises KDR-SRC-205 for an entry that is misshapen, -206 where the columns of a result cannot
    be told, -207 where its rows have no key.
    """
    dialect = str(options.get("url") or "").partition(":")[0].partition("+")[0]
    tables = options.get("tables") or {}
    if not isinstance(tables, Mapping):
        raise _misshapen("options.tables", N_("it is no table"))
    return [_query(name, said, dialect) for name, said in tables.items()]


def _query(name: str, given: Any, dialect: str) -> Query:
    at = f"options.tables.{name}"
    try:
        said = msgspec.convert({"query": given} if isinstance(given, str) else given, Said)
    except msgspec.ValidationError as error:
        raise _misshapen(at, str(error)) from None
    if (said.query is None) == (said.table is None):
        raise _misshapen(at, N_("it needs a query or a table, one of them"))
    if not re.fullmatch(r"[A-Za-z]\w*", name) or name.endswith("__versions"):
        raise _misshapen(at, N_("its name is no plain word"))
    sql = f"SELECT * FROM {said.table}" if said.query is None else said.query
    sql = sql.strip().rstrip(";").strip()
    names = _names(sql, dialect, at)
    if not said.columns and names is None:
        raise KadarError(
            "KDR-SRC-206",
            N_("{at}: kadar cannot tell the columns of this query."),
            N_("Name them instead of *, or say columns = {{ deal_id = … }}."),
            at=at,
        )
    columns = dict(said.columns) or {n: n for n in names or ()}
    key = [said.key] if isinstance(said.key, str) else list(said.key or [])
    unread: tuple[str, ...] = ()
    if name in TABLES:
        columns, unread = _of_the_model(at, TABLES[name], said, columns)
        key = key or [columns[c] for c in TABLES[name].key if c in columns]
    if not key or (said.key is None and len(key) < len(TABLES[name].key)):
        raise KadarError(
            "KDR-SRC-207",
            N_("{at}: its rows have no key."),
            N_('Select {needed}, or say key = "…": the columns that tell one row from another.'),
            at=at,
            needed=", ".join(TABLES[name].key) if name in TABLES else "id",
        )
    made = Query(
        name, sql, columns, tuple(key), said.increment, _overlap(at, said), said.deletions,
        tuple(n for n in unread if n not in {*key, said.increment}),
    )  # fmt: skip
    there = None if names is None else {n.casefold() for n in names}
    for part in made.result:
        if there is not None and part.casefold() not in there:
            raise _misshapen(at, N_("its result has no such column"), nearest(part, names or []))
    return made


def _of_the_model(
    at: str, table: Table, said: Said, columns: Mapping[str, str]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the columns that a table of the model has, and the others a query gives."""
    if said.columns:
        wrong = next((name for name in columns if name not in table), None)
        if wrong is not None:
            why = N_("the model's table has no such column")
            raise _misshapen(f"{at}.columns.{wrong}", why, nearest(wrong, table.column_names))
        return dict(columns), ()
    lower = {name.casefold(): name for name in columns}
    found = {name: lower[name] for name in table.column_names if name in lower}
    return found, tuple(name for name in columns if name not in found.values())


def _names(sql: str, dialect: str, at: str) -> list[str] | None:
    """Return the names of a query's columns; None where they cannot be told from its text.

    Raises KDR-SRC-205 for what is no single SELECT.
    """
    import sqlglot
    from sqlglot import exp

    with suppress(sqlglot.errors.SqlglotError, ValueError):
        known = _DIALECTS.get(dialect, dialect)
        found = sqlglot.parse(sql, read=known if sqlglot.Dialect.get(known) else None)
        if len(found) != 1 or not isinstance(found[0], exp.Query):
            raise _misshapen(at, N_("it is no single SELECT"))
        names = list(found[0].named_selects)
        return None if not names or any(n in {"", "*"} for n in names) else names
    return None  # SQL of a dialect that is not known here: the database will say


def _overlap(at: str, said: Said) -> timedelta | int | None:
    if not isinstance(said.overlap, str):
        return said.overlap
    match = re.fullmatch(r"(\d+)\s*([smhd])", said.overlap.strip())
    if match is None:
        raise _misshapen(f"{at}.overlap", N_("it is neither a number nor a time such as 10m"))
    return timedelta(**{_UNITS[match.group(2)]: int(match.group(1))})


def mapping_of(query: Query, folder: Path, zone: str) -> Mapping_:
    """Return the mapping that a query called as a table of the model is: its own columns.

    A moment that is text without a zone is local time of `zone`.
    """
    from kadar.project import FILE
    from kadar.sources.live.mapping import Mapping_

    table = TABLES[query.name]
    listed = ["_row"]
    for name in query.columns:
        said = quoted(name)
        if table[name].type == "moment":
            said = (
                f"case when regexp_full_match({said}, {literal(_NAIVE)}) then coalesce("
                f"(try_cast({said} as timestamp) at time zone {literal(zone)})::varchar, {said}) "
                f"else {said} end as {said}"
            )
        listed.append(said)
    sql = f"select {', '.join(listed)} from {quoted(query.name)}"
    return Mapping_(table, folder / FILE, sql)


def _misshapen(at: str, why: str, known: str = "") -> KadarError:
    return KadarError(
        "KDR-SRC-205",
        N_("{at} in kadar.toml cannot be used: {why}."),
        N_("See docs/connect/database.md for what an entry holds. {known}"),
        at=at,
        why=why,
        known=known,
    )
