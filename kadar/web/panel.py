"""A panel: one answer of a page, as a table, a chart and statements, and as files by suffix."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from kadar.show.reader import NOTHING, Reader

if TYPE_CHECKING:
    from kadar.charts.theme import Theme

Draw = Callable[["Theme", Reader], Any]
TEXT, WORDS, COUNT, VALUE, PERIOD, SHARE = "text", "words", "count", "value", "period", "share"
AGE, SCORE, APART, EFFECT = "age", "score", "apart", "effect"
LONG = 72  # hours from which an age is told in days


@dataclass(frozen=True)
class Column:
    """A column: its name in files, its title (marked for translation), how its cells are shown.

    `text` stays on one line, `words` are sentences.
    A `value` is shown in the row's `unit`, or in the column's own, and so are how far two values
    are `apart` and, signed, an `effect` on one, both of shares in points; an `age` is hours, told
    in days where it is long, a `score` has three decimals. What is not there is what the row has in
    `otherwise`, else a dash, or nothing where that is usual. A title that is a name of the data
    itself (a dimension) is `bare` and not translated. What is `in_files` only, no page shows.
    """

    name: str
    title: str
    kind: str = TEXT
    unit: str | None = None
    bare: bool = False
    usually_empty: bool = False
    otherwise: str = ""
    in_files: bool = False

    @property
    def numeric(self) -> bool:
        """Whether the cells stand right-aligned."""
        return self.kind in (COUNT, VALUE, SHARE, AGE, SCORE, APART, EFFECT)

    def show(self, row: dict[str, Any], reader: Reader) -> str:
        """Return a row's cell in the reader's language."""
        value = row.get(self.name)
        if value is None:
            nothing = NOTHING if self.numeric and not self.usually_empty else ""
            return str(row.get(self.otherwise) or nothing)
        if self.kind in (VALUE, SHARE, APART, EFFECT):
            unit = "percent" if self.kind == SHARE else self.unit or row.get("unit") or "number"
            says = {APART: reader.apart, EFFECT: reader.signed}.get(self.kind, reader.value)
            return says(value, unit)
        if self.kind == AGE:
            long = abs(value) >= LONG
            return reader.value(value / 24 if long else value, "days" if long else "hours")
        if self.kind in (COUNT, SCORE):
            return reader.count(int(value)) if self.kind == COUNT else _score(value, reader)
        if self.kind == PERIOD:
            return reader.period(row["grain"], value, row["closes"])
        return _moment(value)


def _score(value: float, reader: Reader) -> str:
    from babel.numbers import format_decimal

    return str(format_decimal(value, "0.000", reader.language))


def _moment(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date) else str(value)


@dataclass(frozen=True)
class Link:
    """Where a cell leads: a function of its row that returns an address, or None."""

    column: str
    address: Callable[[dict[str, Any]], str | None]


@dataclass(frozen=True)
class Panel:
    """What a panel shows. `rows` hold raw values by column name; `empty` says why there are none.

    `draw` makes the chart in a theme; `sql` returns the statements behind the rows.
    """

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[dict[str, Any]]
    empty: str
    draw: Draw | None = None
    sql: Callable[[], str] | None = None
    notes: Sequence[str] = ()
    links: Sequence[Link] = ()
    open_table: bool = False  # the table is what matters: it is not folded away
    broad: bool = False  # its chart keeps its width on a narrow screen and scrolls
    wide: bool = False  # it takes the whole width among panels that stand side by side
    details: dict[str, Any] = field(default_factory=dict)

    def link(self, column: Column, row: dict[str, Any]) -> str | None:
        """Return where a cell leads; None where it leads nowhere, as a number that is not there."""
        if column.numeric and row.get(column.name) is None:
            return None
        for link in self.links:
            if link.column == column.name:
                return link.address(row)
        return None

    @property
    def shown(self) -> list[Column]:
        """The columns that a page shows."""
        return [column for column in self.columns if not column.in_files]

    def records(self) -> list[dict[str, Any]]:
        """Return the rows as plain records, the columns in their order."""
        return [{c.name: row.get(c.name) for c in self.columns} for row in self.rows]
