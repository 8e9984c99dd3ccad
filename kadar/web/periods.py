"""Periods a page may choose from, and the one it shows unless told."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kadar.answer import Answer, Row
    from kadar.web.visit import Visit


def answered(visit: Visit, name: str) -> Answer:
    """Return the answer of a KPI by period, as the visit asks for it; asked once in a visit."""
    return visit.once(
        f"answer of {name}",
        lambda: visit.workspace.ask(
            name, variant=visit.get("variant"), grain=visit.grain, where=visit.where
        ),
    )


def valued(visit: Visit, name: str) -> list[Row]:
    """Return the rows of that answer that have a value, the latest last."""
    return [row for row in answered(visit, name) if row.value is not None]


def label(visit: Visit, row: Row) -> str:
    """Return the name of a row's period."""
    return visit.reader.period(row.grain, row.opens, row.closes)


def chosen(visit: Visit, rows: list[Row]) -> str | None:
    """Return the period asked for, else the last whole one; None where there is none."""
    whole = [row for row in rows if row.complete and row.mature] or rows
    return visit.get("period") or (label(visit, whole[-1]) if whole else None)
