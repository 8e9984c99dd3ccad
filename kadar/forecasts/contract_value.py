"""What each customer under contract is expected to bring, as known on one day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from kadar.errors import NO, KadarError
from kadar.forecasts.calendar import months_on
from kadar.forecasts.lifetime import HIGH, LOW, Fit, Horizon, Lifetimes, discounted, worth_now
from kadar.forecasts.retention import RetentionModel
from kadar.forecasts.summary import contracts
from kadar.forecasts.tenures import FAMILY, Tenures, enough, term
from kadar.forecasts.terms import Array
from kadar.language import N_

if TYPE_CHECKING:
    from kadar.asking import Asking

YEAR = 12  # months of orders that say what a month brings
DRAWS = 1000


def lifetimes_of_contracts(
    asking: Asking, name: str, horizon: Horizon, *, cut: date | None = None, interval: bool = False
) -> Lifetimes:
    """Value customers under contract: months they are expected to stay, times margin a month.

    There is a row for everyone who was under contract before `cut`; the value of who is so no
    more is 0. The model called `name` learns from how many renewed before `cut`. Quantiles are of
    the months under contract within the horizon; the risk is that the contract ends within
    `horizon.risk_months`.

    Raises KDR-FCT-054 where too few contracts ended, KDR-FCT-018 where no money is known, and
    what the summary raises.
    """
    known = contracts(asking, cut=cut)
    every = term(known)
    enough(known, every)
    model = FAMILY[name]().fit(known.survivors(every))
    start = known.observed + timedelta(days=1)
    latest = _latest(known.customer_ids)
    running = known.running[latest]
    rows = latest[running]
    tenures, places = Tenures.of(known.started[rows], start, horizon.months, every)
    staying = tenures.staying(model)
    paid = tenures.paid(staying)
    there = Tenures.of(known.started[rows], start, horizon.risk_months, every)[0]
    ids = known.customer_ids[latest]
    basis, monthly, brought = _money(asking, ids, running, known.started[latest], start)
    until = np.where(running, np.datetime64(start), known.ended[latest])
    present = _spread(discounted(paid, horizon.discount)[places], running)
    low, high = (_months_at(staying, q)[places] for q in (LOW, HIGH))
    worth = np.concatenate([[0.0], np.cumsum(worth_now(horizon.months, horizon.discount))])
    risk = 1 - there.staying(model)[-1]
    columns = {
        "customer_id": ids,
        "frequency": known.renewals(every)[0][latest],
        "recency": (until - known.started[latest]).astype(float),
        "age": (np.datetime64(start) - known.started[latest]).astype(float),
        "monetary_value": monthly,
        "expected_purchases": _spread(paid.sum(axis=0)[places], running),
        "purchases_low": _spread(low.astype(float), running),
        "purchases_high": _spread(high.astype(float), running),
        "expected_spend": monthly,
        "clv": present * monthly,
        "clv_low": _spread(worth[low], running) * monthly,
        "clv_high": _spread(worth[high], running) * monthly,
        "brought": brought,
        "probability_alive": running.astype(float),
        "risk": _spread(risk[places], running, np.nan),
        "active": running,
    }
    fit = Fit(
        basis, model.name, known.observed, horizon,
        None if model.diagnosis is None else str(model.diagnosis),
        contract=True,
        losses_expected=float(risk @ there.size) if interval else None,
        losses_interval=_losses(model, there) if interval else None,
    )  # fmt: skip
    return Lifetimes(columns, fit)


def _latest(ids: Any) -> Any:
    """Places of each customer's latest contract; they are ordered by customer and start."""
    last = np.ones(ids.size, dtype=bool)
    last[:-1] = ids[1:] != ids[:-1]
    return np.flatnonzero(last)


def _spread(values: Array, rows: Any, other: float = 0.0) -> Array:
    """Put the values of some rows among all, the others being `other`."""
    made = np.full(rows.size, other)
    made[rows] = values
    return made


def _months_at(staying: Array, q: float) -> Any:
    """Whole months under contract that hold with probability q, of those looked ahead."""
    gone = 1 - staying[1:]  # by the end of each month
    return np.where(gone[-1] < q, len(gone), np.argmax(gone >= q, axis=0))


def _losses(model: RetentionModel, tenures: Tenures) -> tuple[float, float]:
    """95 % interval of all contracts that will end: of the parameters, and of chance."""
    draw = np.random.default_rng(0)
    centre = np.log(list(model.parameters.values()))
    points = draw.multivariate_normal(centre, model.covariance, DRAWS, method="eigh")
    totals = np.empty(DRAWS)
    for place, point in enumerate(points):
        risk = 1 - tenures.staying(model.at(point))[-1]
        spread = np.sqrt((risk * (1 - risk)) @ tenures.size)
        totals[place] = risk @ tenures.size + spread * draw.standard_normal()
    low, high = np.quantile(totals, [LOW, HIGH])
    return max(float(low), 0.0), min(float(high), float(tenures.size.sum()))


def _money(
    asking: Asking, ids: Any, running: Any, started: Any, start: date
) -> tuple[str, Array, Array]:
    """Return the basis, what a month under contract brings, and what each has brought by `start`.

    A month brings the recurring amount, times the share of margin in the customer's orders of the
    last year (in all orders, for customers without any); without costs the amount itself. Where
    no amounts are known: the orders of the last year per month under contract in it.
    """
    from kadar.measure.recurring import compile_ordered, compile_recurring

    margin = ("orders", "margin") in asking.carried
    recurring = ("subscriptions", "monthly_amount") in asking.carried
    if not recurring and not margin and ("orders", "revenue") not in asking.carried:
        raise KadarError(
            "KDR-FCT-018",
            N_("Nothing says what a customer under contract brings."),
            N_("Map subscriptions.monthly_amount, or the revenue of orders, in kadar.toml."),
            exit_code=NO,
        )
    basis = "margin" if margin else "revenue"
    dialect = asking.engine.dialect
    amount, paid = np.zeros(ids.size), np.zeros(ids.size)
    if recurring:
        found = asking.engine.run(compile_recurring(start, dialect=dialect))
        amount, paid = _of(ids, found, "amount"), _of(ids, found, "brought")
        if not margin:
            return basis, np.where(running, amount, 0.0), paid
    since = months_on(start, -YEAR)
    found = asking.engine.run(compile_ordered(since, start, basis, dialect=dialect))
    lately, revenue = _of(ids, found, "lately"), _of(ids, found, "revenue")
    brought = _of(ids, found, "brought")
    if recurring:
        of_all = float(lately.sum() / revenue.sum()) if revenue.sum() > 0 else 0.0
        share = np.divide(lately, revenue, out=np.full(ids.size, of_all), where=revenue > 0)
        return basis, np.where(running, amount * share, 0.0), brought
    days = (np.datetime64(start) - np.maximum(started, np.datetime64(since))).astype(float)
    months = np.maximum(days * 12 / 365.25, 1.0)
    return basis, np.where(running, lately / months, 0.0), brought


def _of(ids: Any, found: Any, column: str) -> Array:
    """A column of the engine's by customer; 0 for those it does not have."""
    values = dict(zip(found["customer_id"], np.nan_to_num(found[column]), strict=True))
    return np.array([values.get(one, 0.0) for one in ids], dtype=float)
