"""Churn seen in behaviour: a classifier over past snapshots, used only where it did better.

A snapshot is every customer as known at the opening of a day, with what then came. At an origin
the classifier learns from snapshots whose whole horizon lies two horizons or more back, is
calibrated on the one of one horizon back, and knows nothing of what came after the origin.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from kadar.forecasts.alike import alike
from kadar.forecasts.backtest import FAMILY as PURCHASES
from kadar.forecasts.behaviour import Behaviour, behaviour
from kadar.forecasts.calendar import months_on
from kadar.forecasts.logistic import Logistic, fit
from kadar.forecasts.sample import Sample, sample
from kadar.forecasts.scores import RiskScore, score_risks
from kadar.forecasts.summary import Contracts, contracts, last_day, purchases
from kadar.forecasts.tenures import FAMILY as RETENTION
from kadar.forecasts.tenures import Tenures, term
from kadar.forecasts.terms import Array
from kadar.language import N_

if TYPE_CHECKING:
    from kadar.asking import Asking
    from kadar.forecasts.predictions import Predictions

ORIGINS = 2  # tested, at most
LEARNT, APART = 3, 3  # snapshots learnt from at most, and months between them
FEWEST = 50  # customers lost, and kept, that are learnt from; 20 for the calibration
FEWEST_CALIBRATED = 20
MOST = 300_000  # rows that are learnt from: of more, evenly spaced ones
SURE = 1.645  # standard errors by which the squared errors must be less: 95 %, one-sided
SHORT = N_("The risk is the model's alone: behaviour is learnt from {needed} months of records.")
FEW = N_("The risk is the model's alone: too few customers were lost, or kept, to learn from.")
NO_BETTER = N_(
    "The risk is the model's alone: with behaviour it was not surely better over {origins} "
    "(AUC {auc}, alone {auc_alone}; Brier {brier}, alone {brier_alone})."
)
BETTER = N_(
    "The risk is learnt from behaviour, with the model's as one part: over {origins}, AUC {auc}, "
    "the model alone {auc_alone}; Brier {brier}, alone {brier_alone}; calibration error "
    "{calibration}."
)


class Trial(msgspec.Struct, frozen=True):
    """The classifier at one origin, beside the model alone; `z` of the squared errors' difference.

    Above 0 the classifier's squared errors were the smaller.
    """

    origin: date
    with_behaviour: RiskScore
    alone: RiskScore
    gain: float
    variance: float


class Classifier(msgspec.Struct, frozen=True):
    """A classifier of churn with its record. Without a `fitted` one the model's risk stands."""

    horizon: int
    fitted: Logistic | None
    trials: list[Trial]
    said: str


@dataclass(frozen=True)
class Snapshot:
    """Customers at the opening of a day; `lost` says who then was, within the horizon."""

    behaviour: Behaviour
    probability: Array
    lost: Array


def learn(asking: Asking, model: str, months: int) -> Classifier:
    """Learn who is lost within so many months, test it on past origins, and say whether it is used.

    `model` is the one whose probability is a feature and the yardstick. It is used where over the
    origins its AUC was no less, and its squared errors surely less (95 %, one-sided).
    """
    end = last_day(asking) + timedelta(days=1)
    made = _Snapshots(asking, model, months)
    origins = [months_on(end, -months * k) for k in range(ORIGINS, 0, -1)]
    origins = [day for day in origins if made.learnt_from(day)]
    if not origins:
        return Classifier(months, None, [], SHORT.format(needed=5 * months))
    trials = [trial for day in origins if (trial := _trial(made, day)) is not None]
    fitted = None if not trials else made.fitted(end)
    if fitted is None:
        return Classifier(months, None, trials, FEW)
    used = _better(trials)
    return Classifier(months, fitted if used else None, trials, _said(trials, used=used))


def risk_now(asking: Asking, predictions: Predictions, rows: Any) -> Behaviour:
    """Return the behaviour of customers as known now, by columns of their predictions."""
    cut = predictions.latest.observed + timedelta(days=1)
    quiet = rows["age"] - rows["recency"] if not predictions.latest.contract else rows["age"]
    return behaviour(
        asking, cut, rows["customer_id"], probability=rows["risk"], recency=quiet,
        frequency=rows["frequency"], tenure=rows["age"],
    )  # fmt: skip


def _trial(made: _Snapshots, origin: date) -> Trial | None:
    fitted = made.fitted(origin)
    if fitted is None:
        return None
    seen = made.at(origin)
    risk = probability(fitted, seen.behaviour)
    gains = (seen.probability - seen.lost) ** 2 - (risk - seen.lost) ** 2
    return Trial(
        origin, score_risks(risk, seen.lost), score_risks(seen.probability, seen.lost),
        float(gains.sum()), float(gains.size * gains.var()),
    )  # fmt: skip


