"""The rows behind a number, as a document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kadar.documents.known import Known, known_now
from kadar.documents.number import DESCRIBED, Definition, Scalar, values

if TYPE_CHECKING:
    from kadar.insight.records import Records
    from kadar.show.reader import Reader
    from kadar.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Listed(Known):
    """The rows behind one part of a number; where `adds_up`, they sum to its figure."""

    __pydantic_config__ = DESCRIBED

    definition: Definition
    period: str
    part: str
    figure: float | None
    """What the answer says of this part."""
    adds_up: bool
    count: int
    """How many rows there are, on all pages."""
    total: float | None
    """What all rows add up to; null where they do not."""
    columns: dict[str, str]
    """Columns in order: text, moment, day, integer, number or boolean."""
    rows: list[dict[str, Scalar]]
    offset: int
    """Rows before the first one here."""
    next_offset: int | None
    """Where the next page begins; null on the last."""


def listed(workspace: Workspace, reader: Reader, made: Records, offset: int = 0) -> Listed:
    """Return rows as a document."""
    reached = offset + len(made.rows)
    return Listed(
        **known_now(workspace),
        definition=Definition.of(workspace, made.kpi, made.variant, reader),
        period=made.period.label,
        part=made.part,
        figure=made.figure,
        adds_up=made.adds_up,
        count=made.count,
        total=made.total,
        columns=made.columns,
        rows=[values(row) for row in made.rows],
        offset=offset,
        next_offset=reached if made.rows and reached < made.count else None,
    )
