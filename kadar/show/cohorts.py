"""A triangle as a table people can read; as records for other tools."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from kadar.language import N_
from kadar.show.answers import dimension, known_until
from kadar.show.listing import Listed
from kadar.show.terminal import table

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from kadar.insight.cohort_members import Members
    from kadar.insight.cohorts import Cell, Cohorts
    from kadar.show.reader import Reader
    from kadar.workspace import Workspace

LATEST = 24  # cohorts shown
GROUPS = 12  # groups shown
OPEN = "*"  # marks what is not over
_KINDS = {
    "opens": "day",
    "closes": "day",
    "age": "integer",
    "n": "integer",
    "cohorts": "integer",
    "complete": "boolean",
    "mature": "boolean",
    **dict.fromkeys(("value", "numerator", "denominator", "lower", "upper"), "number"),
}
Group = tuple[Any, ...]


def listed(made: Cohorts) -> Listed:
    """Return the cells and totals as rows of typed columns."""
    return Listed({name: _KINDS.get(name, "text") for name in made.names()}, made.records())


def show(console: Console, made: Cohorts, workspace: Workspace, reader: Reader) -> None:
    """Print a triangle for each group: cohorts down, ages across, the totals below."""
    console.print(_heading(made, workspace, reader), style="bold")
    console.print(reader.t(made.wording).replace("\n\n", "\n"), style="dim")
    if made.instead_of:
        console.print(
            reader.t(
                N_("{variant} stands in the place of {asked}: the data has no {columns}."),
                variant=made.variant,
                asked=made.instead_of,
                columns=", ".join(made.lacking),
            )
        )
    if not made.cells:
        console.print(reader.t(N_("No row of the data meets the question.")))
    groups = _groups(made)
    for group in list(groups)[:GROUPS]:
        console.print()
        if made.question.by:
            named = zip(made.question.by, group, strict=True)
            console.print(", ".join(f"{n} = {dimension(v, reader)}" for n, v in named))
        _show_group(console, *groups[group], made, reader)
    console.print()
    for line in _remarks(made, len(groups), reader):
        console.print(line, style="dim")
    until = known_until(made, workspace, reader)
    if until:
        console.print(until, style="dim")


def show_members(console: Console, made: Members, workspace: Workspace, reader: Reader) -> None:
    """Print who stands behind one cell."""
    title = reader.t(workspace.kpis[made.kpi].title)
    console.print(
        reader.t(
            N_("{kpi} ({variant}), cohort {cohort}, age {age}: {above} of {below}"),
            kpi=title,
            variant=made.variant,
            cohort=made.cohort,
            age=made.age,
            above=reader.number(made.numerator),
            below=reader.number(made.denominator),
        ),
        style="bold",
    )
    if not made.rows:
        return
    shown = table()
    for name, kind in made.columns.items():
        shown.add_column(name, justify="right" if kind == "number" else "left", overflow="fold")
    for row in made.rows:
        shown.add_row(*(_member(row[name], kind, reader) for name, kind in made.columns.items()))
    console.print(shown)
    if len(made.rows) < made.n:
        rest = reader.count(made.n - len(made.rows))
        console.print(
            reader.t(N_("{rest} more rows: all of them with --format csv."), rest=rest), style="dim"
        )


def _member(value: Any, kind: str, reader: Reader) -> str:
    if kind == "boolean":
        return reader.t(N_("yes")) if value else reader.t(N_("no"))
    return reader.number(value) if kind == "number" else dimension(value, reader)


def _heading(made: Cohorts, workspace: Workspace, reader: Reader) -> str:
    title = reader.t(workspace.kpis[made.kpi].title)
    if made.variant != "default":
        title += f" ({made.variant})"
    unit = {"percent": "%", "money": reader.currency or ""}.get(made.unit, "")
    by_cohort = reader.t(N_("{kpi} by cohort"), kpi=title)
    return f"{by_cohort}, {unit}" if unit else by_cohort


def _groups(made: Cohorts) -> dict[Group, tuple[list[Cell], list[Cell]]]:
    """Return the cells and the totals of each group, the largest group first."""
    found: dict[Group, tuple[list[Cell], list[Cell]]] = {}
    for place, several in enumerate((made.cells, made.totals)):
        for one in several:
            group = tuple(one.dimensions.values())
            found.setdefault(group, ([], []))[place].append(one)
    sizes = {g: sum(one.n for one in cells if one.age == 0) for g, (cells, _) in found.items()}
    return {group: found[group] for group in sorted(found, key=lambda g: -sizes[g])}


def _show_group(
    console: Console, cells: list[Cell], totals: list[Cell], made: Cohorts, reader: Reader
) -> None:
    """Print the triangle of a group; where it is too wide, one block of ages after another."""
    from rich.measure import Measurement

    oldest = max((one.age for one in cells), default=0)
    for blocks in range(1, oldest + 2):
        wide = -(-(oldest + 1) // blocks)
        parts = [
            range(first, min(first + wide, oldest + 1)) for first in range(0, oldest + 1, wide)
        ]
        tables = [_table(cells, totals, ages, made, reader) for ages in parts]
        widths = [Measurement.get(console, console.options, one).maximum for one in tables]
        if max(widths) < console.width:  # a table as wide as the terminal may have been cut
            break
    for place, one in enumerate(tables):
        if place:
            console.print()
        console.print(one)


def _table(
    cells: list[Cell], totals: list[Cell], ages: range, made: Cohorts, reader: Reader
) -> Table:
    shown = table()
    shown.add_column(reader.t(N_("cohort")), no_wrap=True)
    shown.add_column("n", justify="right", no_wrap=True)
    for age in ages:
        shown.add_column(str(age), justify="right", no_wrap=True)
    rows: dict[Any, dict[int, Cell]] = {}
    for one in cells:
        rows.setdefault((one.opens, one.closes), {})[one.age] = one
    largest = max((abs(one.value) for one in (*cells, *totals) if one.value is not None), default=0)

    def number(value: float | None) -> str:
        return "" if value is None else reader.number(value, made.unit, like=largest)

    shorter = list(rows)[-LATEST:]
    marked = {one.age for one in cells if not one.mature}

    def placed(text: str, one: Cell) -> str:
        """Mark what is not over; in a column with marks, digits stand below one another."""
        return text + (OPEN if not one.mature else " " if one.age in marked else "")

    for opens, closes in shorter:
        row = rows[opens, closes]
        first = next(iter(row.values()))
        label = reader.period(made.question.grain, opens, closes)
        shown.add_row(
            label if first.complete else f"{label}{OPEN}",
            reader.count(first.n),
            *(placed(number(row[age].value), row[age]) if age in row else "" for age in ages),
            end_section=opens == shorter[-1][0],
        )
    at = {one.age: one for one in totals}
    lines: dict[str, Callable[[Cell], str]] = {
        N_("total"): lambda one: number(one.value),
        N_("95 % from"): lambda one: number(one.lower),
        N_("95 % to"): lambda one: number(one.upper),
        N_("cohorts"): lambda one: reader.count(one.cohorts),
        N_("n in total"): lambda one: reader.count(one.n),
    }
    for name, written in lines.items():
        shown.add_row(
            reader.t(name),
            "",
            *(placed(written(at[age]), at[age]) if age in at else "" for age in ages),
            style="bold" if name == "total" else "dim",
        )
    return shown


def _remarks(made: Cohorts, groups: int, reader: Reader) -> Iterator[str]:
    if made.cells:
        yield reader.t(
            N_("Age 0 is the cohort's own period, age 1 the next. Totals: the sum of what stands "
               "above the line over the sum of what stands below it, of the cohorts that have "
               "reached the age.")
        )  # fmt: skip
    if any(not one.mature for one in made.cells):
        yield reader.t(
            N_(
                "{mark} The period is not over, or the cohort is older than the data: the number "
                "so far, or none; it is in no total."
            ),
            mark=OPEN,
        )
    if len({one.opens for one in made.cells}) > LATEST:
        yield reader.t(
            N_("The latest {number} cohorts are shown; the totals are of all. --format csv has "
               "them all."),
            number=LATEST,
        )  # fmt: skip
    if groups > GROUPS:
        yield reader.t(
            N_("{number} more groups: all of them with --format csv."),
            number=reader.count(groups - GROUPS),
        )
    if made.excluded:
        reasons = ", ".join(
            f"{reader.t(reason.replace('_', ' '))} {reader.count(n)}"
            for reason, n in made.excluded.items()
        )
        yield reader.t(N_("Left out: {reasons}."), reasons=reasons)
