"""What a table of the model is: its columns, its key, how its rows stand in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

TYPES = {
    # our type: the type the embedded store keeps it in
    "text": "VARCHAR",
    "moment": "TIMESTAMPTZ",
    "money": "DECIMAL(18,4)",
    "number": "DOUBLE",
    "integer": "BIGINT",
    "boolean": "BOOLEAN",
}


@dataclass(frozen=True)
class Column:
    """One column of a table.

    `type` is a key of `TYPES`. A moment is UTC with time zone. `choices` are the only values a
    text column may hold. `references` names the table whose key this column holds. `scheduled`
    marks a moment that may lie in the future without being wrong (an expected close). `stands`
    marks choices that say how a row stands so far: that no row stands so yet is no lack of data.
    """

    name: str
    type: str
    meaning: str
    required: bool = False
    choices: tuple[str, ...] = ()
    references: str | None = None
    scheduled: bool = False
    stands: bool = False

    @property
    def sql_type(self) -> str:
        """Type of the column in the embedded store."""
        return TYPES[self.type]


@dataclass(frozen=True)
class Check:
    """A condition every row must meet, as SQL over the table's columns (null counts as met)."""

    column: str
    condition: str
    reason: str
    remedy: str


@dataclass(frozen=True)
class Table:
    """One table of the model.

    `events` give each verb that places a row at one moment (`crm.deals.closed`); `states` give
    each verb that holds between two moments, the second exclusive or unknown while it lasts.
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    events: Mapping[str, str] = field(default_factory=dict)
    states: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    planned: bool = False  # amounts decided rather than happening: no sampling error of their own

    def __hash__(self) -> int:
        return hash(self.name)

    def __getitem__(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def __contains__(self, name: str) -> bool:
        return any(column.name == name for column in self.columns)

    @property
    def column_names(self) -> list[str]:
        """Names of the columns, in order."""
        return [column.name for column in self.columns]

    @property
    def moments(self) -> list[str]:
        """Names of the columns that are moments."""
        return [column.name for column in self.columns if column.type == "moment"]

    @property
    def references(self) -> dict[str, str]:
        """Columns that hold the key of another table, and that table."""
        return {c.name: c.references for c in self.columns if c.references}


def table(
    name: str,
    meaning: str,
    *columns: Column,
    key: str | Sequence[str],
    events: Mapping[str, str] | None = None,
    states: Mapping[str, tuple[str, str]] | None = None,
    checks: Sequence[Check] = (),
    planned: bool = False,
) -> Table:
    """Declare a table; the key columns and the moments of its events must exist."""
    keys = (key,) if isinstance(key, str) else tuple(key)
    made = Table(name, meaning, columns, keys, events or {}, states or {}, tuple(checks), planned)
    named = [*keys, *made.events.values(), *(m for pair in made.states.values() for m in pair)]
    for column in [*named, *(check.column for check in checks)]:
        if column not in made:
            raise ValueError(f"table {name} has no column {column}")
    return made


def text(name: str, meaning: str, *, required: bool = False) -> Column:
    """Declare a text column."""
    return Column(name, "text", meaning, required)


def key(name: str, meaning: str) -> Column:
    """Declare a column of the table's own key: text, never null."""
    return Column(name, "text", meaning, required=True)


def reference(name: str, to: str, meaning: str, *, required: bool = False) -> Column:
    """Declare a column that holds the key of another table."""
    return Column(name, "text", meaning, required, references=to)


def choice(
    name: str,
    choices: Sequence[str],
    meaning: str,
    *,
    required: bool = False,
    stands: bool = False,
) -> Column:
    """Declare a text column with a closed list of values."""
    return Column(name, "text", meaning, required, choices=tuple(choices), stands=stands)


def moment(name: str, meaning: str, *, required: bool = False, scheduled: bool = False) -> Column:
    """Declare a moment: UTC, with time zone."""
    return Column(name, "moment", meaning, required, scheduled=scheduled)


def money(name: str, meaning: str, *, required: bool = False) -> Column:
    """Declare an amount of money in the row's own `currency`."""
    return Column(name, "money", meaning, required)


def number(name: str, meaning: str, *, required: bool = False) -> Column:
    """Declare a floating-point number."""
    return Column(name, "number", meaning, required)


def integer(name: str, meaning: str, *, required: bool = False) -> Column:
    """Declare a whole number."""
    return Column(name, "integer", meaning, required)


def boolean(name: str, meaning: str, *, required: bool = False) -> Column:
    """Declare a yes-or-no column; unknown is null."""
    return Column(name, "boolean", meaning, required)


CURRENCY = text("currency", "ISO 4217 code of the amounts in this row; the company's where absent")
