"""Customers on a day by how they behaved before it: what a classifier of churn learns from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kadar.forecasts.sample import Sample
from kadar.forecasts.terms import Array
from kadar.store.sql import literal

if TYPE_CHECKING:
    from kadar.asking import Asking

# Features by what is told of them: contributions are added up by these groups.
GROUPS: dict[str, tuple[str, ...]] = {
    "buying": ("model", "recency", "frequency", "tenure"),
    "orders": ("orders", "orders_trend", "revenue_trend"),
    "returns": ("returns",),
    "contact": ("contact_gap", "contacts", "contacts_trend"),
    "tickets": ("tickets", "open_tickets"),
    "response": ("reply_hours",),
    "nps": ("nps",),
    "csat": ("csat",),
    "price": ("price",),
}
_COUNTS = {
    "orders": ("orders", "orders_before", "revenue", "revenue_before", "returns"),
    "interactions": ("contacts", "contacts_before"),
    "tickets": ("tickets", "open_tickets"),
}
_KNOWN_OR_NOT = {"tickets": ("reply_hours",), "surveys": ("nps", "csat"),
                 "subscriptions": ("amount", "amount_before")}  # fmt: skip
FEW = 1000  # customers that statements name; of more they read everybody
_ODDS = 1e-4  # probabilities are kept so far from 0 and 1


@dataclass(frozen=True)
class Behaviour:
    """Customers as they were at the opening of a local day.

    `raw` is what can be told of each (counts, days, hours; NaN for what is not known of a
    customer); `features` what a classifier takes, made of it and of the model's probability.
    """

    cut: date
    customer_ids: NDArray[Any]
    raw: dict[str, Array]
    features: dict[str, Array]

    def __len__(self) -> int:
        return self.customer_ids.size


def behaviour(
    asking: Asking,
    cut: date,
    customer_ids: NDArray[Any],
    *,
    probability: Array,
    recency: Array,
    frequency: Array,
    tenure: Array,
    among: Sample | None = None,
) -> Behaviour:
    """Return how customers behaved before `cut`.

    `probability` is the model's, as it was to be known then; `recency` the days since the last
    purchase (or renewal), `frequency` repeat purchases (or renewals), `tenure` days. `among` is
    the sample that the customers are, where they are one.
    """
    from kadar.measure.behaviour import compile_behaviour

    place = {who: i for i, who in enumerate(customer_ids)}
    size = len(customer_ids)
    raw: dict[str, Array] = {"recency": recency, "frequency": frequency, "tenure": tenure}
    for table, statement in compile_behaviour(cut, dialect=asking.engine.dialect).items():
        if (table, "customer_id") not in asking.carried:
            continue
        if named := _named(customer_ids, among):
            statement = f"SELECT * FROM ({statement}) b WHERE customer_id IN ({named})"  # noqa: PLW2901
        found = asking.engine.run(statement)
        mine = np.array([place.get(who, -1) for who in found["customer_id"]], dtype=int)
        there = mine >= 0
        for names, absent in ((_COUNTS, 0.0), (_KNOWN_OR_NOT, np.nan)):
            for name in names.get(table, ()):
                raw[name] = np.full(size, absent)
                raw[name][mine[there]] = found[name][there]
        if table == "interactions":
            gap = (np.datetime64(cut) - found["last_contact"]).astype(float)
            raw["contact_gap"] = np.full(size, np.nan)
            raw["contact_gap"][mine[there]] = gap[there]
    return Behaviour(cut, customer_ids, raw, _features(raw, probability))


def _named(customer_ids: NDArray[Any], among: Sample | None) -> str:
    """Return the customers a statement is to be about, for SQL; nothing where it is everybody."""
    if 0 < len(customer_ids) <= FEW:
        return ", ".join(map(literal, customer_ids))
    return "" if among is None else f"SELECT customer_id FROM crm.{among.table}"


def _features(raw: dict[str, Array], probability: Array) -> dict[str, Array]:
    odds = np.clip(probability, _ODDS, 1 - _ODDS)
    made = {"model": np.log(odds / (1 - odds))}
    for name in ("recency", "frequency", "tenure", "orders", "returns", "contact_gap", "contacts",
                 "tickets", "open_tickets", "reply_hours"):  # fmt: skip
        if name in raw:
            made[name] = np.log1p(np.maximum(raw[name], 0))
    for name in ("nps", "csat"):
        if name in raw:
            made[name] = raw[name]
    for name in ("orders", "contacts"):
        if name in raw:
            made[f"{name}_trend"] = np.log((raw[name] + 0.5) / (raw[f"{name}_before"] + 0.5))
    if "revenue" in raw:
        now, then = (np.maximum(raw[name], 0) for name in ("revenue", "revenue_before"))
        both = now + then
        made["revenue_trend"] = np.divide(now - then, both, out=np.zeros_like(both), where=both > 0)
    if "amount" in raw:
        known = (raw["amount"] > 0) & (raw["amount_before"] > 0)
        ratio = np.divide(raw["amount"], raw["amount_before"], out=np.ones(known.size), where=known)
        made["price"] = np.where(known, np.log(ratio), np.nan)
    return made
