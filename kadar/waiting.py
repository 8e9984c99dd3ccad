"""Estimates of times that may not be over, put beside the columns of a statement."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from kadar.compiled import compiled_life_table
from kadar.engines.engine import Columns, Engine
from kadar.measure.compiled import COUNTS
from kadar.measure.formula import Measure, Waiting
from kadar.measure.intervals import Array
from kadar.measure.question import Question
from kadar.measure.survival import Estimated, LifeTable, life_table

Key = tuple[Any, ...]
WHOLE = "all"  # the one period of the grain `all`


@dataclass(frozen=True)
class Tables:
    """A measure's life tables, by period and group; `done` and `waiting` count rows of any time."""

    made: dict[Key, LifeTable]
    done: dict[Key, float]
    waiting: dict[Key, float]


def estimates(
    measure: Measure,
    question: Question,
    columns: Columns,
    n: Array,
    *,
    engine: Engine,
    folder: Path,
    within: Callable[[float | Measure | None], float],
) -> dict[str, Array]:
    """Return an array per field of `Estimated`, and `waiting`, for the rows of `columns`.

    `n` is how many rows of the facts each has. `within` makes a number of a time; NaN where the
    data cannot tell, and then nothing can be estimated that needs it.
    """
    waiting = measure.waiting
    if waiting is None:
        raise ValueError(f"{measure} is no time that may not be over")
    limit = within(waiting.within)
    tables = _fetch(measure, question, engine, folder)
    history = tables
    if measure.kind == "projected":
        all_time = replace(question, grain="all", since=None, until=None, elapsed=None)
        history = _fetch(measure, all_time, engine, folder)
    names = [field.name for field in fields(Estimated)]
    made = {name: np.full(len(n), np.nan) for name in names}
    made["waiting"] = np.zeros(len(n))
    nothing = life_table(*(np.zeros(0) for _ in range(4)))
    for place, key in enumerate(_keys(columns, question)):
        table = tables.made.get(key, nothing)
        if measure.kind == "projected":
            before = history.made.get((WHOLE, *key[1:]), nothing)
            done = tables.done.get(key, 0.0)
            found = _projected(before, table, limit, float(n[place]), done)
            made["waiting"][place] = table.waiting[table.time < limit].sum()
        else:
            found = _estimated(measure.kind, measure.share, table, waiting, limit)
            made["waiting"][place] = tables.waiting.get(key, 0.0)
        for name in names:
            made[name][place] = float(getattr(found, name))
    return made


def _estimated(
    kind: str, share: float | None, table: LifeTable, waiting: Waiting, limit: float
) -> Estimated:
    if kind == "share_by":
        return Estimated() if np.isnan(limit) else table.share(limit)
    wanted = 0.5 if share is None else share
    if waiting.other is None:
        return table.quantile(wanted)
    return table.quantile_of_ended(wanted, np.inf if np.isnan(limit) else limit)


def _projected(
    history: LifeTable, cohort: LifeTable, limit: float, rows: float, done: float
) -> Estimated:
    if np.isnan(limit):
        return Estimated(at_least=done / rows) if rows else Estimated()
    return history.project(cohort, limit, rows, done)


def _fetch(measure: Measure, question: Question, engine: Engine, folder: Path) -> Tables:
    sql = compiled_life_table(measure, question, engine.dialect, folder)
    columns = engine.run(sql)
    keys = list(_keys(columns, question))
    tables = Tables({}, {}, {})
    starts = [i for i, key in enumerate(keys) if not i or key != keys[i - 1]]
    for start, end in pairwise([*starts, len(keys)]):
        own = slice(start, end)
        ended, other, waiting = (columns[name][own] for name in COUNTS)
        key = keys[start]
        tables.made[key] = life_table(columns["time"][own], ended, other, waiting)
        tables.done[key] = float(ended.sum())
        tables.waiting[key] = float(waiting[columns["time"][own] >= 0].sum())
    return tables


def _keys(columns: Columns, question: Question) -> Iterator[Key]:
    """Yield the period and the group of each row; the grain `all` has one period."""
    groups = [columns[f"by_{i}"] for i in range(len(question.by))]
    for place in range(len(columns["opens"])):
        opens = WHOLE if question.grain == "all" else columns["opens"][place]
        yield (opens, *(_plain(group[place]) for group in groups))


def _plain(value: Any) -> Any:
    """Return a value of a group so that unknown ones are equal (NaN is not)."""
    return None if isinstance(value, float) and np.isnan(value) else value
