"""The scoreboard: each core KPI's last whole period against the one before, and to date.

A period is whole when it is complete and, for a cohort, mature; only whole periods are compared.
The running period is compared by its known days with the same days of the period before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from kadar.errors import KadarError

if TYPE_CHECKING:
    from kadar.answer import Answer, Row
    from kadar.insight.change import Change
    from kadar.insight.comparer import Comparer
    from kadar.kpi import Kpi
    from kadar.measure.question import Elapsed, Filter, Question
    from kadar.workspace import Workspace

HISTORY = 12  # periods of the sparkline


@dataclass(frozen=True)
class Line:
    """One KPI on the scoreboard.

    `now` is its last whole period, None where it has none yet; `before` the last period before
    that one that has a value, None where one between them is not whole. `changed` is the change
    between the two, tested. `to_date` is the change from the first days of the period before the
    running one to as many days of that; None where none runs, or its cohorts are not mature.
    `history` are the values of the last whole periods, the latest last. `refused` says why the
    KPI cannot be computed. `target` is `[kpi.<name>] target` of kadar.toml, in the unit of the
    answer.
    """

    kpi: Kpi
    variant: str
    now: Row | None = None
    before: Row | None = None
    history: tuple[float | None, ...] = ()
    target: float | None = None
    refused: KadarError | None = None
    changed: Change | None = None
    to_date: Change | None = None

    @property
    def change(self) -> float | None:
        """Value now less the value before; None where either is unknown."""
        if self.now is None or self.before is None:
            return None
        if self.now.value is None or self.before.value is None:
            return None
        return self.now.value - self.before.value

    @property
    def skipped(self) -> bool:
        """Whether periods without a value lie between the two that are compared."""
        if self.now is None or self.before is None:
            return False
        return self.before.closes < self.now.opens

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
    """The core KPIs in the order of the catalogue, and the answer they were read from.

    The verdicts hold false alarms to 5 % of all signals on the board (Benjamini and Hochberg).
    `elapsed` are the days of the running period that are compared to date, if one runs.
    """

    lines: list[Line]
    answer: Answer
    elapsed: Elapsed | None = None

    def records(self) -> list[dict[str, Any]]:
        """Return a flat record for each KPI that can be computed."""
        return [_record(line) for line in self.lines if line.refused is None]


def scoreboard(
    workspace: Workspace,
    *,
    grain: str = "month",
    where: Mapping[str, Any] | Iterable[str | Filter] = (),
    working_days: bool = False,
    show_withheld: bool = False,
) -> Scoreboard:
    """Compare the last whole period of every core KPI with the one before, and to date.

    With `working_days` the days to date are working days of the company's calendar.
    """
    core = [made for made in workspace.kpis if made.core]
    names = [made.name for made in core]
    answer = workspace.ask(
        names, grain=grain, where=where, collect=True, show_withheld=show_withheld
    )
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
    return _tested(workspace, Scoreboard(lines, answer), working_days=working_days)


def _empty(row: Row) -> bool:
    return row.value is None and row.withheld is None


def _shown(row: Row | None) -> Row | None:
    """Return a row whose value is not withheld: with what is not shown nothing is compared."""
    return None if row is None or row.withheld is not None else row


def _tested(workspace: Workspace, board: Scoreboard, *, working_days: bool) -> Scoreboard:
    """Test the changes of a board, all of them together."""
    from kadar.insight.change import judged
    from kadar.insight.comparer import Comparer

    question = board.answer.question
    with Comparer(workspace) as comparer:
        pairs = [(_shown(line.before), _shown(line.now)) for line in board.lines]
        whole = _changes(comparer, question, board.lines, pairs)
        running = comparer.running(question.grain, working=working_days)
        part: list[Change | None] = [None] * len(board.lines)
        if running is not None:
            asked = replace(
                question,
                since=running.earlier,
                until=running.opens + timedelta(days=1),
                elapsed=running.elapsed,
            )
            wanted = [(line.kpi, line.variant) for line in board.lines if line.refused is None]
            told = workspace.answer(wanted, asked, collect=True)
            rows = {(row.kpi, row.opens): row for row in told}
            pairs = [
                (
                    rows.get((line.kpi.name, running.earlier)),
                    rows.get((line.kpi.name, running.opens)),
                )
                for line in board.lines
            ]
            part = _changes(comparer, asked, board.lines, pairs)
    both = [*whole, *part]
    tested = iter(judged([one for one in both if one is not None]))
    verdicts = [None if one is None else next(tested) for one in both]
    lines = [
        replace(line, changed=changed, to_date=to_date)
        for line, changed, to_date in zip(
            board.lines, verdicts[: len(whole)], verdicts[len(whole) :], strict=True
        )
    ]
    return Scoreboard(lines, board.answer, running.elapsed if running else None)


def _changes(
    comparer: Comparer,
    question: Question,
    lines: Sequence[Line],
    pairs: Sequence[tuple[Row | None, Row | None]],
) -> list[Change | None]:
    """Compare a pair of rows for each line; None where they cannot be."""
    from kadar.insight.changes import comparable

    found: list[Change | None] = []
    for line, (before, after) in zip(lines, pairs, strict=True):
        if before is None or after is None or not comparable(before, after):
            found.append(None)
        else:
            found += comparer.compare(line.kpi, line.variant, question, [(before, after)])
    return found


def _record(line: Line) -> dict[str, Any]:
    from kadar.insight.changes import change_fields

    now, part = line.now, line.to_date
    return {
        "kpi": line.kpi.name,
        "variant": line.variant,
        "opens": now and now.opens,
        "closes": now and now.closes,
        "value": now and now.value,
        "lower": now and now.lower,
        "upper": now and now.upper,
        "n": now and now.n,
        "unit": line.kpi.get(line.variant).unit,
        "target": line.target,
        "met": line.met,
        **change_fields(line.changed),
        "improved": line.improved,
        "to_date_opens": part and part.after.opens,
        "to_date_closes": part and part.after.closes,
        "to_date_value": part and part.after.value,
        **change_fields(part, "to_date_"),
    }


def _line(made: Kpi, rows: Sequence[Row], target: float | None, refused: KadarError | None) -> Line:
    whole = [position for position, row in enumerate(rows) if row.complete and row.mature]
    if not whole:
        return Line(made, made.usual, target=target, refused=refused)
    last = whole[-1]
    before = last - 1
    while rows[last].value is not None and before in whole and _empty(rows[before]):
        before -= 1  # nobody was asked, or nothing ended: as between waves of a survey
    shown = range(max(0, last + 1 - HISTORY), last + 1)
    return Line(
        made,
        rows[last].variant,
        rows[last],
        rows[before] if before in whole else None,
        tuple(rows[p].value if p in whole else None for p in shown),
        target,
    )
