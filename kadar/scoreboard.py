"""The scoreboard: each core KPI's last whole period against the one before.

Only whole periods are compared: a period is whole when it is complete and, for a cohort, mature.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kadar.answer import Answer, Row
    from kadar.errors import KadarError
    from kadar.kpi import Kpi
    from kadar.measure.question import Filter
    from kadar.workspace import Workspace

HISTORY = 12  # periods of the sparkline


@dataclass(frozen=True)
class Line:
    """One KPI on the scoreboard.

    `now` is its last whole period, None where it has none yet; `before` the period before that
    one, None where that is not whole. `history` are the values of the last whole periods, the
    latest last. `refused` says why the KPI cannot be computed. `target` is `[kpi.<name>] target`
    of kadar.toml, in the unit of the answer.
    """

    kpi: Kpi
    variant: str
    now: Row | None = None
    before: Row | None = None
    history: tuple[float | None, ...] = ()
    target: float | None = None
    refused: KadarError | None = None

    @property
    def change(self) -> float | None:
        """Value now less the value before; None where either is unknown."""
        if self.now is None or self.before is None:
            return None
        if self.now.value is None or self.before.value is None:
            return None
        return self.now.value - self.before.value

    @property
    def improved(self) -> bool | None:
        """Whether the change is for the better; None where there is none, or no better side."""
        if not self.change or self.kpi.better is None:
            return None
        return (self.change > 0) == (self.kpi.better == "up")

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None without a target, a value or a better side."""
        if self.target is None or self.kpi.better is None:
            return None
        if self.now is None or self.now.value is None:
            return None
        if self.kpi.better == "up":
            return self.now.value >= self.target
        return self.now.value <= self.target


@dataclass(frozen=True)
class Scoreboard:
    """The core KPIs in the order of the catalogue, and the answer they were read from."""

    lines: list[Line]
    answer: Answer


def scoreboard(
    workspace: Workspace,
    *,
    grain: str = "month",
    where: Mapping[str, Any] | Iterable[str | Filter] = (),
) -> Scoreboard:
    """Compare the last whole period of every core KPI with the one before, in one question."""
    core = [made for made in workspace.kpis if made.core]
    answer = workspace.ask([made.name for made in core], grain=grain, where=where, collect=True)
    refused = {refusal.kpi: refusal.error for refusal in answer.refused}
    rows: dict[str, list[Row]] = {}
    for row in answer:
        rows.setdefault(row.kpi, []).append(row)
    lines = [
        _line(
            made,
            sorted(rows.get(made.name, ()), key=lambda row: row.opens),
            workspace.settings(made).get("target"),
            refused.get(made.name),
        )
        for made in core
    ]
    return Scoreboard(lines, answer)


def _line(made: Kpi, rows: Sequence[Row], target: float | None, refused: KadarError | None) -> Line:
    whole = [position for position, row in enumerate(rows) if row.complete and row.mature]
    if not whole:
        return Line(made, made.usual, target=target, refused=refused)
    last = whole[-1]
    before = last - 1 if last - 1 in whole else None
    shown = range(max(0, last + 1 - HISTORY), last + 1)
    return Line(
        made,
        rows[last].variant,
        rows[last],
        None if before is None else rows[before],
        tuple(rows[p].value if p in whole else None for p in shown),
        target,
    )
