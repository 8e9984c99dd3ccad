"""KPIs by period and dimension, as a document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kadar.documents.known import Known, known
from kadar.documents.number import DESCRIBED, Definition, Difference, Number

if TYPE_CHECKING:
    from kadar.answer import Answer
    from kadar.insight.changes import Changes
    from kadar.show.reader import Reader
    from kadar.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A KPI that cannot be computed from the data, and why."""

    kpi: str
    variant: str
    code: str
    message: str
    next_step: str


@dataclass(frozen=True, kw_only=True)
class Asked(Number):
    """One number, with its change where a comparison was asked for."""

    __pydantic_config__ = DESCRIBED

    change: Difference | None


@dataclass(frozen=True, kw_only=True)
class Answered(Known):
    """The answer to a question: numbers, and what each KPI means."""

    __pydantic_config__ = DESCRIBED

    definitions: list[Definition]
    numbers: list[Asked]
    first_days: int | None
    """Of each period only so many days are counted; null: all of it."""
    notes: list[str]
    refused: list[Refused]


def answered(
    workspace: Workspace, reader: Reader, answer: Answer, compared: Changes | None = None
) -> Answered:
    """Return an answer as a document; with its changes where it was compared."""
    changes = compared.changes if compared else [None] * len(answer)
    pairs = dict.fromkeys((row.kpi, row.variant) for row in answer)
    return Answered(
        **known(answer),
        definitions=[Definition.of(workspace, *pair, reader) for pair in pairs],
        numbers=[
            Asked(**vars(Number.of(row, workspace, reader)), change=Difference.of(change, reader))
            for row, change in zip(answer, changes, strict=True)
        ],
        first_days=answer.question.elapsed.days if answer.question.elapsed else None,
        notes=[reader.t(note) for note in answer.notes],
        refused=refused(answer, reader),
    )


def refused(answer: Answer, reader: Reader) -> list[Refused]:
    """Return the KPIs an answer lacks."""
    return [
        Refused(
            kpi=one.kpi,
            variant=one.variant,
            code=one.error.code,
            message=one.error.sentence(reader.language),
            next_step=one.error.next_step(reader.language),
        )
        for one in answer.refused
    ]
