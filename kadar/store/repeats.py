"""Rows of one load that share a key: twins, contradictions, and later editions of a record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kadar.language import N_
from kadar.model import Table
from kadar.store.sql import listed, quoted, value

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from kadar.sources.source import Parcel

FOUND = "temp._load_repeated"  # _row, round (2 and up: the row's turn), twin (else: true or false)
_SUSPECTS = "temp._load_suspects"


@dataclass(frozen=True)
class Repeats:
    """What was found: `twins` repeat an earlier row word for word; `rounds` the load is done in.

    More than one round: a key stands in several files, each a later edition of its record.
    """

    rows: int = 0
    twins: int = 0
    rounds: int = 1


def find(
    connection: DuckDBPyConnection,
    table: Table,
    accepted: str,
    editions: Sequence[Parcel],
    refused: str,
) -> Repeats:
    """Find the rows of `accepted` (a query) whose key came earlier; keep them in `FOUND`.

    Within one piece of content (all of the load, or each of `editions`) the first row of a key
    stands, its twins are counted, and rows that contradict it are added to `refused`. A row of a
    later edition replaces the one of an earlier: it has its turn in a later round.
    """
    keys = listed(table.key)
    # Hashes of the keys first: millions of texts are not worth sorting out for a few repeats.
    connection.execute(
        f"create temp table {_SUSPECTS} as "
        f"select hash({keys}) as h from ({accepted}) group by h having count(*) > 1"
    )
    if not value(connection, f"select count(*) from {_SUSPECTS}"):
        connection.execute(f"drop table {_SUSPECTS}")
        return Repeats()
    same = " and ".join(
        f"a.{quoted(c)} is not distinct from b.{quoted(c)}" for c in table.column_names
    )
    alike = " and ".join(f"a.{quoted(c)} = turns.{quoted(c)}" for c in table.key)
    connection.execute(
        f"""
        create temp table {FOUND} as
        with suspected as (
            select *, {_edition(editions)} as _edition from ({accepted})
            where hash({keys}) in (select h from {_SUSPECTS})),
        firsts as (
            select {keys}, _edition, min(_row) as _first, count(*) as _rows
            from suspected group by {keys}, _edition),
        turns as (
            select *, row_number() over (partition by {keys} order by _edition) as _round
            from firsts)
        select _first as _row, _round as round, null::boolean as twin
        from turns where _round > 1
        union all
        select a._row, null, {same}
        from suspected a
        join (select * from turns where _rows > 1) turns
          on {alike} and a._edition = turns._edition and a._row <> turns._first
        join suspected b on b._row = turns._first
        """
    )
    connection.execute(f"drop table {_SUSPECTS}")
    key = " + ".join(table.key)
    connection.execute(
        f"insert into {refused} select _row, ?, ?, ? from {FOUND} where not twin",
        [
            table.key[0],
            N_("the same {key} came before in this load, with other values").format(key=key),
            N_("Keep one of them in the source, or map {key} to what names each row.").format(
                key=key
            ),
        ],
    )
    rows, twins, rounds = connection.execute(
        f"select count(*), count(*) filter (twin), coalesce(max(round), 1) from {FOUND}"
    ).fetchall()[0]
    return Repeats(int(rows), int(twins), int(rounds))


def _edition(editions: Sequence[Parcel]) -> str:
    """Return an SQL expression: which of `editions` a row is of, in the order they were landed."""
    if len(editions) < 2:
        return "0"
    starts = ", ".join(str(start) for start in sorted(parcel.first_row for parcel in editions))
    return f"list_count(list_filter([{starts}], lambda start: start <= _row))"
