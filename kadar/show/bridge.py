"""A bridge between two numbers: a line for each step, its rows on request."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from kadar.insight.figure import Candidate, Explained
from kadar.insight.reconcile import Number, Reconciled
from kadar.language import N_
from kadar.show.terminal import table

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from kadar.insight.bridge import Step
    from kadar.show.reader import Reader
    from kadar.workspace import Workspace

MOST = 20  # rows of a step in a table
NEAREST = 5  # candidates for a figure
METHOD = N_(
    "Each step's effect is the number after it less the number before it, in this order; they add "
    "up exactly."
)


def show(
    console: Console,
    made: Reconciled | Explained,
    workspace: Workspace,
    reader: Reader,
    *,
    rows: bool = False,
) -> None:
    """Print the candidates for a figure, where there is one, and the bridge."""
    if isinstance(made, Explained):
        _figure(console, made, reader)
    bridge = made.bridge if isinstance(made, Explained) else made
    title = reader.t(workspace.kpis[bridge.kpi].title)
    console.print(f"{title}, {bridge.period}", style="bold")
    console.print(_table(bridge, reader))
    if not bridge.steps:
        console.print(reader.t(N_("The two are the same number: no row tells them apart.")))
    if rows:
        for number, step in enumerate(bridge.steps, 1):
            _rows(console, number, step, reader)
    console.print(reader.t(METHOD), style="dim")


def _figure(console: Console, made: Explained, reader: Reader) -> None:
    best, unit = made.candidates[0], made.bridge.unit
    details = {"figure": made.figure.text, "value": reader.value(best.value, unit),
               "what": _candidate(best, reader)}  # fmt: skip
    if made.explained:
        console.print(reader.t(N_("{figure} is {what}: {value}."), **details), style="bold")
    else:
        said = N_("Nothing known comes to {figure}. The nearest is {what}: {value}.")
        console.print(reader.t(said, **details), style="bold")
    also = [one for one in made.candidates[1:] if one.explains == made.explained][:NEAREST]
    if also:
        named = "; ".join(f"{_candidate(o, reader)} {reader.value(o.value, unit)}" for o in also)
        said = N_("Also: {others}.") if made.explained else N_("Next: {others}.")
        console.print(reader.t(said, others=named), style="dim")
    console.print()


def _candidate(one: Candidate, reader: Reader) -> str:
    if one.convention is None:
        return one.variant
    return f"{one.variant}, {one.convention.text(reader.t)}"


def _table(bridge: Reconciled, reader: Reader) -> Table:
    made = table()
    made.add_column(reader.t(N_("step")))
    columns = (N_("rows"), N_("numerator"), N_("denominator"), N_("effect"), N_("value"))
    for name in columns:
        made.add_column(reader.t(name), justify="right", no_wrap=True)
    made.add_row(*_end(bridge.start, bridge, reader), style="bold")
    for step in bridge.steps:
        made.add_row(
            step.reason.text(reader.t),
            reader.count(step.rows),
            _amount(step.above, reader),
            _amount(step.below, reader),
            reader.signed(float(step.effect), bridge.unit),
            reader.value(float(step.value), bridge.unit),
        )
    made.add_row(*_end(bridge.end, bridge, reader), style="bold")
    return made


def _end(number: Number, bridge: Reconciled, reader: Reader) -> list[str]:
    name = number.variant
    if number.convention is not None:
        name += f", {number.convention.text(reader.t)}"
    sides = ["" if s is None else reader.number(s) for s in (number.numerator, number.denominator)]
    return [name, "", *sides, "", reader.value(float(number.value), bridge.unit)]


def _amount(value: Fraction | None, reader: Reader) -> str:
    if not value:
        return ""
    number = reader.number(float(value))
    return f"+{number}" if value > 0 else number


def _rows(console: Console, number: int, step: Step, reader: Reader) -> None:
    if not step.changes:
        return
    console.print(f"{number}  {step.reason.text(reader.t)}", style="bold")
    made = table()
    shown = step.changes[:MOST]
    names = dict.fromkeys(
        name for one in shown for name, value in one.row.items()
        if value is not None and name not in ("contribution", "source")
    )  # fmt: skip
    for name in names:
        made.add_column(name, overflow="fold")
    sums = step.above is not None
    heads = (N_("numerator"), N_("denominator")) if sums else (N_("before"), N_("after"))
    for head in heads:
        made.add_column(reader.t(head), justify="right")
    for one in shown:
        cells = [_cell(one.row.get(name), reader) for name in names]
        made.add_row(*cells, *("" if v is None else reader.number(float(v))
                               for v in (one.above, one.below)))  # fmt: skip
    console.print(made)
    if len(step.changes) > MOST:
        rest = reader.count(len(step.changes) - MOST)
        said = N_("{rest} more rows: all of them with --format csv.")
        console.print(reader.t(said, rest=rest), style="dim")


def _cell(value: Any, reader: Reader) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, bool):
        return reader.t(N_("yes")) if value else reader.t(N_("no"))
    return reader.number(value) if isinstance(value, float) else str(value)
