"""Series with their natural limits: a period a row, what is more than routine marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kadar.language import N_
from kadar.show.answers import dimension, heading, known_until
from kadar.show.terminal import table

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from kadar.insight.signals import Point, Series, Signals
    from kadar.show.reader import Reader
    from kadar.workspace import Workspace

KINDS = {
    **dict.fromkeys(("opens", "closes", "level_since"), "day"),
    **dict.fromkeys(("complete", "mature", "signal"), "boolean"),
    **dict.fromkeys(
        (
            "value", "numerator", "denominator", "lower", "upper", "centre", "lower_limit",
            "upper_limit",
        ),
        "number",
    ),
    "n": "integer",
}  # fmt: skip


def show(console: Console, made: Signals, workspace: Workspace, reader: Reader) -> None:
    """Print the series of an answer, and how the limits are made."""
    if not made.series:
        console.print(reader.t(N_("No row of the data meets the question.")))
        return
    console.print(heading(made.answer.rows[:1], workspace, reader), style="bold")
    for series in made.series:
        console.print(_table(series, reader))
        if series.short:
            console.print(
                reader.t(N_("Too few whole periods for limits: six are needed.")), style="yellow"
            )
        console.print()
    console.print(
        reader.t(
            N_(
                "Limits: mean ± 2.66 mean moving ranges (Wheeler). Within them, and without a "
                "rule named, a value is routine: look for no reason of its own."
            )
        ),
        style="dim",
    )
    until = known_until(made.answer, workspace, reader)
    if until:
        console.print(until, style="dim")


def _table(series: Series, reader: Reader) -> Table:
    title = ", ".join(dimension(value, reader) for value in series.dimensions.values())
    made = table(title=title or None)
    made.add_column(reader.t(N_("period")), no_wrap=True)
    for name in (N_("value"), N_("centre"), N_("limits")):
        made.add_column(reader.t(name), justify="right", no_wrap=True)
    made.add_column(reader.t(N_("signal")))
    before = None
    for point in series.points:
        row, level = point.row, point.level
        told = [reader.t(rule) for rule in point.rules]
        if level is not None and before is not None and level is not before:
            told.insert(0, reader.t(N_("a new level")))
        made.add_row(
            reader.period(row.grain, row.opens, row.closes),
            reader.value(row.value, row.unit),
            reader.value(level.centre, row.unit) if level else "",
            reader.interval(level.lower, level.upper, row.unit) if level else "",
            ", ".join(told),
            style=_style(point),
        )
        before = level or before
    return made


def _style(point: Point) -> str | None:
    if point.level is None:
        return "dim"
    return "bold" if point.rules else None
