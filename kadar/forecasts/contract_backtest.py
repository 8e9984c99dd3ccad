"""How good the forecasts of contracts would have been: rolling origins on the records."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from kadar.forecasts.backtest import SAME, Backtest, Score, Told, best_of, schedule
from kadar.forecasts.calendar import Days, months_on
from kadar.forecasts.retention import RetentionModel
from kadar.forecasts.scores import score_counts, score_risks
from kadar.forecasts.summary import Contracts, contracts
from kadar.forecasts.tenures import FAMILY, Tenures, enough, term
from kadar.forecasts.terms import Array

if TYPE_CHECKING:
    from kadar.asking import Asking


def backtest_contracts(
    asking: Asking,
    *,
    origins: int | None = None,
    horizon: int | None = None,
    told: Told | None = None,
) -> Backtest:
    """Test BdW, sBG and the same-as-last-period rule on the contracts that ran at each origin.

    What is counted is the months each is under contract within the horizon, for they are what a
    value is made of; the risk is that the contract ends within it. Same as last period: all stay
    as long, and leave as often, as those did who were under contract one horizon earlier.

    Raises KDR-FCT-050 for records that are too short, KDR-FCT-054 where too few contracts had
    ended by the first origin, and what `summary.contracts` raises.
    """
    known = contracts(asking)
    end = known.observed + timedelta(days=1)
    enough(known, term(known))
    cuts, months = schedule(known.started.min().astype(object), end, origins, horizon)
    scores: list[Score] = []
    came: dict[date, list[float]] = {}
    for cut in cuts:
        before = known.by(cut)
        every = term(before)
        enough(before, every)
        running = known.running_on(cut)
        began, ended = known.started[running], known.ended[running]
        until = months_on(cut, months)
        stayed, left = _stayed(ended, cut, months)
        ends = np.array([months_on(cut, k) for k in range(1, months + 1)], dtype="datetime64[D]")
        came[cut] = [float((ended < day).sum()) for day in ends]
        tenures, places = Tenures.of(began, cut, months, every)
        frequency = tenures.due[0][places].astype(float)
        for name, model in FAMILY.items():
            if told:
                told(f"{cut}: {name}", len(scores), len(cuts) * (len(FAMILY) + 1))
            fitted = model().fit(before.survivors(every))
            staying = tenures.staying(fitted)
            expected, risk = tenures.paid(staying).sum(axis=0)[places], 1 - staying[-1][places]
            scores.append(
                Score(
                    name, False, cut, until, running.sum().item(),
                    score_counts(expected, stayed, frequency), score_risks(risk, left),
                    [float(gone @ tenures.size) for gone in 1 - staying[1:]],
                    _said(fitted),
                )
            )  # fmt: skip
        mean, share = _last_period(known, cut, months)
        same = np.full(stayed.size, mean), np.full(stayed.size, share)
        scores.append(
            Score(
                SAME, True, cut, until, stayed.size,
                score_counts(same[0], stayed, frequency), score_risks(same[1], left),
                [share * stayed.size * k / months for k in range(1, months + 1)],
            )
        )  # fmt: skip
    scores.sort(key=lambda score: score.naive)
    return Backtest(True, months, cuts, scores, came, best_of(scores))


def _stayed(ended: Days, cut: date, months: int) -> tuple[Array, Array]:
    """Months each was under contract in those after `cut`, and whether the contract ended."""
    days = [np.datetime64(months_on(cut, k)) for k in range(months + 1)]
    stayed = np.zeros(ended.size)
    for opens, closes in pairwise(days):
        last = np.where(np.isnat(ended), closes, np.minimum(ended, closes))
        there = (last - opens).astype(float) / float((closes - opens).astype(int))
        stayed += np.maximum(there, 0.0)
    return stayed, (ended < days[-1]).astype(float)


def _last_period(known: Contracts, cut: date, months: int) -> tuple[float, float]:
    """Mean months under contract in as many before `cut`, and the share that left in them."""
    opens = months_on(cut, -months)
    running = known.running_on(opens)
    if not running.any():
        return float(months), 0.0
    stayed, left = _stayed(known.ended[running], opens, months)
    return float(stayed.mean()), float(left.mean())


def _said(model: RetentionModel) -> str | None:
    return None if model.diagnosis is None else str(model.diagnosis)
