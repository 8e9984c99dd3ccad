"""What a check finds, and what it looks at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime  # findings are kept, and read by their types
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from kadar.workspace import Workspace

Severity = Literal["broken", "doubtful", "told"]
SEVERITIES: tuple[Severity, ...] = ("told", "doubtful", "broken")
EXAMPLES = 5


@dataclass(frozen=True)
class Company:
    """What checks look at: the project, and one version of its data, read-only."""

    workspace: Workspace
    connection: DuckDBPyConnection

    def rows(self, sql: str, parameters: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
        """Rows of a query."""
        return self.connection.execute(sql, parameters).fetchall()

    def look(self, keys: str) -> tuple[int, list[str]]:
        """Return how many different keys a query of one column gives, and the first of them."""
        (count, first) = self.rows(
            f"SELECT count(DISTINCT key), list_sort(list(DISTINCT key))[1:{EXAMPLES}] "
            f"FROM (SELECT COLUMNS(*)::VARCHAR AS key FROM ({keys}))"
        )[0]
        return int(count), list(first or ())

    @cached_property
    def carried(self) -> set[tuple[str, str]]:
        """Table and column of all the data carries."""
        return set(self.rows('SELECT "table", "column" FROM crm.carried'))

    @cached_property
    def mapped(self) -> set[tuple[str, str]]:
        """Table and column of all that some source maps; nothing derived."""
        return set(self.rows('SELECT DISTINCT "table", "column" FROM meta.carried'))

    def has(self, table: str, *columns: str) -> bool:
        """Whether the data carries these columns of a table."""
        return {(table, column) for column in columns} <= self.carried

    @cached_property
    def observed_until(self) -> datetime | None:
        """Moment up to which the data is known, aware; None where it holds no moment."""
        from datetime import UTC, timedelta

        (until,) = self.rows("SELECT epoch_us(observed_until) FROM crm.company")[0]
        return (
            None
            if until is None
            else datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=until)
        )


@dataclass(frozen=True)
class Affected:
    """The rows a finding is about, for what they could do to a KPI at most.

    `keys` is a query: the first column is the key of a row of `table` (of customers: the
    customer), the second, of rows that are not in the data, their local day or null. `columns`
    are what is wrong in them. `how`: "wrong" (they may not belong where they are, or belong where
    they are not), "twice" (each may be one with another row), "absent" (they may be missing).
    """

    table: str
    columns: tuple[str, ...]
    keys: str
    how: Literal["wrong", "twice", "absent"] = "wrong"


@dataclass(frozen=True)
class Bound:
    """Between what the value of a KPI lies if a finding's rows are wrong, either way.

    The period is `[opens, closes)`. `exceeds` says that it is wider than the limit allows.
    """

    kpi: str
    variant: str
    grain: str
    opens: date
    closes: date
    value: float | None
    lower: float
    upper: float
    unit: str
    exceeds: bool = False

    @property
    def most(self) -> float:
        """How far the value may be off at most."""
        return 0.0 if self.value is None else max(self.upper - self.value, self.value - self.lower)


@dataclass(frozen=True)
class Finding:
    """One thing a check found.

    `reason` and `remedy` are templates filled by `details`. `severity`: "broken" (a gate is),
    "doubtful", or "told". `count` rows are affected, `examples` are keys of some. `touches` are
    the variants by KPI that read what is affected, `bounds` how far their values may be off.
    Only a finding that `withholds` can have a KPI withheld.
    """

    code: str
    reason: str
    remedy: str
    severity: Severity
    source: str | None = None
    table: str | None = None
    file: str | None = None
    line: int | None = None
    column: str | None = None
    details: dict[str, Any] = field(default_factory=dict)
    count: int = 1
    examples: Sequence[str] = ()
    affected: Affected | None = None
    withholds: bool = True
    check: str = ""
    touches: Mapping[str, Sequence[str]] = field(default_factory=dict)
    bounds: Sequence[Bound] = ()

    @property
    def breaks(self) -> bool:
        """Whether it breaks a gate by itself."""
        return self.severity == "broken"
