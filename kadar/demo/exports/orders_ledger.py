"""Orders of Malaysia, Singapore and Indonesia, and every order's lines, from the ledger."""

from __future__ import annotations

from pathlib import Path

from kadar.demo.company import Company
from kadar.demo.exports.text import Text, Value, minute, money
from kadar.demo.orders import Order
from kadar.demo.report import (
    QUARANTINED,
    REFUND,
    REPEATED,
    UNCONVERTED,
    DemoFile,
    Fault,
)

HEADERS = (
    "Order ID",
    "Account ID",
    "Order Date",
    "Sales Channel",
    "Currency",
    "Net Revenue",
    "Cost",
)
LINES = ("Order ID", "Line", "Product", "Category", "Quantity", "Revenue", "Cost")


def write(company: Company, folder: Path) -> tuple[list[DemoFile], list[Fault]]:
    """Write the orders with four faulty rows among them, and the lines."""
    text = Text("exports/orders.csv", "orders", HEADERS)
    mine = [order for order in company.orders if order.country != "CN"]
    for position, order in enumerate(mine):
        if order.revenue < 0:
            text.fault(order.id, "Net Revenue", "sent back", REFUND)
        text.add(_row(order))
        if position == 4200:
            text.fault(order.id, "Order ID", "the same row again", REPEATED)
            text.add(_row(order))
        if position == 7700:
            text.fault("SO-100000", "Order Date", "no date", QUARANTINED)
            text.add(["SO-100000", order.customer_id, "", *_row(order)[3:]])
        if position == 9100:
            text.fault("SO-099999", "Currency", "no rate for this currency", UNCONVERTED)
            text.add(["SO-099999", *_row(order)[1:4], "THB", *_row(order)[5:]])
    lines = Text("exports/order_lines.csv", "order_lines", LINES)
    for order in company.orders:
        for line in order.lines:
            lines.add(
                (
                    order.id,
                    line.line,
                    line.product,
                    line.category,
                    line.quantity,
                    f"{line.revenue / 100:.2f}",
                    f"{line.cost / 100:.2f}",
                )
            )
    return [text.save(folder), lines.save(folder)], text.faults


def _row(order: Order) -> list[Value]:
    return [
        order.id,
        order.customer_id,
        minute(order.ordered),
        order.channel,
        order.currency,
        money(order.revenue),
        money(order.cost),
    ]
