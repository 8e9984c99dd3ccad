"""A load: staged rows become the model's rows, in one transaction, and every row is counted."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from kadar.errors import FAILED, KadarError
from kadar.language import N_
from kadar.model import Table
from kadar.store import contract, quarantine, repeats
from kadar.store.repeats import Repeats
from kadar.store.sql import any_order, listed, literal, quoted, transaction, value

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from kadar.sources.source import Staged

# Temporary tables of a load; they go with its transaction.
_REFUSED, _DIFFERENCE = "temp._load_refused", "temp._load_difference"

Mode = Literal["snapshot", "append"]


@dataclass(frozen=True)
class LoadReport:
    """Rows of one load: read = new + changed + unchanged + quarantined, always.

    `gone` counts rows the source had before and, in a snapshot, has no more.
    """

    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: int = 0
    quarantined: int = 0


def load(
    connection: DuckDBPyConnection,
    table: Table,
    source: str,
    mode: Mode,
    staged: Staged,
    *,
    load_id: int,
    recorded_at: datetime,
    fingerprint: str = "",
) -> LoadReport:
    """Load `staged` as what `source` now says of `table`; all of it or, on any error, nothing.

    `recorded_at` (aware) is the moment the rows are learnt; never before the load before it.
    """
    began = time.monotonic()
    with any_order(connection), transaction(connection):
        moment = not_before_the_last(connection, recorded_at)
        before = _seen(connection, source, table)
        accepted = _accept(connection, table, staged)
        editions = staged.parcels if mode == "append" else []
        found = repeats.find(connection, table, accepted, editions, _REFUSED)
        done = [
            _apply(connection, table, source, rows, mode=mode, moment=moment)
            for rows in _rounds(accepted, found)
        ]
        refused = int(value(connection, f"select count(*) from {_REFUSED}"))
        report = LoadReport(
            read=staged.read,
            new=sum(part.new for part in done),
            changed=sum(part.changed for part in done),
            unchanged=sum(part.unchanged for part in done) + found.twins,
            gone=sum(part.gone for part in done),
            quarantined=refused,
        )
        _balance(report)
        if refused:
            quarantine.keep(
                connection,
                _REFUSED,
                staged.landing,
                load_id=load_id,
                source=source,
                table=table.name,
                recorded_at=moment,
            )
        adds = mode == "append" and staged.mapping == _last_mapping(connection, source, table)
        _carry(connection, source, table, staged.carried, keep=adds)
        files = [{"path": p.path, "sha256": p.sha256, "rows": p.rows} for p in staged.parcels]
        finished = moment + timedelta(seconds=time.monotonic() - began)
        _record(
            connection,
            report,
            load_id=load_id,
            source=source,
            table=table.name,
            mode=mode,
            started_at=moment,
            finished_at=finished,
            files=json.dumps(files),
            mapping_hash=staged.mapping,
            fingerprint=fingerprint,
        )
        if (report.new, report.changed, report.gone) != (0, 0, 0) or before != _seen(
            connection, source, table
        ):
            connection.execute("update meta.version set revision = revision + 1")
        for name in (_REFUSED, repeats.FOUND, _DIFFERENCE):
            connection.execute(f"drop table if exists {name}")
    return report


def remove(
    connection: DuckDBPyConnection,
    table: Table,
    source: str,
    *,
    load_id: int,
    recorded_at: datetime,
) -> LoadReport:
    """Take all rows of `source` out of `table`, into its history, as gone."""
    with any_order(connection), transaction(connection):
        moment = not_before_the_last(connection, recorded_at)
        gone = _retire(connection, table, f"source = {literal(source)}", "'gone'", moment)
        report = LoadReport(gone=gone)
        _carry(connection, source, table, {}, keep=False)
        # Should the source come back, what these loads have read is to be read again.
        connection.execute(
            "update meta.loads set mapping_hash = '' where source = ? and \"table\" = ?",
            [source, table.name],
        )
        _record(
            connection,
            report,
            load_id=load_id,
            source=source,
            table=table.name,
            mode="removed",
            started_at=moment,
            finished_at=moment,
            files="[]",
            mapping_hash="",
            fingerprint="",
        )
        connection.execute("update meta.version set revision = revision + 1")
    return report


def _record(connection: DuckDBPyConnection, report: LoadReport, **said: object) -> None:
    """Write a load's line into `meta.loads`."""
    line = {**said, **asdict(report)}
    connection.execute(
        f"insert into meta.loads ({listed(line)}) values ({', '.join('?' * len(line))})",
        list(line.values()),
    )


def _accept(connection: DuckDBPyConnection, table: Table, staged: Staged) -> str:
    """Collect the rows that break the contract; return a query of the others."""
    rules = contract.rules(table)
    connection.execute(
        f'create temp table {_REFUSED} as select _row, "column", reason, remedy '
        f"from {staged.refused} union all {contract.refusals(rules, staged.staged)}"
    )
    here = int(value(connection, f"select count(*) from {staged.staged}"))
    unread = int(value(connection, f"select count(*) from {staged.refused}"))
    if here + unread != staged.read:
        raise _unbalanced(staged.read, here + unread)
    accepted = f"select {listed(table.column_names)}, _row from {staged.staged}"
    if int(value(connection, f"select count(*) from {_REFUSED}")) > unread:
        accepted += f" where {contract.broken(rules)} is null"
    return accepted


def _rounds(accepted: str, found: Repeats) -> list[str]:
    """Return a query of the rows for each round: first all keys once, then later editions."""
    if not found.rows:
        return [accepted]
    return [f"select * from ({accepted}) anti join {repeats.FOUND} using (_row)"] + [
        f"select * from ({accepted}) "
        f"semi join (select _row from {repeats.FOUND} where round = {turn}) using (_row)"
        for turn in range(2, found.rounds + 1)
    ]


