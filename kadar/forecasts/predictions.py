"""`crm.predictions`: what each customer is expected to bring, as a relation the algebra reads.

It lies in memory beside the data that is asked, not in the store: made when a formula reads it
first, so a load waits for no fit and a past moment (`--as-of`) has the predictions of its own
records. There is one row a customer and close of a month, each learnt from what had happened by
then; the model is the one that the backtest of the latest records names.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msgspec
import numpy as np

from kadar.engines.duckdb import DuckDB
from kadar.errors import NO, KadarError
from kadar.forecasts.backtest import Backtest
from kadar.forecasts.beta_discrete_weibull import BetaDiscreteWeibull
from kadar.forecasts.contract_value import lifetimes_of_contracts
from kadar.forecasts.kept import backtest
from kadar.forecasts.lifetime import Fit, Horizon, Lifetimes, lifetimes_of_orders
from kadar.forecasts.pareto_nbd import ParetoNBD
from kadar.forecasts.summary import last_day
from kadar.language import N_
from kadar.measure.tables import FORECAST, PREDICTIONS
from kadar.store.sql import literal

if TYPE_CHECKING:
    from kadar.asking import Asking

CLOSES = 13  # at most: the running month and twelve before
UNTESTABLE = ("KDR-FCT-050", "KDR-FCT-051", "KDR-FCT-054")
MOST = 2_000_000  # rows of all closes together
BASIS = {
    "margin": N_("Expected margin of {months} months to come, discounted {discount} a year."),
    "revenue": N_(
        "Expected revenue of {months} months to come, discounted {discount} a year: "
        "the data holds no costs."
    ),
}
RECORD = N_("By {model}; its forecasts of {months} months so far: total bias {bias}.")
UNTESTED = N_("Not tested: the records are too short for a backtest.")
KEPT = N_("Predicted as at the close of each month since {first}, not before.")


class Predictions(msgspec.Struct, frozen=True):
    """What the predictions rest on: the fit as known now, the first close, the backtest."""

    latest: Fit
    first: date
    backtest: Backtest | None

    @property
    def bias(self) -> float | None:
        """Total bias of past forecasts; None without a backtest, or where nothing came."""
        return None if self.backtest is None else self.backtest.bias

    @property
    def notes(self) -> list[str]:
        """What is to be said with every number of them: what it is made of, how good it was."""
        horizon, bias, tested = self.latest.horizon, self.bias, self.backtest
        said = [
            BASIS[self.latest.basis].format(
                months=horizon.months, discount=f"{horizon.discount:.0%}"
            ),
            UNTESTED
            if tested is None
            else RECORD.format(
                model=self.latest.model,
                months=tested.horizon,
                bias="-" if bias is None else f"{bias:+.1%}",
            ),
            KEPT.format(first=self.first),
        ]
        sampled = None if tested is None else tested.sampled
        return [*said, *(line for line in (sampled, self.latest.diagnosis) if line)]


def horizon_of(asking: Asking) -> Horizon:
    """Return how far predictions look: `[kpi.clv] horizon_months` and `discount`."""
    given = asking.project.kpi.get("clv", {})
    known = {"months": "horizon_months", "discount": "discount"}
    return Horizon(**{name: given[key] for name, key in known.items() if key in given})


def lend(
    asking: Asking, *, untested: bool = False, only: Sequence[str] | None = None
) -> Predictions:
    """Predict, and make `crm.predictions` in memory for the statements of `asking`.

    With `untested`, records too few for a backtest are predicted from all the same, by
    Pareto/NBD (BdW under contract), and nothing is kept. Of what is kept already, `only` these
    customers' are read. Raises KDR-FCT-050, 051 and 054 where
    the records are too few to test or to learn from, and what the summaries raise.
    """
    from kadar.measure.question import Question
    from kadar.results import Results

    if not asking.published:  # data derived for one question: nothing of it is kept
        return _lend(asking, untested=untested)
    results = Results(asking.project, asking.data_version)
    key = results.key([], Question("all"), asking.as_of, FORECAST, horizon_of(asking))
    file, kept = results.file(key, ".parquet"), results.kept(key, Predictions)
    if kept is not None and file is not None and file.exists():
        some = "" if only is None else f" WHERE customer_id IN ({', '.join(map(literal, only))})"
        _embedded(asking).lend(FORECAST, f"SELECT * FROM read_parquet({literal(file)}){some}")
        return kept
    made = _lend(asking, untested=untested)
    if file is not None and made.backtest is not None:
        _embedded(asking).keep_lent(FORECAST, file)
        results.keep(key, made)
    return made


def _lend(asking: Asking, *, untested: bool) -> Predictions:
    engine = _embedded(asking)
    tested = _tested(asking, untested=untested)
    contract = asking.project.company.contract
    untried = BetaDiscreteWeibull.name if contract else ParetoNBD.name
    model = untried if tested is None else tested.best
    values = lifetimes_of_contracts if contract else lifetimes_of_orders
    horizon = horizon_of(asking)
    made: list[Lifetimes] = []
    for cut in _closes(asking):
        try:
            made.append(values(asking, model, horizon, cut=cut, interval=not made))
        except KadarError:
            if not made:
                raise
            break  # too few customers so long ago
        if len(made) * len(made[0]) > MOST:
            break
    engine.lend(FORECAST, _query(PREDICTIONS.column_names), _columns(made, asking.zone))
    return Predictions(made[0].fit, made[-1].fit.observed, tested)


def _tested(asking: Asking, *, untested: bool) -> Backtest | None:
    try:
        return backtest(asking)
    except KadarError as error:
        if untested and error.code in UNTESTABLE:
            return None
        raise


def _embedded(asking: Asking) -> DuckDB:
    """Return the engine that can be lent a relation. Raises KDR-FCT-053 for any other."""
    if isinstance(asking.engine, DuckDB):
        return asking.engine
    raise KadarError(
        "KDR-FCT-053",
        N_("Values are predicted on the embedded engine alone."),
        N_("Ask for the variant historic or simple."),
        exit_code=NO,
    )


def _closes(asking: Asking) -> list[date]:
    """Days from which nothing is known, the latest first: now, and the closes of months."""
    now = last_day(asking) + timedelta(days=1)
    found = asking.engine.run(
        "SELECT closes FROM crm.periods WHERE grain = 'month' "
        f"AND closes < DATE '{now}' ORDER BY closes DESC LIMIT {CLOSES - 1}"
    )
    return [now, *found["closes"].astype(object)]


def _columns(made: list[Lifetimes], zone: ZoneInfo) -> dict[str, Any]:
    """Every prediction in columns of one length; moments in microseconds since 1970, UTC."""
    columns = {
        name: np.concatenate([np.asarray(one.columns[name]) for one in made])
        for name in made[0].columns
    }
    size = [len(one) for one in made]
    days = np.array([one.fit.observed for one in made], dtype="datetime64[D]")
    columns["day"] = np.repeat(days.astype("datetime64[s]"), size)
    columns["moment"] = np.repeat([_end(one.fit.observed, zone) for one in made], size)
    columns["horizon_months"] = np.full(sum(size), float(made[0].fit.horizon.months))
    columns["discount"] = np.full(sum(size), made[0].fit.horizon.discount)
    return columns


def _end(day: date, zone: ZoneInfo) -> int:
    """Return the last microsecond of a local day."""
    midnight = datetime.combine(day + timedelta(days=1), time(), zone)
    return round(midnight.timestamp() * 1_000_000) - 1


def _query(names: list[str]) -> str:
    made = {"predicted_at": "make_timestamptz(moment)"}
    chosen = ", ".join(f"{made.get(name, name)} AS {name}" for name in names)
    return f"SELECT {chosen}, CAST(day AS DATE) AS predicted_on FROM lent"
