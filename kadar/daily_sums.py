"""Formulas summed over the days of a period: each day is asked, then its values are added."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from kadar.fetched import Fetched
from kadar.measure.evaluate import Evaluation, measures_of
from kadar.measure.formula import Formula, Measure
from kadar.measure.intervals import Array
from kadar.measure.question import Question


def daily_sums(
    daily: list[Formula],
    question: Question,
    fetched: Fetched,
    *,
    fetch: Callable[[list[Measure], Question], Fetched],
    months: Callable[[Fetched, Question], Array],
) -> dict[str, tuple[Array, Array]]:
    """Sum formulas' daily values and variances over the days of each period and group.

    `fetched` has the periods and groups; `fetch` asks for measures, `months` says how long the
    periods of what was fetched are.
    """
    until = question.until
    if until is not None and len(fetched):  # the last period is whole, beyond `until` too
        until = fetched.columns["closes"].max().astype(object)
    day_question = Question("day", question.by, question.where, question.since, until)
    wanted = [measure for formula in daily for measure in measures_of(formula)[0]]
    days = fetch(wanted, day_question)
    evaluation = Evaluation(
        days.measure,
        lambda measure, side: days.measure(measure, f"_{side}"),
        lambda _formula: (np.zeros(0), np.zeros(0)),
        months(days, day_question),
    )
    groups = range(len(question.by))
    places: dict[tuple[Any, ...], list[int]] = {}
    for i in range(len(days)):
        key = tuple(days.columns[f"by_{g}"][i] for g in groups)
        places.setdefault(key, []).append(i)
    made = {}
    for formula in daily:
        estimate = evaluation.estimate(formula)
        value, variance = np.full(len(fetched), np.nan), np.zeros(len(fetched))
        for i in range(len(fetched)):
            mine = np.array(
                places.get(tuple(fetched.columns[f"by_{g}"][i] for g in groups), []), dtype=int
            )
            inside = days.columns["opens"][mine] >= fetched.columns["opens"][i]
            inside &= days.columns["opens"][mine] < fetched.columns["closes"][i]
            values = estimate.value[mine][inside]
            if values.size and not np.all(np.isnan(values)):
                value[i] = np.nansum(values)
                variance[i] = np.nansum(estimate.variance[mine][inside])
        made[str(formula)] = (value, variance)
    return made
