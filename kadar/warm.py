"""Ask ahead, after a sync, what will be asked first: its answers are then read, not computed."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import TYPE_CHECKING

from kadar.scoreboard import scoreboard

if TYPE_CHECKING:
    from kadar.workspace import Workspace

GRAINS = ("month", "quarter")


def warm(workspace: Workspace, *, deep: bool = False, stop: Callable[[], bool] = bool) -> None:
    """Ask the scoreboard; `deep`, also each core KPI by month and quarter with every variant.

    Answers that are there already cost nothing. `stop` is asked between questions.
    """
    scoreboard(workspace)
    if not deep:
        return
    for grain in GRAINS:
        if not stop():
            scoreboard(workspace, grain=grain)
    for grain, made in product(GRAINS, workspace.kpis):
        for variant in made.variants if made.core else ():
            if stop():
                return
            workspace.ask(made.name, variant=variant, grain=grain, collect=True)
