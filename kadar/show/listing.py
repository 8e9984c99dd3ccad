"""The rows behind a number: a table for people; JSON, CSV and Parquet for other tools."""

from __future__ import annotations

import json
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

from kadar.language import N_
from kadar.show import columns
from kadar.show.reader import NOTHING
from kadar.show.records import text_rows
from kadar.show.terminal import table

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from kadar.insight.records import Records
    from kadar.show.reader import Reader
    from kadar.workspace import Workspace

PARTS = {
    "numerator": N_("numerator"),
    "denominator": N_("denominator"),
    "excluded": N_("left out"),
}
_TYPES = {
    "moment": "TIMESTAMPTZ",
    "day": "DATE",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "text": "VARCHAR",
}


class Rows(Protocol):
    """Rows of typed columns: name → text, moment, day, integer, number or boolean."""

    @property
    def columns(self) -> dict[str, str]:
        """The columns in order, each with its kind."""
        ...

    def __iter__(self) -> Iterator[dict[str, Any]]: ...


@dataclass(frozen=True)
class Listed:
    """Rows of typed columns, of whatever kind they are."""

    columns: dict[str, str]
    rows: Sequence[dict[str, Any]]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.rows)


def as_json(made: Rows) -> str:
    """Return the rows as a JSON list: moments as ISO 8601 with the company's offset."""
    lines = [json.dumps(row, ensure_ascii=False, allow_nan=False) for row in _plain(made)]
    return "[\n" + ",\n".join(lines) + "\n]\n" if lines else "[]\n"


def as_csv(made: Rows) -> str:
    """Return the rows as CSV with a header: null as nothing."""
    return text_rows(list(made.columns), [list(row.values()) for row in _plain(made)])


def to_parquet(made: Rows, file: Path) -> None:
    """Write the rows to a Parquet file, each column of its own type."""
    types = {name: _TYPES[kind] for name, kind in made.columns.items()}
    columns.to_parquet(types, [[row[name] for row in made] for name in types], file)


def show(console: Console, made: Records, workspace: Workspace, reader: Reader) -> None:
    """Print the figure, the measures it is made of, and the rows."""
    console.print(_heading(made, workspace, reader), style="bold")
    for line in _made_of(made, reader):
        console.print(line, style="dim")
    if not made.rows:
        return
    # a column that says nothing, or the same as the heading, only takes room
    columns = [
        name
        for name in made.columns
        if any(row[name] is not None for row in made)
        and (name != "table" or len({row[name] for row in made}) > 1)
    ]
    listed = table()
    for name in columns:
        right = made.columns[name] in ("integer", "number")
        listed.add_column(name, justify="right" if right else "left", overflow="fold")
    for row in made:
        listed.add_row(*(_cell(name, row[name], reader) for name in columns))
    console.print(listed)
    converted = in_one_currency(made.columns, reader)
    if converted:
        console.print(converted, style="dim")
    if len(made) < made.count:
        rest = reader.count(made.count - len(made))
        console.print(
            reader.t(N_("{rest} more rows: all of them with --format csv."), rest=rest), style="dim"
        )


def in_one_currency(columns: Container[str], reader: Reader) -> str | None:
    """Say what currency the money of listed rows is in, where they say what it was recorded in."""
    from kadar.measure.records import RECORDED_CURRENCY

    if RECORDED_CURRENCY not in columns or not reader.currency:
        return None
    return reader.t(
        N_("Money is in {currency}, at each row's own rate; {column} is what it was recorded in."),
        currency=reader.currency,
        column=RECORDED_CURRENCY,
    )


def _heading(made: Records, workspace: Workspace, reader: Reader) -> str:
    title = reader.t(workspace.kpis[made.kpi].title)
    if made.variant != "default":
        title += f" ({made.variant})"
    return reader.t(
        N_("{kpi}, {period}, {part}: {figure} from {rows} rows"),
        kpi=title,
        period=made.period.label,
        part=reader.t(PARTS[made.part]),
        figure=NOTHING if made.figure is None else _number(made.figure, reader),
        rows=reader.count(made.count),
    )


def _made_of(made: Records, reader: Reader) -> list[str]:
    """Return a line for each measure, and how the figure comes of them where it is no sum."""
    from kadar.show.formula import written

    lines = []
    for number, term in enumerate(made.terms, 1):
        said = written(term.measure)
        rows = ", ".join(said.rows.values())
        line = f"{number}  {said.arithmetic}; A: {rows}"
        if term.reason:
            line = f"{reader.t(term.reason.replace('_', ' '))}: {reader.count(term.rows)}"
        elif term.factor != 1:
            line = f"{number}  {term.factor:+g} x {said.arithmetic}; A: {rows}"
        if term.total is not None and not term.reason:
            line += f" = {_number(term.total, reader)}"
        lines.append(line)
    if made.formula is not None and not made.adds_up and len(made.terms) > 1:
        said = written(made.formula)
        lines.append(reader.t(N_("The figure is {formula}."), formula=said.arithmetic))
        lines += [f"{letter}: {rows}" for letter, rows in said.rows.items()]
    return lines


def _cell(name: str, value: Any, reader: Reader) -> str:
    if value is None:
        return ""
    if name == "reason":
        return reader.t(value.replace("_", " "))
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, bool):
        return reader.t(N_("yes")) if value else reader.t(N_("no"))
    return _number(value, reader) if isinstance(value, float) else str(value)


def _number(value: float, reader: Reader) -> str:
    """Return a number to the cent and beyond: rows are to add up by hand."""
    from babel.numbers import format_decimal

    return format_decimal(value, "#,##0.####", reader.language)


def _plain(made: Rows) -> list[dict[str, Any]]:
    return [
        {n: v.isoformat() if isinstance(v, date) else v for n, v in row.items()} for row in made
    ]
