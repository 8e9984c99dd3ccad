"""How good the forecasts would have been: rolling origins on the company's own records.

At each origin a model learns from what happened before that day alone, and is compared with what
then came, beside naive rules. Records are taken as they are known now (or as of the moment that is
asked), cut by when things happened.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from statistics import fmean
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from kadar.errors import NO, KadarError
from kadar.forecasts.alike import alike
from kadar.forecasts.bg_nbd import BGNBD
from kadar.forecasts.calendar import months_on, whole_months
from kadar.forecasts.mbg_nbd import MBGNBD
from kadar.forecasts.nbd import NBD
from kadar.forecasts.pareto_nbd import ParetoNBD
from kadar.forecasts.purchases import PurchaseModel
from kadar.forecasts.sample import Sample, sample, table_of
from kadar.forecasts.scores import CountScore, RiskScore, score_counts, score_risks
from kadar.forecasts.summary import Purchases, last_day, purchases
from kadar.forecasts.terms import Array
from kadar.language import N_

if TYPE_CHECKING:
    from kadar.asking import Asking

FAMILY: dict[str, type[PurchaseModel]] = {
    made.name: made for made in (ParetoNBD, BGNBD, MBGNBD, NBD)
}
SAME, RECENCY = N_("same as last period"), N_("recency rule")
SAMPLED = N_(
    "Learnt from and tested on a fixed sample: {tested} of {customers} customers, by their ids."
)
ORIGINS, HORIZON = 3, 6  # at most, where nothing else is asked
FEWEST, FEWEST_BACK = 100, 10  # customers at an origin, and those of them who came back
CLOSE = 1.02  # times the least error
Told = Callable[[str, int, int | None], None]  # what is done, how far, of how much


class Score(msgspec.Struct, frozen=True):
    """One forecaster at one origin. `tracking` are the purchases expected up to each week's end."""

    model: str
    naive: bool
    origin: date
    until: date
    customers: int
    counts: CountScore | None
    risk: RiskScore | None
    tracking: list[float]
    diagnosis: str | None = None


class Backtest(msgspec.Struct, frozen=True):
    """Every forecaster at every origin, and the model that did best.

    An origin is the first day that was not known; each forecast is for `horizon` calendar months.
    `came` are the purchases that came up to each week's end, by origin. `best` is the model to
    use: see `best_of`. `sampled_from` is how many customers with orders the company has, where
    some of them were tested on: see `kadar.forecasts.sample`.
    """

    contract: bool
    horizon: int
    origins: list[date]
    scores: list[Score]
    came: dict[date, list[float]]
    best: str
    sampled_from: int | None = None

    @property
    def sampled(self) -> str | None:
        """What to say where customers were sampled."""
        if self.sampled_from is None:
            return None
        tested = max(score.customers for score in self.scores)
        return SAMPLED.format(tested=f"{tested:,}", customers=f"{self.sampled_from:,}")

    def of(self, model: str) -> list[Score]:
        """Return the scores of one forecaster, by origin."""
        return [score for score in self.scores if score.model == model]

    @property
    def bias(self) -> float | None:
        """Total expected by the best model over all origins ÷ what came - 1; None if none came."""
        return self.bias_of(self.best)

    def bias_of(self, model: str) -> float | None:
        """Total a forecaster expected over all origins ÷ what came - 1."""
        counts = [score.counts for score in self.of(model) if score.counts is not None]
        came = sum(one.actual for one in counts)
        return sum(one.expected for one in counts) / came - 1 if came else None

    def mean(self, model: str, figure: str) -> float | None:
        """Return the mean of a figure (`mae`, `rmse`, `auc`, `brier`, …) over the origins."""
        found = [
            getattr(part, figure, None)
            for score in self.of(model)
            for part in (score.counts, score.risk)
            if part is not None and hasattr(part, figure)
        ]
        known = [value for value in found if value is not None]
        return fmean(known) if known else None

    @property
    def models(self) -> list[str]:
        """The forecasters, the naive ones last."""
        return list(dict.fromkeys(score.model for score in self.scores))


