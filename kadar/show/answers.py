"""An answer as tables: one for each KPI, a period a row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

from kadar.language import N_
from kadar.show import withheld
from kadar.show.terminal import table

if TYPE_CHECKING:
    from datetime import datetime

    from rich.console import Console
    from rich.table import Table

    from kadar.answer import Answer, Row
    from kadar.measure.question import Elapsed
    from kadar.show.reader import Reader
    from kadar.workspace import Workspace


def show(
    console: Console,
    answer: Answer,
    workspace: Workspace,
    reader: Reader,
    finals: Sequence[Row | None] = (),
) -> None:
    """Print an answer: its tables, what was left out, up to when the data is known.

    `finals` are the projections of its rows, where they were asked for.
    """
    projected = {id(row): final for row, final in zip(answer.rows, finals, strict=False) if final}
    if not answer.rows:
        console.print(reader.t(N_("No row of the data meets the question.")))
    for rows in _by_kpi(answer):
        console.print(_table(rows, answer, workspace, reader, projected))
        for line in _remarks(rows, reader):
            console.print(line, style="dim")
        for why in filter(None, (withheld.reason(row, workspace, reader) for row in rows)):
            console.print(why, style="yellow", soft_wrap=True)
        console.print()
    days = first_days(answer.question.elapsed, reader)
    if days:
        console.print(days, style="dim")
    for note in answer.notes:
        console.print(reader.t(note), style="dim")
    until = known_until(answer, workspace, reader)
    if until:
        console.print(until, style="dim")


def first_days(elapsed: Elapsed | None, reader: Reader) -> str:
    """Say of how many days every period is, where it is not whole."""
    if elapsed is None:
        return ""
    days = reader.count(elapsed.days)
    if elapsed.working:
        return reader.t(N_("Only the first {days} working days of each period."), days=days)
    return reader.t(N_("Only the first {days} days of each period."), days=days)


class Known(Protocol):
    """Whatever was answered from data known up to a moment."""

    @property
    def observed_until(self) -> datetime | None:
        """The moment, aware; None where there is no data."""
        ...

    @property
    def assumed(self) -> bool:
        """Whether nobody stated it."""
        ...


def known_until(answer: Known, workspace: Workspace, reader: Reader) -> str:
    """Say up to when the data is known, and whether anyone stated so."""
    from zoneinfo import ZoneInfo

    if answer.observed_until is None:
        return ""
    zone = ZoneInfo(workspace.project.company.time_zone)
    moment = answer.observed_until.astimezone(zone)
    if (moment.hour, moment.minute) == (0, 0):  # the end of the day before
        shown = (moment - timedelta(days=1)).date().isoformat()
    else:
        shown = f"{moment:%Y-%m-%d %H:%M}"
    if answer.assumed:
        return reader.t(
            N_("Data known until {moment} (assumed: the latest event in it)."), moment=shown
        )
    return reader.t(N_("Data known until {moment}."), moment=shown)


def heading(rows: list[Row], workspace: Workspace, reader: Reader) -> str:
    """Name a KPI and the variant shown."""
    made = workspace.kpis[rows[0].kpi]
    title = reader.t(made.title)
    return title if rows[0].variant == "default" else f"{title} ({rows[0].variant})"


def _by_kpi(answer: Answer) -> Iterator[list[Row]]:
    kpis = dict.fromkeys((row.kpi, row.variant) for row in answer)
    for pair in kpis:
        yield [row for row in answer if (row.kpi, row.variant) == pair]


def _table(
    rows: list[Row],
    answer: Answer,
    workspace: Workspace,
    reader: Reader,
    projected: Mapping[int, Row],
) -> Table:
    heading_to = any(id(row) in projected for row in rows)
    made = table(title=heading(rows, workspace, reader))
    made.add_column(reader.t(N_("period")), no_wrap=True)
    for name in answer.question.by:
        made.add_column(name)
    made.add_column(reader.t(N_("value")), justify="right", no_wrap=True)
    made.add_column(reader.t(N_("95 % interval")), justify="right", no_wrap=True)
    made.add_column("n", justify="right", no_wrap=True)
    if heading_to:
        made.add_column(reader.t(N_("projected")), justify="right", no_wrap=True)
    made.add_column("")
    for row in rows:
        finished = row.complete and row.mature
        made.add_row(
            reader.period(row.grain, row.opens, row.closes),
            *(dimension(row.dimensions[name], reader) for name in answer.question.by),
            value(row, reader),
            reader.interval(row.lower, row.upper, row.unit),
            reader.count(row.n),
            *([_final(projected.get(id(row)), reader)] if heading_to else []),
            state(row, reader),
            style=None if finished else "dim",
        )
    return made


def value(row: Row, reader: Reader) -> str:
    """Return the value of a row, or what it is at least where it is not known yet."""
    if row.withheld is not None:
        return withheld.value(row, reader)
    if row.value is None and row.at_least is not None:
        return f"≥ {reader.value(row.at_least, row.unit)}"
    return reader.value(row.value, row.unit)


def _final(row: Row | None, reader: Reader) -> str:
    """Return a projected value and its interval; nothing where there is none."""
    if row is None:
        return ""
    within = reader.interval(row.lower, row.upper, row.unit)
    return f"{value(row, reader)} ({within})" if within else value(row, reader)


def state(row: Row, reader: Reader) -> str:
    """Say what of a row is not finished; nothing where it is whole."""
    if not row.complete:
        return reader.t(N_("not complete"))
    return "" if row.mature else reader.t(N_("not mature"))


def dimension(value: Any, reader: Reader) -> str:
    """Return a value of a dimension as text."""
    if value is None:
        return reader.t(N_("(none)"))
    if isinstance(value, float):
        return "" if value != value else reader.number(value)  # noqa: PLR0124  (NaN)
    return str(value)


def _remarks(rows: list[Row], reader: Reader) -> Iterator[str]:
    left_out: Counter[str] = Counter()
    for row in rows:
        left_out.update(row.excluded)
    if left_out:
        reasons = ", ".join(
            f"{reader.t(reason.replace('_', ' '))} {reader.count(n)}"
            for reason, n in left_out.items()
        )
        yield reader.t(N_("Left out: {reasons}."), reasons=reasons)
    waiting = sum(row.waiting or 0 for row in rows)
    if waiting:
        yield reader.t(N_("Still waiting: {n}."), n=reader.count(waiting))
