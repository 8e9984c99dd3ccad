"""`crm.orders` and `crm.order_lines`: money converted, and the margin."""

from __future__ import annotations

from kadar.derive.derivation import quote
from kadar.derive.projection import Projection, Shared

# A refund is no purchase: it neither begins nor prolongs anything.
IS_PURCHASE = "(revenue IS NULL OR revenue > 0)"


def build(shared: Shared) -> None:
    """Make `crm.orders`: revenue, cost and margin in the company's currency."""
    orders = Projection(shared, "orders").convert()
    orders.later["margin"] = "CAST(revenue - cost AS DECIMAL(18,4))"
    orders.create()


def build_lines(shared: Shared) -> None:
    """Make `crm.order_lines`, converted as their orders are."""
    work, rates = shared.work, shared.rates
    lines = Projection(shared, "order_lines")
    join = rates.join("orders")
    if join is None:
        # one currency: what the orders say, the company's where they say nothing
        lines.columns["currency"] = f"(SELECT any_value(currency) FROM {work.model('orders')})"
        lines.columns["rate_missing"] = "FALSE"
        lines.create()
        return
    rated = f"SELECT t.order_id, t.currency, r.rate FROM {shared.current['orders']} t {join}"
    lines.joins.append(f"LEFT JOIN ({rated}) o ON o.order_id = t.order_id")
    lines.columns["currency"] = "o.currency"
    lines.columns["rate_missing"] = rates.missing("o", "o")
    for column in ("revenue", "cost"):
        lines.columns[column] = rates.converted(f"t.{quote(column)}", "o", "o")
    lines.create()


def purchases(shared: Shared) -> str:
    """Return a query: order_id, customer_id, ordered_at, channel, purchase (false: a refund).

    The sign is that of the amount as it was recorded, so that an order without an exchange rate
    is still what it was.
    """
    orders = Projection(shared, "orders")
    wanted = ("order_id", "customer_id", "ordered_at", "channel", "revenue", "recorded_at")
    orders.columns = {name: orders.columns[name] for name in wanted}
    orders.moments = []
    return (
        f"SELECT * EXCLUDE (revenue), {IS_PURCHASE} AS purchase FROM ({orders.sql()}) "
        "WHERE customer_id IS NOT NULL"
    )
