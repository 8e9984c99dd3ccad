"""Every value of an answer beside an earlier one: the change, its interval, its verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from kadar.answer import Answer, Row
from kadar.errors import KadarError, nearest
from kadar.given import as_date, filters
from kadar.insight.change import Change, judged
from kadar.insight.comparer import Comparer
from kadar.insight.comparison import Pair, plain_key
from kadar.kpi import Kpi
from kadar.language import N_
from kadar.measure.question import Elapsed, Filter, Question
from kadar.measure.running import YEAR, openings
from kadar.withheld import withheld, withhold
from kadar.workspace import Workspace

AGAINST = ("previous", "year-ago")


@dataclass(frozen=True)
class Changes:
    """An answer, and for each of its rows the change from the earlier one.

    None where there is no earlier row, or one of the two is not complete or not mature. False
    alarms are held to 5 % of the signals of the whole answer (Benjamini and Hochberg).
    """

    answer: Answer
    against: str
    changes: list[Change | None]

    def records(self) -> list[dict[str, Any]]:
        """Return flat records: those of the answer, with the change from the earlier value."""
        return [
            {**row.as_dict(), **change_fields(one)}
            for row, one in zip(self.answer, self.changes, strict=True)
        ]


def change_fields(one: Change | None, prefix: str = "") -> dict[str, Any]:
    """Return a change as fields of a record; all null where there is none."""
    return {
        f"{prefix}previous_opens": None if one is None else one.before.opens,
        f"{prefix}previous": None if one is None else one.before.value,
        f"{prefix}change": None if one is None else one.value,
        f"{prefix}change_lower": None if one is None else one.lower,
        f"{prefix}change_upper": None if one is None else one.upper,
        f"{prefix}p": None if one is None else one.p,
        f"{prefix}test": None if one is None else one.test,
        f"{prefix}verdict": None if one is None else one.verdict,
    }


def changes(
    workspace: Workspace,
    kpis: str | Sequence[str],
    *,
    against: str = "previous",
    variant: str | None = None,
    grain: str = "month",
    by: Sequence[str] = (),
    where: Mapping[str, Any] | Iterable[str | Filter] = (),
    since: date | str | None = None,
    until: date | str | None = None,
    first_days: int | None = None,
    to_date: bool = False,
    working_days: bool = False,
    collect: bool = False,
    show_withheld: bool = False,
) -> Changes:
    """Answer KPIs as `Workspace.ask` does, each row beside the period before or a year before.

    Only complete and mature rows are compared, and none that is withheld (see `ask`); with
    `first_days` or `to_date` the same days of each period. Raises KDR-ASK-032 for another
    `against`, KDR-ASK-033 for the grain `all`, and what `ask` raises.
    """
    back = _back(against, grain)
    wanted = workspace.wanted(kpis, variant)
    with Comparer(workspace) as comparer:
        asking = comparer.asking
        elapsed = None if first_days is None else Elapsed(first_days, working_days)
        if to_date:
            elapsed = asking.to_date(grain, working=working_days, back=back).elapsed
        first = as_date(since)
        question = Question(
            grain, tuple(dict.fromkeys(by)), tuple(filters(where)), first, as_date(until), elapsed
        )
        days = openings(asking.engine.run, grain)
        places = {day: place for place, day in enumerate(days)}
        earlier = question
        if first is not None:
            place = next((i for i, day in enumerate(days) if day >= first), 0)
            earlier = replace(question, since=days[max(place - back, 0)] if days else first)
        told = workspace.answer(wanted, earlier, collect=collect)
        if elapsed is None and not show_withheld:
            told = withhold(told, withheld(workspace.project, told.data_version))
        rows = {_key(row, places[row.opens]): row for row in told}
        shown = [row for row in told if first is None or row.opens >= first]
        befores = [rows.get(_key(row, places[row.opens] - back)) for row in shown]
        found = _compared(comparer, wanted, earlier, shown, befores)
    return Changes(replace(told, rows=shown, question=question), against, found)


def _compared(
    comparer: Comparer,
    wanted: Sequence[tuple[Kpi, str]],
    question: Question,
    rows: Sequence[Row],
    befores: Sequence[Row | None],
) -> list[Change | None]:
    pairs: dict[tuple[str, str], dict[int, Pair]] = {}
    for place, (before, after) in enumerate(zip(befores, rows, strict=True)):
        if before is not None and comparable(before, after):
            pairs.setdefault((after.kpi, after.variant), {})[place] = (before, after)
    found: dict[int, Change] = {}
    for kpi, variant in wanted:
        mine = pairs.get((kpi.name, variant), {})
        if mine:
            tested = comparer.compare(kpi, variant, question, list(mine.values()))
            found.update(zip(mine, tested, strict=True))
    verdicts = dict(zip(found, judged(list(found.values())), strict=True))
    return [verdicts.get(place) for place in range(len(rows))]


def comparable(before: Row, after: Row) -> bool:
    """Whether two rows are whole, mature, and have values."""
    whole = all(row.complete and row.mature for row in (before, after))
    return whole and before.value is not None and after.value is not None


def _back(against: str, grain: str) -> int:
    if against not in AGAINST:
        raise KadarError(
            "KDR-ASK-032",
            N_("There is no comparison with {against}."),
            N_("These exist: {comparisons}."),
            against=against,
            comparisons=nearest(against, list(AGAINST)),
        )
    if grain == "all":
        raise KadarError(
            "KDR-ASK-033",
            N_("The whole span has nothing before it to be compared with."),
            N_("Ask by day, week, month, quarter or year."),
        )
    return 1 if against == "previous" else YEAR.get(grain, 1)


def _key(row: Row, place: int) -> tuple[Any, ...]:
    return (row.kpi, row.variant, place, *map(plain_key, row.dimensions.values()))
