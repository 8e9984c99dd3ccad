"""Ask ahead, after a sync, what will be asked first: its answers are then read, not computed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from typing import TYPE_CHECKING

from kadar.scoreboard import scoreboard

if TYPE_CHECKING:
    from kadar.workspace import Workspace

GRAINS = ("month", "quarter")


def warm(workspace: Workspace) -> None:
    """Ask the scoreboard. Answers that are there already cost nothing."""
    for ask in questions(workspace):
        ask()


def questions(workspace: Workspace, *, deep: bool = False) -> Iterator[Callable[[], object]]:
    """Yield what to ask ahead: the scoreboard; `deep`, also each core KPI by month and quarter.

    That is with every variant. Answers that are there already cost nothing.
    """
    yield partial(scoreboard, workspace)
    if not deep:
        return
    for grain in GRAINS:
        yield partial(scoreboard, workspace, grain=grain)
    for grain, made in product(GRAINS, workspace.kpis):
        for variant in made.variants if made.core else ():
            yield partial(workspace.ask, made.name, variant=variant, grain=grain, collect=True)
