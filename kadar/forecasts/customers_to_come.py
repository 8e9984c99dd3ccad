"""Customers with what is forecast of each: the rows of `kadar forecast clv` and `churn`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kadar.errors import NO, KadarError
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
AT_STAKE, REASON = "at_stake", "reason"
NO_PURCHASE, LEAVING = "probability_no_purchase", "probability_of_leaving"  # under contract
ONCE = N_("bought once, {days} days ago")
LATE = N_("last bought {days} days ago, usually every {rhythm} days")
UNDER_CONTRACT = N_("under contract for {months} months, renewed {renewals} times")
ON_TIME = N_("bought {days} days ago, usually every {rhythm} days: in its rhythm")


@dataclass(frozen=True)
class Forecast:
    """One row a customer, or a group of them where it is divided, with what it rests on.

    Of a value the first rows are worth most; of a risk they have most at stake: the value
    expected if the customer does not leave, times the risk.
    """

    columns: dict[str, str]
    rows: list[dict[str, Any]]
    predictions: Predictions
    by: tuple[str, ...]
    count: int  # rows there are, of which these may be the first

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.rows)


def forecast(
    asking: Asking,
    predictions: Predictions,
    question: Question,
    *,
    churn: bool = False,
    limit: int | None = None,
) -> Forecast:
    """List the latest predictions, of customers that meet the question's filters."""
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
    risk = LEAVING if contract else NO_PURCHASE
    columns = {
        risk if name == NO_PURCHASE else name: found[column][there]
        for name, column in NAMES.items()
    }
    dimensions = {name: found[f"by_{place}"][there] for place, name in enumerate(question.by)}
    columns[AT_STAKE] = columns["clv"] * columns[risk]
    lead = AT_STAKE if churn else "clv"
    if question.by:
        rows = _groups(columns, dimensions, lead)
        kinds = dict.fromkeys(question.by, "text") | {"customers": "integer"}
        kinds |= dict.fromkeys([n for n in rows[0] if n not in kinds] if rows else [], "number")
    else:
        kinds = {n: "text" if n == "customer_id" else "number" for n in columns}
        order = np.argsort(-np.nan_to_num(columns[lead]), kind="stable")
        chosen = order if limit is None else order[:limit]
        rows = [{n: _plain(values[i]) for n, values in columns.items()} for i in chosen]
        if churn:
            kinds[REASON] = "text"
            for row in rows:
                row[REASON] = reason(row, contract=contract)
    count = len(rows) if question.by else len(columns["clv"])
    return Forecast(kinds, rows[:limit], predictions, question.by, count)


def reason(row: dict[str, Any], *, contract: bool = False) -> str:
    """Say why a customer is at risk: time since the last purchase against the own rhythm."""
    if contract:
        months = round(row["T"] * 12 / 365.25)
        return UNDER_CONTRACT.format(months=months, renewals=round(row["frequency"]))
    days = round(row["T"] - row["recency"])
    if not row["frequency"]:
        return ONCE.format(days=days)
    rhythm = max(1, round(row["recency"] / row["frequency"]))
    return (LATE if days > rhythm else ON_TIME).format(days=days, rhythm=rhythm)


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
        for name in ("expected_purchases", NO_PURCHASE, LEAVING):
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
