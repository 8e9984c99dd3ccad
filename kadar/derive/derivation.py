"""One derivation: the connection, the company and what the steps tell each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kadar.decisions import accepted, rejected
from kadar.derive.days import Days
from kadar.derive.schedules import Timetables
from kadar.derive.settings import Settings
from kadar.identity import Identity
from kadar.model import TABLES
from kadar.project import Company, Project
from kadar.schedule import Tickets

if TYPE_CHECKING:
    from datetime import datetime

    from duckdb import DuckDBPyConnection


def quote(name: str) -> str:
    """SQL for a name."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str | None) -> str:
    """SQL for a text."""
    return "NULL" if text is None else "'" + text.replace("'", "''") + "'"


def day_column(moment: str) -> str:
    """Name of the column that holds the day of a moment: created_at → created_on."""
    return moment.removesuffix("_at") + "_on"


@dataclass
class Derivation:
    """What every step of a derivation works with.

    `days` is set by the calendar; `reach` holds each table's earliest and latest moment,
    microseconds UTC; `clocks` the number of each working clock, by the schedules it follows;
    `accepted` the pairs of customers people merged, (merged, survivor), `rejected` those they keep
    apart, `identities` what kadar.toml says of customers in several sources. Temporary tables made
    through `temporary` go when the derivation ends.
    """

    connection: DuckDBPyConnection
    company: Company
    settings: Settings
    source_order: dict[str, list[str]]  # table → its sources as configured
    tickets: Tickets
    timetables: Timetables
    database: str = ""
    days: Days | None = None
    reach: dict[str, tuple[int, int]] = field(default_factory=dict)
    clocks: dict[tuple[int, ...], int] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)
    accepted: list[tuple[str, str]] = field(default_factory=list)
    rejected: list[tuple[str, str]] = field(default_factory=list)
    identities: list[Identity] = field(default_factory=list)

    @classmethod
    def of(
        cls, connection: DuckDBPyConnection, project: Project, known: datetime | None = None
    ) -> Derivation:
        """Begin a derivation of `project` on the connection's current database.

        Decisions about duplicates count as they stood at the moment `known`; now if None.
        """
        order: dict[str, list[str]] = {name: [] for name in TABLES}
        for source in project.sources:
            order.setdefault(source.table, []).append(source.name)
        settings = Settings.of(project.company)
        timetables = Timetables(settings, project.company, project.schedules)
        work = cls(connection, project.company, settings, order, project.tickets, timetables)
        work.database = work.value("SELECT current_database()")
        work.accepted = accepted(project.folder, known)
        work.rejected = rejected(project.folder, known)
        work.identities = project.identity
        return work

    def run(self, sql: str, parameters: Any = None) -> None:
        """Run a statement."""
        self.connection.execute(sql, parameters)

    def rows(self, sql: str, parameters: Any = None) -> list[tuple[Any, ...]]:
        """Rows of a query; ask for moments as `epoch_us(…)`."""
        return self.connection.execute(sql, parameters).fetchall()

    def value(self, sql: str, parameters: Any = None) -> Any:
        """Return the first value of a query's first row."""
        return self.rows(sql, parameters)[0][0]

    def model(self, table: str) -> str:
        """Qualified name of a model table (the database may be called model, too)."""
        return f"{quote(self.database)}.model.{quote(table)}"

    def meta(self, table: str) -> str:
        """Qualified name of a meta table."""
        return f"{quote(self.database)}.meta.{quote(table)}"

    def crm(self, table: str) -> str:
        """Qualified name of a derived table."""
        return f"{quote(self.database)}.crm.{quote(table)}"

    def temporary(self, name: str, query: str, parameters: Any = None) -> str:
        """Keep a query's rows until the derivation ends; returns the table's name."""
        table = quote(f"derive {name}")
        self.run(f"CREATE OR REPLACE TEMP TABLE {table} AS {query}", parameters)
        self.made.append(table)
        return table

    def tidy(self) -> None:
        """Drop the temporary tables."""
        for table in self.made:
            self.run(f"DROP TABLE IF EXISTS {table}")
        self.made.clear()

    def day(self, moment: str, *tables: str) -> str:
        """SQL for the company's local day of a moment.

        Name the model tables the moment comes from where they are known: a date far off in one
        table then costs the others nothing.
        """
        if self.days is None:  # no row holds a moment yet
            return "CAST(NULL AS DATE)"
        if not tables:
            return self.days.sql(moment)
        reached = [self.reach[table] for table in tables if table in self.reach]
        if not reached:
            return "CAST(NULL AS DATE)"
        return self.days.sql(moment, min(r[0] for r in reached), max(r[1] for r in reached))
