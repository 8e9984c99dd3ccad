"""The data between two moments: as of the first, then one cause after another as of the second."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from kadar.decisions import accepted, journal
from kadar.model import TABLES, Table
from kadar.store.as_of import copy_rows, known_until
from kadar.store.schema import migrate
from kadar.store.sql import any_order, listed, literal, quoted, transaction, value

if TYPE_CHECKING:
    from kadar.project import Project

EDITED, LATE, DELETED, MERGED, RATES = "edited", "late", "deleted", "merged", "rates"
CAUSES = (EDITED, LATE, DELETED, MERGED, RATES)  # of rows, in the order they are followed


@dataclass(frozen=True)
class Decided:
    """A customer that people merged or parted: into whom, then and later, and when they decided."""

    customer: str
    before: str | None
    after: str | None
    at: datetime


class Between:
    """Rows as of one moment in a file of their own, to be led to those of a later one.

    Rows that differ have one cause each: an exchange rate is `rates`, a customer merged or no
    longer merged `merged`; any other row that only the later moment has is `late`, one that only
    the earlier has `deleted`, one that both have with other values `edited`. A row is known by
    its table, source and key. The published file is only read; the copy goes with `close`.

    `connection` has it as its current database, in UTC; `changes` counts the differing rows by
    cause and table; customers that people merged or parted between the two are `decided`, and count
    as `merged`, too. The rows themselves are in `temp."before <table>"`, `temp."after <table>"`
    and, by source and key with `cause`, in `temp."change <table>"`.
    """

    def __init__(
        self, published: Path, project: Project, since: datetime, until: datetime | None = None
    ) -> None:
        import duckdb

        self.project, self.until = project, until
        self.known: datetime | None = since  # moment up to which decisions of people count
        self.decided = _decided(project.folder, since, until)
        self.observed_until: datetime | None = None
        self._folder = TemporaryDirectory(prefix="kadar-")
        self.connection = duckdb.connect(":memory:")
        try:
            self.connection.execute("set TimeZone = 'UTC'")
            self.connection.execute(f"attach {literal(str(published))} as today (read_only)")
            place = str(Path(self._folder.name) / "between.duckdb")
            self.connection.execute(f"attach {literal(place)} as past")
            self.connection.execute("use past")
            migrate(self.connection)
            with any_order(self.connection), transaction(self.connection):
                copy_rows(self.connection, since)
            self.changes = self._compare(since)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of everything."""
        self.connection.close()
        self._folder.cleanup()

    def derive(self, project: Project) -> None:
        """Derive `crm` anew under a project's policies.

        The data is known up to where it was at the last `reach`; where there was none, there.
        """
        from msgspec.structs import replace

        if self.observed_until is not None:
            told = self.observed_until.isoformat()
            project = replace(project, company=replace(project.company, observed_until=told))
        self._derive(project)

    def reach(self, project: Project, moment: datetime | None) -> datetime | None:
        """Derive `crm` anew, and hold on to where the data reaches as of a moment (None: now)."""
        self._derive(project if moment is None else known_until(project, moment))
        reached = value(self.connection, "select epoch_us(observed_until) from crm.company")
        self.observed_until = None if reached is None else _moment(int(reached))
        return self.observed_until

    def published_until(self) -> datetime | None:
        """Return up to where the published data is known."""
        reached = value(self.connection, "select epoch_us(observed_until) from today.crm.company")
        return None if reached is None else _moment(int(reached))

    def apply(self, cause: str) -> None:
        """Bring the rows of a cause to what they are at the later moment; `derive` follows."""
        if cause == MERGED:
            self.known = self.until
        with any_order(self.connection), transaction(self.connection):
            for name in self.changes.get(cause, {}):
                keys = listed(_identity(TABLES[name]))
                columns = listed([*TABLES[name].column_names, "source", "recorded_at"])
                which = f"select {keys} from {changed(name)} where cause = {literal(cause)}"
                self.connection.execute(
                    f"delete from model.{quoted(name)} where ({keys}) in ({which})"
                )
                self.connection.execute(
                    f"insert into model.{quoted(name)} by name select {columns} "
                    f"from {after(name)} semi join ({which}) using ({keys})"
                )

    def _derive(self, project: Project) -> None:
        from kadar.derive import derive

        with any_order(self.connection), transaction(self.connection):
            derive(self.connection, project, self.known)

    def _compare(self, since: datetime) -> Mapping[str, Mapping[str, int]]:
        then = _sql(since)
        now = "timestamptz 'infinity'" if self.until is None else _sql(self.until)
        found: dict[str, dict[str, int]] = {}
        for table in TABLES.values():
            counts = self._compared(table, then, now)
            for cause, count in counts:
                found.setdefault(cause, {})[table.name] = count
        if self.decided:
            merged = found.setdefault(MERGED, {})
            merged["customers"] = merged.get("customers", 0) + len(self.decided)
        return found

    def _compared(self, table: Table, then: str, now: str) -> list[tuple[str, int]]:
        name, run = table.name, self.connection.execute
        columns = listed([*table.column_names, "source", "recorded_at"])
        today, past = f"today.model.{quoted(name)}", f"today.model.{quoted(name + '__history')}"
        came = f"recorded_at > {then} and recorded_at <= {now}"
        went = f"recorded_at <= {then} and superseded_at > {then} and superseded_at <= {now}"
        run(
            f"create temp table {quoted('before ' + name)} as "
            f"select {columns}, superseded_at from {past} where {went}"
        )
        run(
            f"create temp table {quoted('after ' + name)} as "
            f"select {columns} from {today} where {came} union all "
            f"select {columns} from {past} where {came} and superseded_at > {now}"
        )
        keys = listed(_identity(table))
        run(
            f"create temp table {quoted('change ' + name)} as "
            f"select {keys}, {_cause(table)} as cause from "
            f"(select {columns} from {before(name)}) b full join {after(name)} a using ({keys})"
        )
        counted = run(f"select cause, count(*) from {changed(name)} group by cause").fetchall()
        return [(str(cause), int(count)) for cause, count in counted]


