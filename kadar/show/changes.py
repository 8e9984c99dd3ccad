"""An answer beside earlier values: a table for each KPI, a period a row."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kadar.language import N_
from kadar.show.answers import dimension, first_days, heading, known_until
from kadar.show.listing import Listed
from kadar.show.terminal import table
from kadar.show.verdicts import interval, kind, p_value, signed, verdict

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from kadar.insight.changes import Changes
    from kadar.show.reader import Reader
    from kadar.workspace import Workspace


def listed(records: list[dict[str, Any]], kinds: Mapping[str, str] | None = None) -> Listed:
    """Return records as rows of typed columns, those of changes by default.

    `excluded` is JSON text, and so is anything else that is a mapping.
    """
    names = list(records[0]) if records else []
    rows = [
        {
            name: json.dumps(value, sort_keys=True) if isinstance(value, dict) else value
            for name, value in record.items()
        }
        for record in records
    ]
    return Listed(
        {name: kind(name) if kinds is None else kinds.get(name, "text") for name in names}, rows
    )


def show(console: Console, made: Changes, workspace: Workspace, reader: Reader) -> None:
    """Print each KPI's values beside the earlier ones, the tests, what the verdicts mean."""
    if not made.answer.rows:
        console.print(reader.t(N_("No row of the data meets the question.")))
    for kpi, variant in dict.fromkeys((row.kpi, row.variant) for row in made.answer):
        console.print(_table(made, (kpi, variant), workspace, reader))
        tests = {
            one.test
            for one in made.changes
            if one is not None and one.test and (one.after.kpi, one.after.variant) == (kpi, variant)
        }
        for test in sorted(tests):
            console.print(reader.t(N_("Test: {test}."), test=reader.t(test)), style="dim")
        console.print()
    for line in (
        reader.t(N_("A signal is more than chance; at most 5 % of all signals are false alarms.")),
        first_days(made.answer.question.elapsed, reader),
        *(reader.t(note) for note in made.answer.notes),
        known_until(made.answer, workspace, reader),
    ):
        if line:
            console.print(line, style="dim")


def _table(made: Changes, wanted: tuple[str, str], workspace: Workspace, reader: Reader) -> Table:
    pairs = [
        (row, one)
        for row, one in zip(made.answer, made.changes, strict=True)
        if (row.kpi, row.variant) == wanted
    ]
    names = made.answer.question.by
    shown = table(title=heading([row for row, _ in pairs], workspace, reader))
    shown.add_column(reader.t(N_("period")), no_wrap=True)
    for name in names:
        shown.add_column(name)
    before = N_("a year before") if made.against == "year-ago" else N_("before")
    columns = (N_("value"), before, N_("change"), N_("its 95 % interval"), "p")
    for name in columns:
        shown.add_column(reader.t(name), justify="right", no_wrap=True)
    shown.add_column(reader.t(N_("verdict")), no_wrap=True)
    better = workspace.kpis[wanted[0]].better
    for row, one in pairs:
        shown.add_row(
            reader.period(row.grain, row.opens, row.closes),
            *(dimension(row.dimensions[name], reader) for name in names),
            reader.value(row.value, row.unit),
            reader.value(one.before.value, row.unit) if one else "",
            signed(one, reader, better),
            interval(one, reader),
            p_value(one.p) if one else "",
            verdict(one, reader),
            style=None if row.complete and row.mature else "dim",
        )
    return shown