def probability(fitted: Logistic, seen: Behaviour) -> Array:
    """Return the probability of each customer to be lost."""
    made: Array = 1 / (1 + np.exp(-np.clip(fitted.log_odds(seen.features), -500, 500)))
    return made


def _better(trials: list[Trial]) -> bool:
    auc, alone = (_mean(trials, part, "auc") for part in ("with_behaviour", "alone"))
    gain, variance = sum(t.gain for t in trials), sum(t.variance for t in trials)
    return auc >= alone and gain > SURE * np.sqrt(variance)


def _mean(trials: list[Trial], part: str, figure: str) -> float:
    found = [getattr(getattr(trial, part), figure) for trial in trials]
    known = [value for value in found if value is not None]
    return float(np.mean(known)) if known else 0.5


def _said(trials: list[Trial], *, used: bool) -> str:
    return (BETTER if used else NO_BETTER).format(
        origins=", ".join(f"{trial.origin:%Y-%m-%d}" for trial in trials),
        auc=f"{_mean(trials, 'with_behaviour', 'auc'):.3f}",
        auc_alone=f"{_mean(trials, 'alone', 'auc'):.3f}",
        brier=f"{_mean(trials, 'with_behaviour', 'brier'):.4f}",
        brier_alone=f"{_mean(trials, 'alone', 'brier'):.4f}",
        calibration=f"{_mean(trials, 'with_behaviour', 'calibration'):.3f}",
    )


class _Snapshots:
    """Snapshots of one company, made when first asked for."""

    def __init__(self, asking: Asking, model: str, months: int) -> None:
        self._asking, self._model, self._months = asking, model, months
        self._made: dict[date, Snapshot] = {}
        self._contracts = contracts(asking) if asking.project.company.contract else None
        self._some: Sample | None = None
        if self._contracts is None:
            self._some = sample(asking)
            known = purchases(asking, grouped=True, among=self._some)
            self._first = known.first.min().astype(object)
        else:
            self._first = self._contracts.started.min().astype(object)

    def learnt_from(self, origin: date) -> list[date]:
        """Days of the snapshots to learn from at an origin; one horizon of records before each."""
        latest = months_on(origin, -2 * self._months)
        days = [months_on(latest, -APART * k) for k in range(LEARNT)]
        return [day for day in days if months_on(self._first, self._months) <= day]

    def fitted(self, origin: date) -> Logistic | None:
        """Learn and calibrate what was known at an origin; None where too few were lost or kept."""
        seen = [self.at(day) for day in self.learnt_from(origin)]
        later = self.at(months_on(origin, -self._months))
        lost = np.concatenate([one.lost for one in seen])
        for happened, fewest in ((lost, FEWEST), (later.lost, FEWEST_CALIBRATED)):
            if min(happened.sum(), happened.size - happened.sum()) < fewest:
                return None
        stride = -(-lost.size // MOST)
        features = {
            name: np.concatenate([one.behaviour.features[name] for one in seen])[::stride]
            for name in seen[0].behaviour.features
        }
        made = fit(features, lost[::stride], free=("model",))
        calibrated = made.calibrated(later.behaviour.features, later.lost)
        return calibrated if calibrated.slope > 0 else None

    def at(self, day: date) -> Snapshot:
        """Return the snapshot of a day whose horizon is over."""
        if day not in self._made:
            known = self._contracts
            self._made[day] = self._bought(day) if known is None else self._renewed(day, known)
        return self._made[day]

    def _bought(self, cut: date) -> Snapshot:
        until = months_on(cut, self._months)
        made = purchases(self._asking, cut=cut, until=until, among=self._some)
        model = PURCHASES[self._model]().fit(made.x, made.t_x, made.T)
        kinds, places, _size = alike(made.x, made.t_x, made.T)
        days = float((until - cut).days)
        risk = model.probability_no_purchase(days, *kinds)[places]
        later = np.zeros(len(made)) if made.later is None else made.later
        ids = np.array([] if made.customer_ids is None else made.customer_ids, dtype=object)
        seen = behaviour(
            self._asking, cut, ids, probability=risk, recency=made.T - made.t_x,
            frequency=made.x, tenure=made.T, among=self._some,
        )  # fmt: skip
        return Snapshot(seen, risk, (later == 0).astype(float))

    def _renewed(self, cut: date, known: Contracts) -> Snapshot:
        until = np.datetime64(months_on(cut, self._months))
        before, running = known.by(cut), known.running_on(cut)
        every = term(before)
        model = RETENTION[self._model]().fit(before.survivors(every))
        began = known.started[running]
        tenures, places = Tenures.of(began, cut, self._months, every)
        risk = (1 - tenures.staying(model)[-1])[places]
        age = (np.datetime64(cut) - began).astype(float)
        seen = behaviour(
            self._asking, cut, known.customer_ids[running], probability=risk, recency=age,
            frequency=tenures.due[0][places].astype(float), tenure=age,
        )  # fmt: skip
        return Snapshot(seen, risk, (known.ended[running] < until).astype(float))
