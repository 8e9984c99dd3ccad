"""The scoreboard as a document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kadar.documents.answered import Refused, refused
from kadar.documents.known import Known, known
from kadar.documents.number import DESCRIBED, Definition, Difference, Number

if TYPE_CHECKING:
    from kadar.scoreboard import Scoreboard
    from kadar.show.reader import Reader
    from kadar.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Line:
    """A KPI's last whole period against the one before."""

    __pydantic_config__ = DESCRIBED

    definition: Definition
    now: Number | None
    """The last whole period; null where there is none yet."""
    change: Difference | None
    """Against the last period before that which has a value: see its `period`."""
    to_date: Difference | None
    """The running period's first days against the same days of the one before."""
    improved: bool | None
    target: float | None
    met: bool | None
    """Whether the target is met; null without one."""
    history: list[float | None]
    """Values of the last whole periods, the latest last."""


@dataclass(frozen=True, kw_only=True)
class Board(Known):
    """Every core KPI at a glance."""

    __pydantic_config__ = DESCRIBED

    lines: list[Line]
    refused: list[Refused]


def board(workspace: Workspace, reader: Reader, made: Scoreboard) -> Board:
    """Return a scoreboard as a document."""
    return Board(
        **known(made.answer),
        lines=[
            Line(
                definition=Definition.of(workspace, line.kpi.name, line.variant, reader),
                now=Number.of(line.now, workspace, reader) if line.now else None,
                change=Difference.of(line.changed, reader),
                to_date=Difference.of(line.to_date, reader),
                improved=line.improved,
                target=line.target,
                met=line.met,
                history=list(line.history),
            )
            for line in made.lines
            if line.refused is None
        ],
        refused=refused(made.answer, reader),
    )
