"""Why a reported number is another now, as a document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from kadar.documents.known import Known, known_now
from kadar.documents.number import DESCRIBED, Definition, Number
from kadar.show.records import plain

if TYPE_CHECKING:
    from kadar.insight.restatements import Restatements
    from kadar.show.reader import Reader
    from kadar.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Cause:
    """One cause of the change, at its turn."""

    __pydantic_config__ = DESCRIBED

    cause: str
    before: float | None
    after: float | None
    effect: float
    """The difference it makes; the effects sum to the change."""
    rows: int
    """Rows that differ, whether they touch the number or not."""
    records: int | None
    """Records of this number among them; null where they cannot be listed."""


@dataclass(frozen=True, kw_only=True)
class Turn:
    """A moment at which the number became another."""

    moment: datetime
    before: float | None
    after: float | None
    sources: list[str]


@dataclass(frozen=True, kw_only=True)
class Restated(Known):
    """A number as it was reported and as it is, and why."""

    __pydantic_config__ = DESCRIBED

    definition: Definition
    since: datetime
    """When it was reported."""
    until: datetime | None
    """The later moment; null: now."""
    before: Number
    after: Number
    change: float
    causes: list[Cause]
    records: list[dict[str, Any]]
    """Every record behind the change, where they were asked for."""
    history: list[Turn] | None
    """Every load at which it became another, where that was asked for."""


def restated(
    workspace: Workspace, reader: Reader, made: Restatements, *, records: bool = False
) -> Restated:
    """Return restatements as a document."""
    return Restated(
        **known_now(workspace),
        definition=Definition.of(workspace, made.kpi, made.variant, reader),
        since=made.since,
        until=made.until,
        before=Number.of(made.before, workspace, reader),
        after=Number.of(made.after, workspace, reader),
        change=float(made.change),
        causes=[
            Cause(**{name: line[name] for name in Cause.__dataclass_fields__})
            for line in made.records()
        ],
        records=[_flat(row) for row in made.touched()] if records else [],
        history=None
        if made.history is None
        else [
            Turn(moment=t.moment, before=t.before, after=t.after, sources=list(t.sources))
            for t in made.history
        ],
    )


def _flat(value: Any) -> Any:
    """Return a record as JSON has it, however deep."""
    if isinstance(value, dict):
        return {name: _flat(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_flat(one) for one in value]
    return plain(value)
