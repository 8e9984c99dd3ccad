"""The scoreboard as a table: one KPI a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kadar.language import N_
from kadar.measure.currency import REASON
from kadar.show import withheld
from kadar.show.answers import known_until
from kadar.show.terminal import can_draw, sparkline, table
from kadar.show.verdicts import interval, signed, verdict

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from kadar.scoreboard import Line, Scoreboard
    from kadar.show.reader import Reader
    from kadar.workspace import Workspace

ROOMY = 110  # columns of a terminal that shows everything
MEDIUM = 88  # … all but the interval


def show(console: Console, board: Scoreboard, workspace: Workspace, reader: Reader) -> None:
    """Print the scoreboard, then in a line each the KPIs that cannot be computed."""
    name = workspace.project.company.name
    if name:
        console.print(name, style="bold")
        console.print()
    shown = [line for line in board.lines if line.refused is None]
    if shown:
        console.print(_table(console, shown, board.answer.question.grain, reader))
    part = _to_date(board, reader)
    if part is not None:
        console.print()
        console.print(part)
    refused = [line for line in board.lines if line.refused is not None]
    if refused:
        console.print()
    for line in refused:
        console.print(_refusal(line, reader), style="dim", soft_wrap=True)
    console.print()
    for line in shown:
        why = withheld.reason(line.now, workspace, reader) if line.now else None
        if why:
            console.print(why, style="yellow", soft_wrap=True)
        if line.before is not None and line.skipped:
            text = N_("{kpi}: the change is since {period}, the last before that has a value.")
            period = reader.period(line.before.grain, line.before.opens, line.before.closes)
            told = reader.t(text, kpi=reader.t(line.kpi.title), period=period)
            console.print(told, style="dim", soft_wrap=True)
        rows = line.now.excluded.get(REASON, 0) if line.now else 0
        if rows:
            text = N_("{kpi} leaves out rows without an exchange rate ({rows}): see kadar check.")
            told = reader.t(text, kpi=reader.t(line.kpi.title), rows=reader.count(rows))
            console.print(told, style="yellow", soft_wrap=True)
    for note in board.answer.notes:
        console.print(reader.t(note), style="dim")
    console.print(known_until(board.answer, workspace, reader), style="dim")


def _table(console: Console, lines: list[Line], grain: str, reader: Reader) -> Table:
    made = table()
    wide, medium = console.width >= ROOMY, console.width >= MEDIUM
    made.add_column(_grain(grain, reader), overflow="fold")
    made.add_column(reader.t(N_("period")), no_wrap=True)
    made.add_column(reader.t(N_("value")), justify="right", no_wrap=True)
    if wide:
        made.add_column(reader.t(N_("95 % interval")), justify="right", no_wrap=True)
    made.add_column(reader.t(N_("change")), justify="right", no_wrap=True)
    if medium:
        made.add_column(reader.t(N_("verdict")), no_wrap=True)
    made.add_column("n", justify="right", no_wrap=True)
    if medium:
        made.add_column(reader.t(N_("target")), justify="right", no_wrap=True)
    made.add_column(reader.t(N_("last 12")), no_wrap=True)
    for line in lines:
        cells: list[str | Text] = [reader.t(line.kpi.title)]
        if line.now is None:
            made.add_row(*cells, "", "-", *[""] * wide, reader.t(N_("none whole yet")))
            continue
        now = line.now
        cells += [
            reader.period(now.grain, now.opens, now.closes),
            withheld.value(now, reader),
        ]
        if wide:
            cells.append(reader.interval(now.lower, now.upper, now.unit))
        cells.append(signed(line.changed, reader, line.kpi.better))
        if medium:
            cells.append(verdict(line.changed, reader))
        cells.append(reader.count(now.n))
        if medium:
            cells.append(_target(line, reader, plain=not can_draw(console)))
        cells.append(sparkline(list(line.history), plain=not can_draw(console)))
        made.add_row(*cells)
    return made


def _grain(grain: str, reader: Reader) -> str:
    return {
        "day": reader.t(N_("by day")),
        "week": reader.t(N_("by week")),
        "month": reader.t(N_("by month")),
        "quarter": reader.t(N_("by quarter")),
        "year": reader.t(N_("by year")),
    }.get(grain, "")


def _to_date(board: Scoreboard, reader: Reader) -> Table | None:
    """Return the running period beside the same days before; None where nothing compares."""
    shown = [(line, line.to_date) for line in board.lines if line.to_date is not None]
    if not shown or board.elapsed is None:
        return None
    days = reader.count(board.elapsed.days)
    heading = (
        N_("the first {days} working days")
        if board.elapsed.working
        else N_("the first {days} days")
    )
    made = table()
    made.add_column(reader.t(heading, days=days), overflow="fold")
    first = shown[0][1]
    for row in (first.after, first.before):
        made.add_column(reader.period(row.grain, row.opens, row.closes), justify="right")
    made.add_column(reader.t(N_("change")), justify="right", no_wrap=True)
    made.add_column(reader.t(N_("its 95 % interval")), justify="right", no_wrap=True)
    made.add_column(reader.t(N_("verdict")), no_wrap=True)
    for line, one in shown:
        made.add_row(
            reader.t(line.kpi.title),
            reader.value(one.after.value, one.after.unit),
            reader.value(one.before.value, one.before.unit),
            signed(one, reader, line.kpi.better),
            interval(one, reader),
            verdict(one, reader),
        )
    return made


def _target(line: Line, reader: Reader, *, plain: bool) -> Text:
    from rich.text import Text

    if line.target is None or line.now is None:
        return Text("")
    shown = reader.value(line.target, line.now.unit)
    if line.met is None:
        return Text(shown)
    mark = ("met" if line.met else "missed") if plain else ("✓" if line.met else "✗")
    return Text(f"{shown} {mark}", "green" if line.met else "red")


def _refusal(line: Line, reader: Reader) -> str:
    title = reader.t(line.kpi.title)
    if line.refused is None:
        return title
    columns = line.refused.details.get("columns")
    if columns:
        return reader.t(N_("{kpi}: the data has no {columns}."), kpi=title, columns=columns)
    return f"{title}: {line.refused.sentence(reader.language)}"
