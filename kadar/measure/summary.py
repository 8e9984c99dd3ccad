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
    and `last` day of one; `bought`, what they came to, `repeat_money`, what those after the first
    did, over the `repeat_known` of them whose money is known; `brought`, what all orders came to,
    those of days with more returned than bought too. With `until`, `later` purchases in
    [cut, until) and their `later_money`. Grouped: only `n`, `first`, `last`, and how many
    `customers` have them. `orders` names the table: a sample has another.
    """
    days = _days(until or cut, money, orders)
    before = None if until is None else days.ordered_on < ibis.literal(cut)
    on = ibis.ifelse(_purchased(days), days.ordered_on, ibis.null("date"))
    made: dict[str, Any] = {
        "n": on.count(where=before), "first": on.min(), "last": on.max(where=before)
    }  # fmt: skip
    spent = ibis.ifelse(_purchased(days), days.money, ibis.null(days.money.type()))
    if not grouped:
        nothing = ibis.literal(0).cast(days.money.type())
        made["bought"] = spent.sum(where=before)
        made["known"] = spent.count(where=before)
        made["first_money"] = _of_least(ibis.coalesce(spent, nothing).cast("float64"), on, dialect)
        made["first_known"] = on.min(where=spent.notnull())
        made["brought"] = days.money.sum(where=before)
    if until is not None:
        after = days.ordered_on >= ibis.literal(cut)
        made["later"] = on.count(where=after)
        made["later_money"] = spent.sum(where=after)
    found = days.group_by("customer_id").aggregate(**made)
    found = found.filter(found.n > 0)
    if grouped:
        return _sql(
            found.group_by("n", "first", "last").aggregate(customers=found.count()), dialect
        )
    chosen = {name: found[name] for name in ("customer_id", "n", "first", "last")}
    chosen["bought"] = _known_money(found.bought)
    chosen["repeat_money"] = chosen["bought"] - found.first_money
    first_known = ibis.coalesce(found.first_known == found["first"], ibis.literal(False))
    chosen["repeat_known"] = found.known - first_known.cast("int64")
    chosen["brought"] = _known_money(found.brought)
    if until is not None:
        chosen["later"] = found.later
        chosen["later_money"] = _known_money(found.later_money)
    return _sql(found.select(**chosen).order_by("customer_id"), dialect)


def compile_daily(
    cut: date, until: date, *, orders: str = "orders", dialect: str = "duckdb"
) -> str:
    """Compile the purchases of each `day` in [cut, until) by customers who purchased before it."""
    days = _days(until, "revenue", orders)
    days = days.filter(_purchased(days))
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


def _days(until: date, money: str, table: str) -> Any:
    """Days before `until` on which a customer ordered or returned, with the money of each."""
    orders = _known(readable("orders", table), until)
    orders = orders.filter(orders.customer_id.notnull(), ~orders.rate_missing)
    return orders.group_by("customer_id", "ordered_on").aggregate(
        net=orders.revenue.sum(), money=orders[money].sum()
    )


def _purchased(days: Any) -> Any:
    """Whether a day is one of a purchase."""
    return days.net.isnull() | (days.net > 0)


def _known_money(total: Any) -> Any:
    """Return a sum of money, 0 where none of it is known."""
    return ibis.coalesce(total, 0).cast("float64")


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
