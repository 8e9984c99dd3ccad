"""The final values that rows of an answer are heading for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kadar.answer import Answer, Row
from kadar.kpi import Catalogue, Kpi
from kadar.measure.question import Question


def asked(kpis: Catalogue, answer: Answer) -> tuple[list[tuple[Kpi, str]], Question]:
    """Return what must be asked for the rows that are not mature: KPIs with the variants.

    From the first of these periods on; the rest of the question stays as it is.
    """
    wanted: dict[tuple[str, str], tuple[Kpi, str]] = {}
    opens = []
    for row in answer:
        variant = None if row.mature else _projection(kpis, row)
        if variant is not None:
            wanted[row.kpi, variant] = (kpis[row.kpi], variant)
            opens.append(row.opens)
    question = answer.question
    if opens and question.grain != "all":
        question = replace(question, since=min(opens))
    return list(wanted.values()), question


def beside(kpis: Catalogue, answer: Answer, projections: Answer) -> list[Row | None]:
    """Return the projection of each row of an answer, None for those that need or have none."""
    made = {_key(row, row.variant): row for row in projections}
    return [None if row.mature else made.get(_key(row, _projection(kpis, row))) for row in answer]


def _projection(kpis: Catalogue, row: Row) -> str | None:
    """Name of the variant that projects what a row says, where there is one."""
    for variant in kpis[row.kpi].variants.values():
        if variant.projects == row.variant:
            return variant.name
    return None


def _key(row: Row, variant: str | None) -> tuple[Any, ...]:
    return (row.kpi, variant, row.opens, *row.dimensions.values())
