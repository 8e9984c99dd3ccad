"""Statements that sum customers up for a forecast: purchases, and contracts from when to when."""

from __future__ import annotations

from datetime import date
from typing import Any

import ibis

from kadar.measure.placement import CALENDAR, COMPANY, readable, source

NO_CUSTOMER, NO_RATE = "no_customer_id", "no_exchange_rate"
MONEY = ("revenue", "margin")


def compile_observed(*, dialect: str = "duckdb") -> str:
    """Compile `day`: the company's last local day of which anything is known."""
    days, company = source("calendar", CALENDAR), source("company", COMPANY)
    until = company.select("observed_until").as_scalar()
    return _sql(days.filter(days.opens_at < until).aggregate(day=days.day.max()), dialect)


def compile_purchases(
    cut: date,
    *,
    until: date | None = None,
    money: str = "revenue",
    grouped: bool = False,
    orders: str = "orders",
    dialect: str = "duckdb",
) -> str:
    """Compile one row a customer who purchased before the local day `cut`.

    A purchase is a day: the orders of a customer on one local day, returns netted, that come to
    more than 0 in the company's currency, or whose amounts are all unknown. `n` purchases, `first`
    and `last` day of one; `repeat_money`, what the days after the first came to, over the
    `repeat_known` of them whose money is known; `brought`, what all days came to. With
    `until`, `later` purchases in [cut, until) and their `later_money`. Grouped: only `n`, `first`,
    `last`, and how many `customers` have them. `orders` names the table: a sample has another.
    """
    days = _purchase_days(until or cut, money, orders)
    before = None if until is None else days.ordered_on < ibis.literal(cut)
    made: dict[str, Any] = {
        "n": days.count(where=before),
        "first": days.ordered_on.min(),
        "last": days.ordered_on.max(where=before),
    }
    if not grouped:
        nothing = ibis.literal(0).cast(days.money.type())
        value = ibis.coalesce(days.money, nothing).cast("float64")
        made["money"] = days.money.sum(where=before)
        made["known"] = days.money.count(where=before)
        made["first_money"] = _of_least(value, days.ordered_on, dialect)
        made["first_known"] = days.ordered_on.min(where=days.money.notnull())
    if until is not None:
        after = days.ordered_on >= ibis.literal(cut)
        made["later"] = days.count(where=after)
        made["later_money"] = days.money.sum(where=after)
    found = days.group_by("customer_id").aggregate(**made)
    if until is not None:
        found = found.filter(found.n > 0)
    if grouped:
        return _sql(
            found.group_by("n", "first", "last").aggregate(customers=found.count()), dialect
        )
    chosen = {name: found[name] for name in ("customer_id", "n", "first", "last")}
    chosen["repeat_money"] = ibis.coalesce(found.money, 0).cast("float64") - found.first_money
    first_known = ibis.coalesce(found.first_known == found["first"], ibis.literal(False))
    chosen["repeat_known"] = found.known - first_known.cast("int64")
    chosen["brought"] = ibis.coalesce(found.money, 0).cast("float64")
    if until is not None:
        chosen["later"] = found.later
        chosen["later_money"] = ibis.coalesce(found.later_money, 0).cast("float64")
    return _sql(found.select(**chosen).order_by("customer_id"), dialect)


def compile_daily(
    cut: date, until: date, *, orders: str = "orders", dialect: str = "duckdb"
) -> str:
    """Compile the purchases of each `day` in [cut, until) by customers who purchased before it."""
    days = _purchase_days(until, "revenue", orders)
    began = days.ordered_on.min().over(group_by="customer_id")
    days = days.mutate(began=began)
    cut_day = ibis.literal(cut)
    days = days.filter(days.began < cut_day, days.ordered_on >= cut_day)
    made = days.group_by(day=days.ordered_on).aggregate(purchases=days.count())
    return _sql(made.order_by("day"), dialect)


def compile_left_out(cut: date, *, dialect: str = "duckdb") -> str:
    """Compile how many orders before `cut` no purchase is made of, by reason."""
    orders = _known(readable("orders"), cut)
    nobody = orders.customer_id.isnull()
    counted = {
        NO_CUSTOMER: orders.count(where=nobody),
        NO_RATE: orders.count(where=~nobody & orders.rate_missing),
    }
    return _sql(orders.aggregate(**counted), dialect)


def compile_contracts(cut: date, *, dialect: str = "duckdb") -> str:
    """Compile one row a spell that began before `cut`: customer, `started`, `ended` if before."""
    spells = readable("spells")
    spells = spells.filter(spells.started_on < ibis.literal(cut))
    ended = ibis.ifelse(spells.ended_on < ibis.literal(cut), spells.ended_on, ibis.null("date"))
    made = spells.select(customer_id=spells.customer_id, started=spells.started_on, ended=ended)
    return _sql(made.order_by("customer_id", "started"), dialect)


def _purchase_days(until: date, money: str, table: str) -> Any:
    """Days before `until` on which a customer purchased, with the money of each."""
    orders = _known(readable("orders", table), until)
    orders = orders.filter(orders.customer_id.notnull(), ~orders.rate_missing)
    days = orders.group_by("customer_id", "ordered_on").aggregate(
        net=orders.revenue.sum(), money=orders[money].sum()
    )
    return days.filter(days.net.isnull() | (days.net > 0))


def _of_least(value: Any, day: Any, dialect: str) -> Any:
    """Return the value of the least day; it is never null.

    ibis writes its own argmin for DuckDB as a sort of each group, three times as slow.
    """
    return _arg_min(value, day) if dialect == "duckdb" else value.argmin(day)


@ibis.udf.agg.builtin(name="arg_min")  # type: ignore[untyped-decorator]
def _arg_min(value: float, day: date) -> float:
    raise NotImplementedError  # the engine's own


def _known(orders: Any, until: date) -> Any:
    company = source("company", COMPANY)
    observed = company.select("observed_until").as_scalar()
    return orders.filter(orders.ordered_at < observed, orders.ordered_on < ibis.literal(until))


def _sql(expression: Any, dialect: str) -> str:
    return str(ibis.to_sql(expression, dialect=dialect))
