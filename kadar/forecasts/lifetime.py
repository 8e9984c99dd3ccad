"""What each customer is expected to bring over the next months, as known on one day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from kadar.forecasts.alike import alike
from kadar.forecasts.backtest import FAMILY, enough
from kadar.forecasts.calendar import month_days, months_on
from kadar.forecasts.gamma_gamma import Dependence, GammaGamma
from kadar.forecasts.purchases import PurchaseModel
from kadar.forecasts.sample import sample
from kadar.forecasts.summary import Purchases, purchases
from kadar.forecasts.terms import Array

if TYPE_CHECKING:
    from kadar.asking import Asking

LOW, HIGH = 0.025, 0.975


@dataclass(frozen=True)
class Horizon:
    """How far a value looks, at what discount; `risk_months` is how far the risk does."""

    months: int = 36
    discount: float = 0.10  # a year
    risk_months: int = 6


class Fit(msgspec.Struct, frozen=True):
    """What values rest on.

    `basis` is what a value is made of: margin or revenue. `observed` is the last day known.
    `purchases_expected` are all customers' within `horizon.risk_months`, with the 95 % predictive
    interval; None where it was not asked for. Under contract, `losses_expected` are the contracts
    that end within those months.
    """

    basis: str
    model: str
    observed: date
    horizon: Horizon
    diagnosis: str | None = None
    dependence: Dependence | None = None
    purchases_expected: float | None = None
    purchases_interval: tuple[float, float] | None = None
    contract: bool = False
    losses_expected: float | None = None
    losses_interval: tuple[float, float] | None = None


@dataclass(frozen=True)
class Lifetimes:
    """Customers with what they are expected to bring, one value a customer in each column."""

    columns: Mapping[str, Any]
    fit: Fit

    def __len__(self) -> int:
        return len(self.columns["customer_id"])


def discounted(monthly: Array, discount: float) -> Array:
    """Sum what each month brings (one row a month), discounted from the end of the month."""
    made: Array = worth_now(len(monthly), discount) @ monthly
    return made


def worth_now(months: int, discount: float) -> Array:
    """Return what 1 at the end of each month to come is worth now."""
    made: Array = (1 + discount) ** (-np.arange(1, months + 1) / 12)
    return made


def worth_of_totals(months: int, discount: float) -> Array:
    """Return by what to multiply what comes up to each month's end, to add up what it is worth."""
    made: Array = -np.diff(worth_now(months, discount), append=0.0)
    return made


def lifetimes_of_orders(
    asking: Asking, name: str, horizon: Horizon, *, cut: date | None = None, interval: bool = False
) -> Lifetimes:
    """Value customers without a contract: expected purchases times expected spend, by month.

    The model called `name` learns from what happened before `cut`, in large companies from a
    sample of the customers; spend is margin where the
    records hold costs, else revenue. Months are calendar months. `clv_low` and `clv_high` are the
    value at the 2.5 and 97.5 % quantiles of the customer's purchases within the horizon, known
    only where the `interval`s are asked for: they take longer than all else.

    Raises KDR-FCT-051 where there are too few customers, and what the summary raises.
    """
    basis = "margin" if ("orders", "margin") in asking.carried else "revenue"
    made = purchases(asking, cut=cut, money=basis)
    enough(made)
    some = sample(asking)
    learnt = made if some is None else purchases(asking, cut=cut, money=basis, among=some)
    model = FAMILY[name]().fit(learnt.x, learnt.t_x, learnt.T)
    kinds, places, size = alike(made.x, made.t_x, made.T)
    start = made.observed + timedelta(days=1)
    ends = month_days(start, horizon.months)
    risk_days = float((months_on(start, horizon.risk_months) - start).days)
    sums = worth_of_totals(horizon.months, horizon.discount), np.eye(horizon.months)[-1]
    present, expected = (values[places] for values in model.expected_by(ends, *kinds, sums=sums))
    low = high = np.full(len(made), np.nan)
    if interval:
        low, high = (model.quantile(q, float(ends[-1]), *kinds)[places] for q in (LOW, HIGH))
    spend, dependence, spend_diagnosis = _spend(made)
    share = np.divide(present, expected, out=np.zeros(len(made)), where=expected > 0)
    columns = {
        "customer_id": made.customer_ids,
        "frequency": made.x,
        "recency": made.t_x,
        "age": made.T,
        "monetary_value": made.spend,
        "expected_purchases": expected,
        "purchases_low": low,
        "purchases_high": high,
        "expected_spend": spend,
        "clv": present * spend,
        "clv_low": low * share * spend,
        "clv_high": high * share * spend,
        "brought": made.brought,
        "probability_alive": model.probability_alive(*kinds)[places],
        "risk": model.probability_no_purchase(risk_days, *kinds)[places],
        "active": np.ones(len(made), dtype=bool),
    }
    said = [str(one) for one in (model.diagnosis, spend_diagnosis) if one is not None]
    total = float(model.expected_purchases(risk_days, *kinds) @ size)
    return Lifetimes(
        columns,
        Fit(
            basis, model.name, made.observed, horizon, " ".join(said) or None, dependence,
            total if interval else None,
            _interval(model, made, risk_days) if interval else None,
        ),
    )  # fmt: skip


def _interval(model: PurchaseModel, made: Purchases, days: float) -> tuple[float, float]:
    low, high = model.total_quantiles([LOW, HIGH], days, made.x, made.t_x, made.T)
    return float(low), float(high)


def _spend(made: Purchases) -> tuple[Array, Dependence | None, object]:
    """Expected spend of a purchase of each customer, and whether it has to do with frequency.

    Less the company's share of returns on other days: whose purchase they undo is not recorded.
    A customer whose repeat money is unknown is taken as one who has not come back yet.
    """
    spend = np.zeros(len(made)) if made.spend is None else made.spend
    known = np.where(np.isfinite(spend), made.x, 0.0)
    spent = np.where(np.isfinite(spend), spend, 0.0)
    model = GammaGamma().fit(known, spent)
    return made.kept * model.expected_spend(known, spent), model.dependence, model.diagnosis
