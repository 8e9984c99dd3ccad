"""An answer in a notebook: a table of its rows, and a chart."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from kadar.show.answers import state
from kadar.show.reader import Reader

if TYPE_CHECKING:
    from kadar.answer import Answer, Row

MOST = 60  # rows shown, the latest


def table(answer: Answer) -> str:
    """Return the rows as an HTML table, the latest 60; values in English, without a currency."""
    reader = Reader()
    by = answer.question.by
    head = ["kpi", "period", *by, "value", "95 % interval", "n", ""]
    shown = answer.rows[-MOST:]
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in _cells(row, by, reader))}</tr>"
        for row in shown
    )
    more = len(answer.rows) - len(shown)
    note = f"<p>{more} earlier rows are not shown.</p>" if more else ""
    heads = "".join(f"<th>{escape(name)}</th>" for name in head)
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>{note}"


def _cells(row: Row, by: tuple[str, ...], reader: Reader) -> list[str]:
    return [
        row.kpi if row.variant == "default" else f"{row.kpi} ({row.variant})",
        reader.period(row.grain, row.opens, row.closes),
        *("(none)" if row.dimensions[name] is None else str(row.dimensions[name]) for name in by),
        "withheld" if row.withheld else reader.value(row.value, row.unit),
        reader.interval(row.lower, row.upper, row.unit),
        reader.count(row.n),
        state(row, reader),
    ]


def chart(answer: Answer) -> Any:
    """Return an Altair chart (extra `web`): over time, or bars where there is one period.

    Several KPIs, or a second dimension, make a chart each, one above the other. Raises ValueError
    for an answer without a value.
    """
    import altair as alt

    from kadar.charts.theme import LIGHT

    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in answer.rows:
        rest = tuple(row.dimensions[name] for name in answer.question.by[1:])
        groups.setdefault((row.kpi, row.variant, *rest), []).append(row)
    made = [
        _one(rows, answer).properties(title=" · ".join(str(part) for part in named))
        for named, rows in groups.items()
        if any(row.value is not None for row in rows)
    ]
    if not made:
        raise ValueError("no row of the answer has a value")
    whole = made[0] if len(made) == 1 else alt.vconcat(*made)
    return whole.configure(**LIGHT.config())


def _one(rows: list[Row], answer: Answer) -> Any:
    from kadar.charts.bars import bars
    from kadar.charts.series import series
    from kadar.charts.theme import LIGHT

    reader = Reader()
    by = answer.question.by[0] if answer.question.by else None
    unit = rows[0].unit
    records = [
        {
            **row.as_dict(),
            "period": reader.period(row.grain, row.opens, row.closes),
            "finished": row.complete and row.mature,
            "shown": reader.value(row.value, unit),
        }
        for row in rows
        if row.value is not None
    ]
    labels = {"value": rows[0].kpi, "period": "period", "none": "(none)", "name": by or ""}
    if by is not None and len({row.opens for row in rows}) == 1:
        made = bars(records, name=by, unit=unit, theme=LIGHT, labels=labels)
    else:
        made = series(records, unit=unit, theme=LIGHT, labels=labels, by=by)
    return made.properties(width=640)
