"""Statements of what customers under contract bring: the recurring amounts, and their orders."""

from __future__ import annotations

from datetime import date

import ibis

from kadar.measure.placement import readable

MONTH = 365.25 / 12  # days


def compile_recurring(cut: date, *, dialect: str = "duckdb") -> str:
    """Compile one row a customer who subscribed before the local day `cut`.

    `amount`: what their subscriptions that run at the cut come to a month, in the company's
    currency; `brought`: what all have come to by then, each for the days it ran. Subscriptions
    without an exchange rate or an amount count for nothing.
    """
    made = readable("subscriptions")
    made = made.filter(made.started_on < ibis.literal(cut), made.customer_id.notnull())
    day = ibis.literal(cut)
    runs = made.ended_on.isnull() | (made.ended_on >= day)
    until = ibis.ifelse(runs, day, made.ended_on)
    known = made.monthly_amount.cast("float64")
    amount = ibis.ifelse(made.rate_missing, ibis.null("float64"), known)
    made = made.select(
        "customer_id", runs=runs, amount=amount, days=until.delta(made.started_on, unit="day")
    )
    found = made.group_by("customer_id").aggregate(
        amount=made.amount.sum(where=made.runs), brought=(made.amount * made.days / MONTH).sum()
    )
    return str(ibis.to_sql(found.order_by("customer_id"), dialect=dialect))


def compile_ordered(since: date, cut: date, money: str, *, dialect: str = "duckdb") -> str:
    """Compile one row a customer who ordered before `cut`: what the orders brought, as `money`.

    `brought` of all of them, `lately` of those from `since` on, and `revenue` of these. Orders
    whose money is unknown, or that lack an exchange rate, are left out.
    """
    orders = readable("orders")
    orders = orders.filter(
        orders.ordered_on < ibis.literal(cut),
        orders.customer_id.notnull(),
        ~orders.rate_missing,
        orders[money].notnull(),
    )
    late = orders.ordered_on >= ibis.literal(since)
    found = orders.group_by("customer_id").aggregate(
        brought=orders[money].sum().cast("float64"),
        lately=ibis.coalesce(orders[money].sum(where=late), 0).cast("float64"),
        revenue=ibis.coalesce(orders.revenue.sum(where=late), 0).cast("float64"),
    )
    return str(ibis.to_sql(found.order_by("customer_id"), dialect=dialect))
