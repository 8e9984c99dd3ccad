"""`GET /api/v1/scoreboard`: every core KPI's last whole period against the one before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kadar.documents.board import Board, board
from kadar.scoreboard import scoreboard as made
from kadar.show.changes import listed
from kadar.web.endpoint import Endpoint, Found
from kadar.web.parameters import Asked, Grain, Where

if TYPE_CHECKING:
    from kadar.web.visit import Visit

KINDS = {
    **dict.fromkeys(("value", "change", "p", "target"), "number"),
    "n": "integer",
    "met": "boolean",
}


class Scored(Asked):
    """What may be asked."""

    grain: Grain = "month"
    where: Where


def scoreboard(visit: Visit, asked: Scored) -> Found:
    """Compare every core KPI."""
    document = board(
        visit.workspace,
        visit.reader,
        made(visit.workspace, grain=asked.grain, where=asked.where),
    )
    rows = [
        {
            "kpi": one.definition.kpi,
            "variant": one.definition.variant,
            "period": one.now.period if one.now else None,
            "value": one.now.value if one.now else None,
            "unit": one.definition.unit,
            "n": one.now.n if one.now else None,
            "change": one.change.change if one.change else None,
            "p": one.change.p if one.change else None,
            "verdict": one.change.verdict if one.change else None,
            "target": one.target,
            "met": one.met,
        }
        for one in document.lines
    ]
    return Found.of(document, listed(rows, KINDS))


ENDPOINT = Endpoint(
    "/scoreboard", "Every core KPI against the period before", scoreboard, Scored, Board, 4
)