def _apply(
    connection: DuckDBPyConnection,
    table: Table,
    source: str,
    accepted: str,
    *,
    mode: Mode,
    moment: datetime,
) -> LoadReport:
    """Make the accepted rows the current ones; old versions go to history."""
    target = f"model.{quoted(table.name)}"
    mine = f"source = {literal(source)}"
    insert = (
        f"insert into {target} ({listed(table.column_names)}, source, recorded_at) "
        f"select {listed(table.column_names)}, {literal(source)}, ? from "
    )
    had = int(value(connection, f"select count(*) from {target} where {mine}"))
    if not had:
        new = int(value(connection, f"{insert} ({accepted})", [moment]))
        return LoadReport(new=new)
    join = "full join" if mode == "snapshot" else "right join"  # an append leaves the rest alone
    differs = " or ".join(
        f"old.{quoted(c)} is distinct from new.{quoted(c)}"
        for c in table.column_names
        if c not in table.key
    )
    connection.execute(
        f"""
        create or replace temp table {_DIFFERENCE} as
        select old._old, new._row as _new
        from (select rowid as _old, {listed(table.column_names)} from {target} where {mine}) old
        {join} ({accepted}) new on {_equal(table, "old", "new")}
        where old._old is null or new._row is null or {differs or "false"}
        """
    )
    tally = connection.execute(
        "select count(*) filter (_old is null), count(*) filter (_old is not null and _new is not "
        f"null), count(*) filter (_new is null) from {_DIFFERENCE}"
    ).fetchone()
    new, changed, gone = tally or (0, 0, 0)
    total = int(value(connection, f"select count(*) from ({accepted})"))
    if changed or gone:
        _retire(
            connection,
            table,
            f"rowid in (select _old from {_DIFFERENCE})",
            f"case when rowid in (select _old from {_DIFFERENCE} where _new is null) "
            "then 'gone' else 'changed' end",
            moment,
        )
    if new or changed:
        fresh = f"({accepted}) semi join {_DIFFERENCE} on _row = _new"
        connection.execute(f"{insert} {fresh}", [moment])
    has = int(value(connection, f"select count(*) from {target} where {mine}"))
    if has != had + new - gone:
        raise _unbalanced(had + new - gone, has)
    return LoadReport(new=new, changed=changed, unchanged=total - new - changed, gone=gone)


def _retire(
    connection: DuckDBPyConnection, table: Table, which: str, change: str, moment: datetime
) -> int:
    """Move the current rows that `which` (SQL) selects to history; return how many."""
    kept = listed([*table.column_names, "source", "recorded_at"])
    target = f"model.{quoted(table.name)}"
    history = f"model.{quoted(table.name + '__history')}"
    connection.execute(
        f"insert into {history} ({kept}, superseded_at, change) "
        f"select {kept}, ?, {change} from {target} where {which}",
        [moment],
    )
    return int(value(connection, f"delete from {target} where {which}"))


def _carry(
    connection: DuckDBPyConnection,
    source: str,
    table: Table,
    carried: dict[str, bool],
    *,
    keep: bool,
) -> None:
    """Note which columns the source maps; `keep`: together with what its loads before mapped."""
    now = dict(carried)
    if keep:
        for column, date_only in _carried(connection, source, table).items():
            now[column] = date_only and now.get(column, True)
    connection.execute(
        'delete from meta.carried where source = ? and "table" = ?', [source, table.name]
    )
    connection.execute(
        "insert into meta.carried select ?, ?, unnest(?::varchar[]), unnest(?::boolean[])",
        [source, table.name, list(now), list(now.values())],
    )


def _carried(connection: DuckDBPyConnection, source: str, table: Table) -> dict[str, bool]:
    return dict(
        connection.execute(
            'select "column", date_only from meta.carried where source = ? and "table" = ?',
            [source, table.name],
        ).fetchall()
    )


def _last_mapping(connection: DuckDBPyConnection, source: str, table: Table) -> object:
    return value(
        connection,
        'select arg_max(mapping_hash, load_id) from meta.loads where source = ? and "table" = ?',
        [source, table.name],
    )


def _seen(connection: DuckDBPyConnection, source: str, table: Table) -> object:
    """Return what a reader could see of a source beside its rows: its refusals, its columns."""
    return quarantine.digest(connection, source, table.name), _carried(connection, source, table)


def not_before_the_last(connection: DuckDBPyConnection, recorded_at: datetime) -> datetime:
    """Return a moment to record at: a clock set back must not let a version end before it began."""
    last = value(connection, "select max(epoch_us(started_at)) from meta.loads")
    if last is None:
        return recorded_at
    return max(recorded_at, datetime.fromtimestamp(last / 1_000_000, tz=recorded_at.tzinfo))


def _equal(table: Table, one: str, other: str) -> str:
    return " and ".join(f"{one}.{quoted(c)} = {other}.{quoted(c)}" for c in table.key)


def _balance(report: LoadReport) -> None:
    counted = report.new + report.changed + report.unchanged + report.quarantined
    if counted != report.read:
        raise _unbalanced(report.read, counted)


def _unbalanced(expected: int, found: int) -> KadarError:
    return KadarError(
        "KDR-STO-003",
        N_("A load did not add up: {expected} rows expected, {found} found. Nothing was loaded."),
        N_("This is a defect of kadar or of a source's code; please report it."),
        exit_code=FAILED,
        expected=expected,
        found=found,
    )
