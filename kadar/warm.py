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
    """Ask the scoreboard, and value the customers. What is there already costs nothing."""
    for ask in questions(workspace):
        ask()


def questions(workspace: Workspace, *, deep: bool = False) -> Iterator[Callable[[], object]]:
    """Yield what to ask ahead: the scoreboard, the list of customers.

    With `deep` also each core KPI by month and quarter with every variant, and the forecasts of
    customers. What is there already costs nothing.
    """
    yield partial(scoreboard, workspace)
    yield partial(_customers, workspace)
    if not deep:
        return
    for grain in GRAINS:
        yield partial(scoreboard, workspace, grain=grain)
    yield partial(workspace.forecasts.churn, limit=1)
    for grain, made in product(GRAINS, workspace.kpis):
        for variant in made.variants if made.core else ():
            yield partial(workspace.ask, made.name, variant=variant, grain=grain, collect=True)


def _customers(workspace: Workspace) -> None:
    from kadar.insight.customers import prepare

    with workspace.asking() as asking:
        prepare(asking)
