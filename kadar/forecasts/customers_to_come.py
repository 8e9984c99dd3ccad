"""Customers with what is forecast of each: the rows of `kadar forecast clv` and `churn`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kadar.errors import NO, KadarError
from kadar.forecasts.churn import Classifier, probability, risk_now
from kadar.forecasts.reasons import parts, reasons
from kadar.language import N_
from kadar.measure.question import Question

if TYPE_CHECKING:
    from kadar.asking import Asking
    from kadar.forecasts.predictions import Predictions

# Columns of an export by the names pymc-marketing has for them, and what the relation calls them.
NAMES = {
    "customer_id": "customer_id",
    "frequency": "frequency",
    "recency": "recency",
    "T": "age",
    "monetary_value": "monetary_value",
    "expected_purchases": "expected_purchases",
    "purchases_low": "purchases_low",
    "purchases_high": "purchases_high",
    "expected_spend": "expected_spend",
    "clv": "clv",
    "clv_low": "clv_low",
    "clv_high": "clv_high",
    "probability_alive": "probability_alive",
    "probability_no_purchase": "risk",
}
RISK, AT_STAKE, REASON = "risk", "at_stake", "reason"
USUAL = "log_odds_usual"  # of the mean customer; what groups of features add follows
NO_PURCHASE, LEAVING = "probability_no_purchase", "probability_of_leaving"  # under contract


@dataclass(frozen=True)
class Forecast:
    """One row a customer, or a group of them where it is divided, with what it rests on.

    Of a value the first rows are worth most; of a risk they have most at stake: the value
    expected, times the risk. The `risk` is the classifier's where one is used, else the model's.
    """

    columns: dict[str, str]
    rows: list[dict[str, Any]]
    predictions: Predictions
    by: tuple[str, ...]
    count: int  # rows there are, of which these may be the first
    classifier: Classifier | None = None
    worth: Any = None  # of customers: the value of every one of them, an array

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.rows)


def forecast(
    asking: Asking,
    predictions: Predictions,
    question: Question,
    *,
    classifier: Classifier | None = None,
    churn: bool = False,
    limit: int | None = None,
    only: Collection[str] | None = None,
) -> Forecast:
    """List the latest predictions, of customers that meet the question's filters.

    Where `only` some customers are wanted, of these alone.
    """
    from kadar.measure.predictions import compile_predictions, reaches

    lacking = [f"{t}.{c}" for t, c in reaches(question) if (t, c) not in asking.carried]
    if lacking:
        raise KadarError(
            "KDR-FCT-061",
            N_("The forecast cannot be divided so: the data has no {columns}."),
            N_("Map them in kadar.toml, or ask by another dimension."),
            exit_code=NO,
            columns=", ".join(sorted(lacking)),
        )
    found = asking.engine.run(
        compile_predictions(question, predictions.latest.observed, dialect=asking.engine.dialect)
    )
    contract = predictions.latest.contract
    there = found["active"].astype(bool)  # who has left has nothing to come
    if only is not None:
        there &= np.array([who in only for who in found["customer_id"]], dtype=bool)
    found = {name: values[there] for name, values in found.items()}
    of_model = LEAVING if contract else NO_PURCHASE
    columns = {of_model if n == NO_PURCHASE else n: found[column] for n, column in NAMES.items()}
    dimensions = {name: found[f"by_{place}"] for place, name in enumerate(question.by)}
    seen = fitted = None
    columns[RISK] = columns[of_model]
    if classifier is not None and classifier.fitted is not None and len(found["customer_id"]):
        fitted = classifier.fitted
        seen = risk_now(asking, predictions, found)
        columns[RISK] = probability(fitted, seen)
    columns[AT_STAKE] = columns["clv"] * columns[RISK]
    lead = AT_STAKE if churn else "clv"
    if question.by:
        rows = _groups(columns, dimensions, lead)
        kinds = dict.fromkeys(question.by, "text") | {"customers": "integer"}
        kinds |= dict.fromkeys([n for n in rows[0] if n not in kinds] if rows else [], "number")
        count = len(rows)
        return Forecast(kinds, rows[:limit], predictions, question.by, count, classifier)
    count = len(columns["clv"])
    adds = parts(fitted, seen) if fitted is not None and seen is not None and churn else {}
    if fitted is not None and adds:
        columns[USUAL] = np.full(count, fitted.intercept)
        columns |= {f"log_odds_{group}": values for group, values in adds.items()}
    kinds = {n: "text" if n == "customer_id" else "number" for n in columns}
    order = np.argsort(-np.nan_to_num(columns[lead]), kind="stable")
    chosen = order if limit is None else order[:limit]
    rows = [{n: _plain(values[i]) for n, values in columns.items()} for i in chosen]
    if churn:
        kinds[REASON] = "text"
        raw = _raw(columns, contract=contract) if seen is None else seen.raw
        for row, i in zip(rows, chosen, strict=True):
            mine = {name: float(values[i]) for name, values in raw.items()}
            raising = {group: float(values[i]) for group, values in adds.items()}
            row[REASON] = reasons(mine, raising, contract=contract)
    worth = np.nan_to_num(columns["clv"])
    return Forecast(kinds, rows, predictions, question.by, count, classifier, worth)


def _raw(columns: dict[str, Any], *, contract: bool) -> dict[str, Any]:
    """Return what can be told of customers without their behaviour."""
    silent = columns["T"] if contract else columns["T"] - columns["recency"]
    return {"recency": silent, "frequency": columns["frequency"], "tenure": columns["T"]}


def _groups(columns: dict[str, Any], dimensions: dict[str, Any], lead: str) -> list[dict[str, Any]]:
    """Sum customers up by their dimensions; the first rows lead."""
    places: dict[tuple[Any, ...], list[int]] = {}
    for place, key in enumerate(zip(*dimensions.values(), strict=True)):
        places.setdefault(key, []).append(place)
    rows = []
    for key, mine in places.items():
        value = columns["clv"][mine]
        row: dict[str, Any] = dict(zip(dimensions, key, strict=True))
        row |= {"customers": len(mine), "clv": float(value.mean()), "clv_total": float(value.sum())}
        for name in ("expected_purchases", NO_PURCHASE, LEAVING, RISK):
            if name in columns:
                row[name] = float(columns[name][mine].mean())
        row[AT_STAKE] = float(columns[AT_STAKE][mine].sum())
        rows.append(row)
    total = {"clv": "clv_total"}.get(lead, lead)
    return sorted(rows, key=lambda row: -row[total])


def _plain(value: Any) -> Any:
    if isinstance(value, float | np.floating):
        return None if np.isnan(value) else float(value)
    return value


def named(by: Sequence[str]) -> tuple[str, ...]:
    """Return dimensions once each."""
    return tuple(dict.fromkeys(by))
