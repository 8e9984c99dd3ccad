"""What live systems said, as it came: every version of every record, and the pass under way.

A pass over an object collects what the system sends in a table of its own, committed with the
place it goes on from. Only when it is through do its records enter the landing table, in one
transaction, with the line of the ledger and the mark of the next pass: landed is always the
outcome of whole passes, whenever a sync is killed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from kadar.sources.live.path import taker
from kadar.store.sql import literal, quoted, transaction, value

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from kadar.sources.live.connector import Batch, Mark, Object

LEDGER, _PASSES = "landing.main.ledger", "landing.main.passes"
ROWS, SECONDS = 5_000, 2.0  # a commit of a pass waits for so many rows, or so long
_RECORD, _GONE, _PRESENT = "record", "gone", "present"


@dataclass(frozen=True)
class Pass:
    """A pass under way: where its reading goes on, and the mark of the last that was through."""

    mark: Mark
    cursor: Any


@dataclass(frozen=True)
class Line:
    """One line of the ledger: what a pass over an object that was through has brought."""

    object: str
    load_id: int
    ended_at: datetime
    whole: bool
    received: int  # records the system sent, again and again counted
    changed: int  # records that are new, or other than before
    gone: int
    stale: int  # records older than what was landed: left out
    nameless: int  # records without their key: left out
    kept: int  # records there are now
    total: int | None  # records the system counts


class Landing:
    """The landing tables of one live source."""

    def __init__(self, connection: DuckDBPyConnection, source: str) -> None:
        self.connection, self.source = connection, source
        self.raw = f"landing.raw.{quoted(source)}"
        self.pending = f"landing.raw.{quoted(source + '__pending')}"

    def prepare(self) -> None:
        """Make the tables that are absent."""
        for statement in (
            f"create table if not exists {self.raw} (_row bigint, _load bigint, _file varchar, "
            "_line bigint, key varchar, modified timestamptz, seen_at timestamptz, "
            # a quarter of the bytes and half the time of what the engine would choose
            "deleted boolean, digest uhugeint, record varchar using compression zstd)",
            f"create table if not exists {self.pending} (object varchar, seq bigint, kind varchar, "
            "key varchar, modified timestamptz, digest uhugeint, "
            "record varchar using compression uncompressed)",  # it is soon gone again
            f"create table if not exists {_PASSES} (source varchar, object varchar, mark json, "
            "cursor json, next_mark json, received bigint, total bigint)",
            f"create table if not exists {LEDGER} (source varchar, object varchar, "
            "load_id bigint, ended_at timestamptz, whole boolean, why varchar, received bigint, "
            "changed bigint, gone bigint, stale bigint, nameless bigint, kept bigint, "
            "total bigint, mark json)",
        ):
            self.connection.execute(statement)

    def begin(self, name: str) -> Pass:
        """Begin a pass over an object, or go on with the one that was killed."""
        mark = value(
            self.connection,
            f"select arg_max(mark, load_id) from {LEDGER} where source = ? and object = ?",
            [self.source, name],
        )
        found = self.connection.execute(
            f"select cursor from {_PASSES} where source = ? and object = ? "
            "and cursor is not null and mark is not distinct from ?::json",
            [self.source, name, mark],
        ).fetchone()
        if found is None:
            with transaction(self.connection):
                self._forget(name)
                self.connection.execute(
                    f"insert into {_PASSES} values (?, ?, ?, null, null, 0, null)",
                    [self.source, name, mark],
                )
        return Pass(_read(mark), _read(found[0]) if found else None)

    def take(self, what: Object, batches: Sequence[Batch]) -> None:
        """Put batches to the pass under way, with the place it goes on from, in one transaction."""
        import msgspec
        import pyarrow as pa

        encode = msgspec.json.Encoder().encode
        kinds: list[str] = []
        keys: list[str | None] = []
        moments: list[str | None] = []
        records: list[bytes | None] = []
        key, modified = taker(what.key), taker(what.modified or "")
        for batch in batches:
            kinds += [_RECORD] * len(batch.records)
            for column, take in ((keys, key), (moments, modified)):
                column.extend(map(take, batch.records) if take else [None] * len(batch.records))
            records += [encode(record) for record in batch.records]
            for kind, names in ((_PRESENT, batch.present), (_GONE, batch.gone)):
                kinds += [kind] * len(names)
                keys += names
                moments += [None] * len(names)
                records += [None] * len(names)
        sent = pa.table(
            {
                "kind": pa.array(kinds, pa.string()),
                "key": pa.array(keys, pa.string()),
                "modified": pa.array(moments, pa.string()),
                "record": pa.array(records, pa.string()),  # of bytes: quicker than of text
            }
        )
        last = {
            part: next((v for b in reversed(batches) if (v := getattr(b, part)) is not None), None)
            for part in ("mark", "cursor", "total")
        }
        received = sum(len(batch.records) for batch in batches)
        key_said = "key" if key else f"coalesce(key, {_value(what.key)})"
        moment = _moment("modified" if modified or not what.modified else _value(what.modified))
        with transaction(self.connection):
            if kinds:
                self.connection.register("_sent", sent)
                self.connection.execute(
                    f"insert into {self.pending} select {literal(what.name)}, (select "
                    f"coalesce(max(seq), 0) from {self.pending}) + row_number() over (), kind, "
                    f"{key_said}, {moment}, md5_number(record), record from _sent"
                )
                self.connection.unregister("_sent")
            self.connection.execute(
                f"update {_PASSES} set cursor = ?, next_mark = coalesce(?::json, next_mark), "
                "received = received + ?, total = coalesce(?, total) "
                "where source = ? and object = ?",
                [_json(batches[-1].cursor), _json(last["mark"]), received, last["total"],
                 self.source, what.name],
            )  # fmt: skip

    def finish(
        self, name: str, load_id: int, moment: datetime, *, whole: bool, why: str = ""
    ) -> Line:
        """Land what a pass that is through has brought, in one transaction.

        Of a record sent several times the last modified counts, then the last sent. What is older
        than what was landed is left out; what a whole pass did not bring is gone.
        """
        said = literal(name)
        unseen = "true" if whole else "false"
        with transaction(self.connection):
            self.connection.execute(
                f"""
                create or replace temp table _landing as
                with latest as (
                    select key, arg_max(digest, _row) as digest,
                        arg_max(modified, _row) as modified, arg_max(deleted, _row) as deleted
                    from {self.raw} where _file = {said} group by key
                ), sent as (
                    select key, max(seq) filter (kind = '{_GONE}') as gone,
                        max(seq) filter (kind = '{_RECORD}') as sent,
                        max_by(seq, (modified, seq))
                            filter (kind = '{_RECORD}' and modified is not null) as dated
                    from {self.pending} where object = {said} and key is not null group by key
                )
                select coalesce(sent.key, latest.key) as key, p.modified, p.seq, case
                    when sent.key is null then
                        case when {unseen} and not latest.deleted then 'gone' else 'same' end
                    when sent.gone is not null and sent.gone > coalesce(sent.sent, 0) then
                        case when latest.key is not null and not latest.deleted
                        then 'gone' else 'same' end
                    when sent.sent is null then 'same'
                    when latest.key is null or latest.deleted then 'changed'
                    when p.digest = latest.digest then 'same'
                    when p.modified < latest.modified then 'stale'
                    else 'changed' end as fate
                from latest full join sent on latest.key = sent.key
                left join (
                    select seq, modified, digest from {self.pending} where object = {said}
                ) p on p.seq = coalesce(sent.dated, sent.sent)
                """
            )
            self.connection.execute(
                f"insert into {self.raw} select (select coalesce(max(_row), 0) from {self.raw}) "
                "+ row_number() over (order by l.modified, l.key), ?, ?, null, l.key, l.modified, "
                "?, l.fate = 'gone', p.digest, p.record from _landing l left join "
                f"{self.pending} p on l.fate = 'changed' and p.object = {said} and p.seq = l.seq "
                "where l.fate in ('changed', 'gone')",
                [load_id, name, moment],
            )
            counts = dict(
                self.connection.execute("select fate, count(*) from _landing group by 1").fetchall()
            )
            received, total, mark = self.connection.execute(
                f"select received, total, coalesce(next_mark, mark) from {_PASSES} "
                "where source = ? and object = ?",
                [self.source, name],
            ).fetchone() or (0, None, None)
            nameless = value(
                self.connection,
                f"select count(*) from {self.pending} where object = ? and key is null",
                [name],
            )
            line = Line(
                name, load_id, moment, whole, received, counts.get("changed", 0),
                counts.get("gone", 0), counts.get("stale", 0), nameless, self.kept(name), total,
            )  # fmt: skip
            self.connection.execute(
                f"insert into {LEDGER} values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [self.source, name, load_id, moment, whole, why, received, line.changed,
                 line.gone, line.stale, nameless, line.kept, total, mark],
            )  # fmt: skip
            self._forget(name)
            self.connection.execute("drop table temp._landing")
        return line

    def kept(self, name: str) -> int:
        """Return how many records of an object there are now."""
        return int(
            value(
                self.connection,
                "select count(*) from (select arg_max(deleted, _row) as deleted "
                f"from {self.raw} where _file = ? group by key) where not deleted",
                [name],
            )
        )

    def changed(self, name: str, after: int) -> tuple[list[str], int]:
        """Return the keys of records landed after a row and not gone, and the last row now."""
        found = self.connection.execute(
            f"select key from {self.raw} where _file = ? group by key "
            "having max(_row) > ? and not arg_max(deleted, _row) order by max(_row)",
            [name, after],
        ).fetchall()
        return [key for (key,) in found], max(after, self.position([name]))

    def position(self, names: Sequence[str]) -> int:
        """Return the last row that an object of these names landed."""
        found = value(
            self.connection,
            f"select max(_row) from {self.raw} where list_contains(?, _file)",
            [list(names)],
        )
        return int(found or 0)

    def _forget(self, name: str) -> None:
        self.connection.execute(f"delete from {self.pending} where object = ?", [name])
        self.connection.execute(
            f"delete from {_PASSES} where source = ? and object = ?", [self.source, name]
        )


def _value(path: str) -> str:
    """Return SQL of the text at a path of a record."""
    return f"json_extract_string(record, {literal(path)})"


def _moment(text: str) -> str:
    """Return SQL of a moment: ISO 8601, or milliseconds since 1970."""
    digits = f"regexp_full_match({text}, '[0-9]{{11,14}}')"
    milliseconds = f"make_timestamptz(try_cast({text} as bigint) * 1000)"
    return f"case when {digits} then {milliseconds} else try_cast({text} as timestamptz) end"


def _json(said: Any) -> str | None:
    return None if said is None else json.dumps(said, sort_keys=True)


def _read(said: str | None) -> Any:
    return None if said is None else json.loads(said)
