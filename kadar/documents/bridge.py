"""Two definitions reconciled, or a figure explained, as a document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kadar.documents.known import Known, known_now
from kadar.documents.number import DESCRIBED, Definition, Scalar, values

if TYPE_CHECKING:
    from kadar.insight.figure import Candidate, Explained
    from kadar.insight.reconcile import Reconciled
    from kadar.show.reader import Reader
    from kadar.workspace import Workspace

NEAREST = 10  # candidates told


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of the way: `start`, then what rows did, then `end`."""

    __pydantic_config__ = DESCRIBED

    kind: str
    what: str
    numerator: float | None
    """What the step's rows add to the numerator."""
    denominator: float | None
    rows: int | None
    effect: float | None
    value: float
    """The number after the step."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A number that could be the figure: a variant, of the period or another convention of it."""

    variant: str
    convention: str | None
    value: float
    difference: float
    explains: bool


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure somebody else reports, and what it could be, the best first."""

    __pydantic_config__ = DESCRIBED

    text: str
    explained: bool
    """Whether the best is the figure, but for its rounding."""
    readings: list[Reading]


@dataclass(frozen=True, kw_only=True)
class Bridge(Known):
    """The way from one number to another, in steps that add up exactly."""

    __pydantic_config__ = DESCRIBED

    definitions: list[Definition]
    """Of the start and of the end."""
    period: str
    unit: str
    steps: list[Step]
    figure: Figure | None
    rows: list[dict[str, Scalar]]
    """The rows of each step, where they were asked for."""


def bridge(
    workspace: Workspace, reader: Reader, made: Reconciled | Explained, *, rows: bool = False
) -> Bridge:
    """Return a bridge as a document."""
    from kadar.insight.figure import Explained

    way = made.bridge if isinstance(made, Explained) else made
    ends = dict.fromkeys((way.start.variant, way.end.variant))
    return Bridge(
        **known_now(workspace),
        definitions=[Definition.of(workspace, way.kpi, name, reader) for name in ends],
        period=way.period,
        unit=way.unit,
        steps=[
            Step(**{name: line[name] for name in Step.__dataclass_fields__})
            for line in made.records(reader.t)
        ],
        figure=_figure(made, reader) if isinstance(made, Explained) else None,
        rows=[values(row) for row in made.rows(reader.t)] if rows else [],
    )


def _figure(made: Explained, reader: Reader) -> Figure:
    return Figure(
        text=made.figure.text,
        explained=made.explained,
        readings=[_reading(one, reader) for one in made.candidates[:NEAREST]],
    )


def _reading(one: Candidate, reader: Reader) -> Reading:
    return Reading(
        variant=one.variant,
        convention=one.convention.text(reader.t) if one.convention else None,
        value=one.value,
        difference=one.difference,
        explains=one.explains,
    )
