"""A database as a connector: whole readings, increments, and what is gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec

from kadar.errors import FAILED, KadarError
from kadar.language import N_
from kadar.model import TABLES
from kadar.sources.database.engine import SNAPSHOTS, Database
from kadar.sources.database.increment import before, kept, restored
from kadar.sources.database.queries import KEY, Query, queries
from kadar.sources.database.values import Values
from kadar.sources.live.connector import (
    Batch,
    Connector,
    Found,
    Mark,
    Object,
    Option,
    Reading,
    Secret,
)

if TYPE_CHECKING:
    from kadar.sources.live.connector import Access, Permission


def _has_user(options: Mapping[str, Any]) -> bool:
    address = str(options.get("url") or "")
    return "@" in address and not address.startswith(("sqlite", "duckdb"))


class DatabaseConnector(Connector):
    """The queries of `options.tables`, each an object; a row is known by its key's text."""

    options: ClassVar[Sequence[Option]] = (
        Option("url", N_("address without password, such as postgresql://kadar@host/shop")),
        Option("tables", N_("a query for each table of the model; see docs/connect/database.md")),
        Option(
            "time_zone",
            N_("zone of times that are stored without one; else the company's"),
            needed=False,
        ),
    )
    secrets: ClassVar[Sequence[Secret]] = (
        Secret("password", N_("password of the database's user, who need only read"), _has_user),
    )
    permissions: ClassVar[Sequence[Permission]] = ()

    def __init__(self, access: Access) -> None:
        self._access = access
        self._queries = {query.name: query for query in queries(access.options)}
        self._values = Values(str(access.options.get("time_zone") or access.time_zone))

    @cached_property
    def _database(self) -> Database:
        options = self._access.options
        password = self._access.find_secret("password") if _has_user(options) else None
        made = Database(str(options["url"]), password, self._access.folder)
        if made.dialect not in SNAPSHOTS:
            text = N_("{dialect} is read query by query: between them its data may change.")
            self._access.note(text.format(dialect=made.dialect))
        return made

    def close(self) -> None:
        """End the transaction and the connection, where there is one."""
        if "_database" in self.__dict__:
            self._database.close()

    def objects(self) -> Sequence[Object]:
        """Return one object a query."""
        return [
            Object(
                query.name,
                {
                    name: f"$.{msgspec.json.encode(of).decode()}"
                    for name, of in query.columns.items()
                },
                key=f"$.{KEY}",
                tables=(query.name,) if query.name in TABLES else (),
            )
            for query in self._queries.values()
        ]

    def test(self) -> Found:
        """Sign in, and ask for the columns of every query."""
        readable: dict[str, str | None] = {}
        url = self._database.url
        next(self._database.rows("SELECT 1"), None)
        for query in self._queries.values():
            try:
                self._names(query)
                readable[query.name] = None
            except KadarError as error:
                readable[query.name] = error.sentence("en")
        return Found(url.render_as_string(hide_password=True), readable)

    def read(self, name: str, mark: Mark, cursor: Any) -> Reading:
        """Read all rows, or those from the last increment on and the keys of all."""
        query = self._queries[name]
        if query.unread:
            text = N_("{table}: the model does not have {columns}: not read.")
            self._access.note(text.format(table=name, columns=", ".join(query.unread)))
        if query.increment is None:
            return Reading(self._all(query, None), whole=True)
        known = mark is not None and mark["query"] == query.digest
        if known and mark["at"] is not None:
            return Reading(self._increment(query, mark), whole=query.deletions)
        going_on = cursor if cursor is not None and cursor["query"] == query.digest else None
        why = N_("its query changed") if mark is not None and not known else ""
        return Reading(self._all(query, going_on), whole=True, why=why)

    def _all(self, query: Query, cursor: Any) -> Iterator[Batch]:
        """Read every row, by its increment if it has one; a reading that was killed goes on."""
        last = None if cursor is None else restored(cursor["at"])
        total = None
        for (row,) in self._database.rows(f"SELECT count(*) FROM ({query.sql}) q"):
            (total,) = row
        yield Batch(total=total)
        yield from self._rows(query, last, resumable=True)
        self._tell(query)

    def _increment(self, query: Query, mark: Mark) -> Iterator[Batch]:
        """Read the rows from the last increment on, with overlap, then the keys there are."""
        last = restored(mark["at"])
        yield Batch(mark=mark)
        yield from self._rows(query, before(last, query.overlap), last=last)
        if query.deletions:
            names = self._names(query)
            listed = ", ".join(f"q.{self._database.quoted(names[k])}" for k in query.key)
            numbered = self._numbered(query)
            for part in self._database.rows(f"SELECT {listed} FROM ({query.sql}) q"):
                keys = self._keys(query, [list(c) for c in zip(*part, strict=True)])
                yield Batch(present=[numbered(key) for key in keys if key is not None])
        self._tell(query)

    def _rows(
        self, query: Query, since: Any, *, last: Any = None, resumable: bool = False
    ) -> Iterator[Batch]:
        names = self._names(query)
        quoted = {name: f"q.{self._database.quoted(names[name])}" for name in query.result}
        sql = f"SELECT {', '.join(quoted.values())} FROM ({query.sql}) q"
        grows = quoted[query.increment] if query.increment else None
        given = {}
        if grows and since is not None:  # rows without an increment are read every time
            sql += f" WHERE {grows} >= {{since}} OR {grows} IS NULL"
            given["since"] = since
        if grows:
            sql += f" ORDER BY {grows}"
        numbered = self._numbered(query)
        place = query.result.index(query.increment) if query.increment else None
        for part in self._database.rows(sql, given):
            raw = list(zip(*part, strict=True))
            if place is not None:
                here = [v for v in raw[place] if v is not None]
                last = max([*here, *([] if last is None else [last])], default=None)
            columns = [
                self._values.column(f"{query.name}.{name}", column)
                for name, column in zip(query.result, raw, strict=True)
            ]
            keys = self._keys(query, raw)
            records = [
                {KEY: None if key is None else numbered(key)}
                | dict(zip(query.result, row, strict=True))
                for key, row in zip(keys, zip(*columns, strict=True), strict=True)
            ]
            at = None if last is None or query.increment is None else kept(last, query.increment)
            place_now = {"query": query.digest, "at": at}
            yield Batch(
                records, mark=place_now, cursor=place_now if resumable and at is not None else None
            )

    def _keys(self, query: Query, raw: Sequence[Sequence[Any]]) -> list[str | None]:
        """Return the key of each row as text, from columns that begin with (or are) the key's."""
        places = range(len(query.key))
        if len(raw) != len(query.key):
            places = [query.result.index(name) for name in query.key]  # type: ignore[assignment]
        columns = [
            self._values.column(f"{query.name}.{name}", raw[place])
            for name, place in zip(query.key, places, strict=True)
        ]
        if len(columns) == 1:
            return [None if v is None else _text(v) for v in columns[0]]
        return [
            None if None in row else msgspec.json.encode([_text(v) for v in row]).decode()
            for row in zip(*columns, strict=True)
        ]

    def _numbered(self, query: Query) -> _Numbered:
        """Tell rows of one key apart: none is lost, and the store refuses those that contradict."""
        if query.name not in self._twice:
            names = self._names(query)
            listed = ", ".join(f"q.{self._database.quoted(names[k])}" for k in query.key)
            sql = f"SELECT {listed} FROM ({query.sql}) q GROUP BY {listed} HAVING count(*) > 1"
            found: set[str] = set()
            for part in self._database.rows(sql):
                keys = self._keys(query, [list(c) for c in zip(*part, strict=True)])
                found.update(key for key in keys if key is not None)
            if found:
                text = N_("{table}: {count} keys are those of several rows, such as {key}.")
                self._access.note(text.format(table=query.name, count=len(found), key=min(found)))
            self._twice[query.name] = found
        return _Numbered(self._twice[query.name])

    @cached_property
    def _twice(self) -> dict[str, set[str]]:
        return {}

    def _names(self, query: Query) -> dict[str, str]:
        """Return the names of the result as the database writes them, by those of kadar.toml."""
        there = {name.casefold(): name for name in self._database.columns(query.sql)}
        for name in query.result:
            if name.casefold() not in there:
                raise KadarError(
                    "KDR-SRC-211",
                    N_("The query of {table} has no column {column}."),
                    N_("It has: {columns}."),
                    exit_code=FAILED,
                    table=query.name,
                    column=name,
                    columns=", ".join(there.values()),
                )
        return {name: there[name.casefold()] for name in query.result}

    def _tell(self, query: Query) -> None:
        """Say once why values of the query became others."""
        for (why, column), said in list(self._values.reasons.items()):
            if column.startswith(f"{query.name}."):
                self._access.note(why.format(**said) + ".")
                del self._values.reasons[why, column]


class _Numbered:
    """Gives the second and later rows of a key a key of their own."""

    def __init__(self, twice: set[str]) -> None:
        self._twice, self._seen = twice, Counter[str]()

    def __call__(self, key: str) -> str:
        if key not in self._twice:
            return key
        self._seen[key] += 1
        return key if self._seen[key] == 1 else f"{key}#{self._seen[key]}"


def _text(given: Any) -> str:
    if isinstance(given, bool):
        return "true" if given else "false"
    return given if isinstance(given, str) else str(given)