def schedule(
    first: date, end: date, origins: int | None, horizon: int | None
) -> tuple[list[date], int]:
    """Return the origins, earliest first, and the horizon in months.

    Horizons end where the records do (`end`, the day after the last known) and do not overlap;
    before the first origin lies at least as much as one horizon. Raises KDR-FCT-050 where the
    records are too short.
    """
    span = whole_months(first, end)
    wanted = origins or ORIGINS
    if origins is None and horizon is not None:
        wanted = max(2, min(ORIGINS, span // horizon - 1))
    months = horizon or max(1, min(HORIZON, span // (wanted + 1)))
    if wanted < 1 or months < 1 or (wanted + 1) * months > span:
        raise KadarError(
            "KDR-FCT-050",
            N_("{origins} origins of {horizon} months need more than {span} months of records."),
            N_("Ask for fewer origins or a shorter horizon."),
            exit_code=NO,
            origins=wanted,
            horizon=months,
            span=span,
        )
    return [months_on(end, -months * back) for back in range(wanted, 0, -1)], months


def backtest_orders(
    asking: Asking,
    *,
    origins: int | None = None,
    horizon: int | None = None,
    told: Told | None = None,
) -> Backtest:
    """Test the models of purchases, the same-as-last-period rule and the recency rule.

    Raises KDR-FCT-050 for records that are too short, KDR-FCT-051 where too few customers were
    known at the first origin, and what `summary.purchases` raises.
    """
    end = last_day(asking) + timedelta(days=1)
    some = sample(asking)
    known = purchases(asking, grouped=True, among=some)
    enough(known)
    cuts, months = schedule(known.first.min().astype(object), end, origins, horizon)
    scores: list[Score] = []
    came: dict[date, list[float]] = {}
    for cut in cuts:
        until = months_on(cut, months)
        made = purchases(asking, cut=cut, until=until, among=some)
        enough(made)
        weeks = np.arange(7, (until - cut).days + 7, 7).clip(max=(until - cut).days)
        came[cut] = _came(asking, cut, until, weeks, some)
        for name, model in FAMILY.items():
            if told:
                told(f"{cut}: {name}", len(scores), len(cuts) * (len(FAMILY) + 2))
            scores.append(_scored(name, model(), made, cut, until, weeks))
        scores += _naive(made, _recent(asking, made, cut, months, some), cut, until, weeks)
    scores.sort(key=lambda score: score.naive)
    of = None if some is None else some.customers
    return Backtest(False, months, cuts, scores, came, best_of(scores), sampled_from=of)


def enough(made: Purchases) -> None:
    """Raise KDR-FCT-051 where there are too few customers to learn from."""
    weights = np.ones(len(made)) if made.weights is None else made.weights
    customers, back = int(weights.sum()), int(weights[made.x > 0].sum())
    if customers < FEWEST or back < FEWEST_BACK:
        raise KadarError(
            "KDR-FCT-051",
            N_("Up to {observed} there were {customers} customers, {back} of whom came back."),
            N_("A forecast needs {fewest}, {fewest_back} of whom came back."),
            exit_code=NO,
            observed=made.observed,
            customers=customers,
            back=back,
            fewest=FEWEST,
            fewest_back=FEWEST_BACK,
        )


def _scored(
    name: str, model: PurchaseModel, made: Purchases, cut: date, until: date, weeks: Array
) -> Score:
    """Fit a model to what was known, and compare what it says with what came."""
    later = np.zeros(len(made)) if made.later is None else made.later
    model.fit(made.x, made.t_x, made.T)
    kinds, places, size = alike(made.x, made.t_x, made.T)
    expected = model.expected_by(list(map(float, weeks)), *kinds)
    risk = model.probability_no_purchase(float(weeks[-1]), *kinds)[places]
    return Score(
        name,
        False,
        cut,
        until,
        len(made),
        score_counts(expected[-1][places], later, made.x),
        score_risks(risk, later == 0),
        [float(values @ size) for values in expected],
        None if model.diagnosis is None else str(model.diagnosis),
    )


def _naive(made: Purchases, recent: Array, cut: date, until: date, weeks: Array) -> list[Score]:
    """Return the rules to beat: as many as in the last period; lost who was silent in it."""
    later = np.zeros(len(made)) if made.later is None else made.later
    evenly = [float(recent.sum() * week / weeks[-1]) for week in weeks]
    counts = score_counts(recent, later, made.x)
    risk = score_risks((recent == 0).astype(float), later == 0)
    return [
        Score(SAME, True, cut, until, len(made), counts, None, evenly),
        Score(RECENCY, True, cut, until, len(made), None, risk, []),
    ]


def _recent(asking: Asking, made: Purchases, cut: date, months: int, some: Sample | None) -> Array:
    """Purchases of each customer in as many months before the cut, first ones too."""
    opens = months_on(cut, -months)
    had: dict[str, float] = {}
    if made.first.min() < np.datetime64(opens):
        before = purchases(asking, cut=opens, among=some)
        had = dict(zip(_ids(before), before.x + 1, strict=True))
    return np.array([x + 1 - had.get(who, 0.0) for who, x in zip(_ids(made), made.x, strict=True)])


def _ids(made: Purchases) -> list[str]:
    return [] if made.customer_ids is None else list(made.customer_ids)


def _came(asking: Asking, cut: date, until: date, weeks: Array, some: Sample | None) -> list[float]:
    from kadar.measure.summary import compile_daily

    found = asking.engine.run(
        compile_daily(cut, until, orders=table_of(some), dialect=asking.engine.dialect)
    )
    after = (found["day"] - np.datetime64(cut)).astype(float)
    return [float(found["purchases"][after < week].sum()) for week in weeks]


def best_of(scores: list[Score]) -> str:
    """Return the model to use, by what it did over the origins.

    The errors of single customers tell models apart badly and their total is what a value is made
    of: among those within 2 % of the least root mean squared error, the one with the least bias.
    """
    errors: dict[str, list[float]] = {}
    off: dict[str, float] = {}
    for score in scores:
        if not score.naive and score.counts is not None:
            errors.setdefault(score.model, []).append(score.counts.rmse)
            missed = score.counts.expected - score.counts.actual
            off[score.model] = off.get(score.model, 0.0) + missed
    least = min(map(fmean, errors.values()))
    close = [name for name, found in errors.items() if fmean(found) <= least * CLOSE]
    return min(close, key=lambda name: abs(off[name]))
