"""Cohorts: what each period's customers, leads or deals came to, age by age."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kadar.language import N_
from kadar.web.page import Page
from kadar.web.panel import COUNT, VALUE, WORDS, Column, Panel

if TYPE_CHECKING:
    from kadar.charts.theme import Theme
    from kadar.insight.cohorts import Cell, Cohorts
    from kadar.show.reader import Reader
    from kadar.web.visit import Visit

AGES = 12
FIRST = "retention_rate"
MARK = "*"  # beside the number of a cell that is not mature


def _cohorts(visit: Visit) -> Cohorts:
    return visit.once("cohorts", lambda: _cohorts_now(visit))


def _cohorts_now(visit: Visit) -> Cohorts:
    grain = visit.grain if visit.grain != "day" else "month"
    asked = visit.get("ages", "") or ""
    return visit.workspace.cohorts(
        visit.get("kpi") or FIRST,
        variant=visit.get("variant"),
        grain=grain,
        where=visit.where,
        since=visit.get("since"),
        ages=min(int(asked), 60) if asked.isdecimal() else AGES,
    )


def _shown(cell: Cell, unit: str, reader: Reader) -> str:
    if cell.value is None:
        return ""
    number = f"{round(100 * cell.value)}" if unit == "percent" else reader.number(cell.value, unit)
    return number if cell.mature else f"{number}{MARK}"


def triangle(visit: Visit) -> Panel:
    """Return the cells as a triangle: a cohort a row, an age a column, the totals last."""
    made = _cohorts(visit)
    reader = visit.reader
    ages = sorted({cell.age for cell in made.cells if cell.value is not None})
    rows: dict[Any, dict[str, Any]] = {}
    for cell in made.cells:
        assert cell.opens is not None  # noqa: S101  (only a total has no period)
        assert cell.closes is not None  # noqa: S101
        row = rows.setdefault(
            cell.opens,
            {"cohort": reader.period(made.question.grain, cell.opens, cell.closes), "n": cell.n},
        )
        row[f"age_{cell.age}"] = _shown(cell, made.unit, reader)
    total: dict[str, Any] = {"cohort": reader.t(N_("all that are mature")), "n": None}
    for cell in made.totals:
        total[f"age_{cell.age}"] = _shown(cell, made.unit, reader)
    listed = [*rows.values(), total] if rows else []

    def draw(theme: Theme, reader: Reader) -> Any:
        from kadar.charts.heat import heat

        cells = [
            {"age": cell.age, "cohort": rows[cell.opens]["cohort"], "value": cell.value,
             "shown": _shown(cell, made.unit, reader), "unfinished": not cell.mature}
            for cell in made.cells
            if cell.value is not None
        ]  # fmt: skip
        titles = {"x": reader.t(N_("age")), "y": reader.t(N_("cohort")),
                  "value": reader.t(N_("value"))}  # fmt: skip
        return heat(cells, x="age", y="cohort", theme=theme, titles=titles)

    notes = [visit.t(N_("Percent of the cohort.")) if made.unit == "percent" else made.wording]
    notes.append(
        visit.t(N_("{mark}: the period of this age is not over; left out of the total."), mark=MARK)
    )
    return Panel(
        "triangle",
        N_("By cohort and age"),
        [
            Column("cohort", N_("cohort")),
            Column("n", "n", COUNT, bare=True),
            *(Column(f"age_{age}", str(age), bare=True) for age in ages),
        ],
        listed,
        N_("There is no cohort yet."),
        draw if any(cell.value is not None for cell in made.cells) else None,
        notes=notes,
    )


def cells(visit: Visit) -> Panel:
    """Return every cell and total with its interval, as rows."""
    made = _cohorts(visit)
    rows = [{**record, "state": "" if record["mature"] else visit.t(N_("not mature"))}
            for record in made.records()]  # fmt: skip
    return Panel(
        "cells",
        N_("Every cell with its interval"),
        [
            Column("row", N_("row")),
            Column("opens", N_("cohort")),
            Column("age", N_("age"), COUNT),
            Column("value", N_("value"), VALUE),
            Column("lower", N_("from"), VALUE),
            Column("upper", N_("to"), VALUE),
            Column("numerator", N_("numerator"), VALUE, "number"),
            Column("denominator", N_("denominator"), VALUE, "number"),
            Column("n", "n", COUNT, bare=True),
            Column("cohorts", N_("cohorts"), COUNT),
            Column("state", N_("state"), WORDS),
        ],
        rows,
        N_("There is no cohort yet."),
    )


def view(visit: Visit) -> dict[str, Any]:
    """Return what the page of cohorts shows."""
    made = _cohorts(visit)
    kpis = [kpi for kpi in visit.workspace.kpis if kpi.triangles]
    return {
        "kpis": [(kpi.name, visit.t(kpi.title)) for kpi in kpis],
        "chosen": made.kpi,
        "readings": list(visit.workspace.kpis[made.kpi].triangles),
        "reading": made.variant,
        "wording": visit.t(made.wording),
        "panel": triangle(visit),
        "until": visit.t(N_("data version {version}"), version=visit.version),
    }


PANELS = {"triangle": triangle, "cells": cells}
PAGE = Page("/cohorts", "cohorts.html", N_("Cohorts"), view, PANELS, place=4, key="o")
