"""A KPI's series with its natural limits, as a document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from kadar.documents.known import Known, known
from kadar.documents.number import DESCRIBED, Definition, Number

if TYPE_CHECKING:
    from kadar.insight.signals import Signals
    from kadar.show.reader import Reader
    from kadar.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Point(Number):
    """One number of a series, with the limits of its process."""

    __pydantic_config__ = DESCRIBED

    centre: float | None
    """Mean of the level it belongs to."""
    lower_limit: float | None
    upper_limit: float | None
    level_since: date | None
    """The first period of that level."""
    signal: bool | None
    """Whether it is more than the noise of the process; null where there are no limits."""
    rules: list[str]
    """Why it is a signal."""


@dataclass(frozen=True, kw_only=True)
class Limits(Known):
    """A KPI's series with the natural limits (XmR) of each of its levels."""

    __pydantic_config__ = DESCRIBED

    definition: Definition
    points: list[Point]


def limits(workspace: Workspace, reader: Reader, kpi: str, made: Signals) -> Limits:
    """Return a series with its limits as a document."""
    variants = {row.variant for row in made.answer} or {workspace.kpis[kpi].usual}
    return Limits(
        **known(made.answer),
        definition=Definition.of(workspace, kpi, min(variants), reader),
        points=[
            Point(
                **vars(Number.of(point.row, workspace, reader)),
                centre=point.level.centre if point.level else None,
                lower_limit=point.level.lower if point.level else None,
                upper_limit=point.level.upper if point.level else None,
                level_since=point.since.opens if point.since else None,
                signal=None if point.level is None else bool(point.rules),
                rules=[reader.t(rule) for rule in point.rules],
            )
            for one in made.series
            for point in one.points
        ],
    )