def before(table: str) -> str:
    """Name of the rows of a table that stood at the earlier moment only."""
    return f"temp.{quoted('before ' + table)}"


def after(table: str) -> str:
    """Name of the rows of a table that stand at the later moment only."""
    return f"temp.{quoted('after ' + table)}"


def changed(table: str) -> str:
    """Name of the sources, keys and causes of a table's rows that differ."""
    return f"temp.{quoted('change ' + table)}"


def _decided(folder: Path, since: datetime, until: datetime | None) -> list[Decided]:
    then, now = dict(accepted(folder, since)), dict(accepted(folder, until))
    if then == now:
        return []
    latest = {
        one.merged: one.at
        for one in journal(folder)
        if one.at > since and (until is None or one.at <= until)
    }
    return [
        Decided(customer, then.get(customer), now.get(customer), latest[customer])
        for customer in sorted({*then, *now})
        if then.get(customer) != now.get(customer)
    ]


def _identity(table: Table) -> tuple[str, ...]:
    return ("source", *table.key)


def _cause(table: Table) -> str:
    if table.name == "fx_rates":
        return literal(RATES)
    merged = ""
    if "merged_into" in table:
        merged = f"when b.merged_into is distinct from a.merged_into then {literal(MERGED)} "
    return (
        f"case {merged}when b.recorded_at is null then {literal(LATE)} "
        f"when a.recorded_at is null then {literal(DELETED)} else {literal(EDITED)} end"
    )


def _sql(moment: datetime) -> str:
    return f"timestamptz {literal(moment.astimezone(UTC).isoformat())}"


def _moment(microseconds: int) -> Any:
    from datetime import timedelta

    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
