"""Customers as a list: found by name, e-mail or id, with what each is worth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from kadar.errors import KadarError, nearest
from kadar.insight.rows import containing, listed, moment
from kadar.language import N_
from kadar.measure.question import Question
from kadar.store.sql import literal

if TYPE_CHECKING:
    from kadar.asking import Asking

MARGIN, REVENUE, WON = "margin", "revenue", "won"
# What a page of the list is ordered by; every order ends with the id, so pages never overlap.
_ORDERS = {
    "value": "CASE WHEN s.value IS NULL THEN 1 ELSE 0 END, s.value DESC, s.customer_id",
    "recent": "CASE WHEN s.last_at IS NULL THEN 1 ELSE 0 END, s.last_at DESC, s.customer_id",
    "acquired": (
        "CASE WHEN s.acquired_at IS NULL THEN 1 ELSE 0 END, s.acquired_at DESC, s.customer_id"
    ),
    "name": "CASE WHEN s.name IS NULL THEN 1 ELSE 0 END, lower(s.name), s.customer_id",
}
SORTS = tuple(_ORDERS)


@dataclass(frozen=True)
class CustomerLine:
    """A customer in a list, as the data ends.

    `value` is in the company's currency. `active` is None for one who never became a customer.
    `orders` counts purchases, not refunds; moments are in the company's time zone.
    """

    customer_id: str
    name: str | None
    segment: str | None
    country: str | None
    channel: str | None
    owner: str | None
    acquired_at: datetime | None
    orders: int
    last_at: datetime | None
    value: float | None
    active: bool | None


@dataclass(frozen=True)
class Found:
    """A page of the customers that meet a search, and how many do in all.

    `value` says what the customers are worth by: `margin` or `revenue` of their orders to date,
    the amount of their `won` deals, or None where the data has none of these.
    """

    rows: list[CustomerLine]
    count: int
    value: str | None


def customers(
    asking: Asking,
    search: str = "",
    *,
    sort: str = "value",
    limit: int = 50,
    offset: int = 0,
) -> Found:
    """List the customers whose name, id or a contact's e-mail holds the text, by what they are.

    An id is found whole. Raises KDR-WEB-041 for a sort that is none.
    """
    if sort not in _ORDERS:
        raise KadarError(
            "KDR-WEB-041",
            N_("Customers are not sorted by {sort}."),
            N_("These exist: {sorts}."),
            sort=sort,
            sorts=nearest(sort, list(SORTS)),
        )
    value = worth_by(asking)
    from_list = f"FROM ({_list(asking, value)}) s{_meets(search)}"
    top = f"ORDER BY {_ORDERS[sort]} LIMIT {int(limit)} OFFSET {int(offset)}"
    rows = listed(
        asking,
        f"""
        SELECT s.customer_id, s.name, s.segment, s.country, s.channel, s.owner,
            {moment("s.acquired_at")} AS acquired_at, s.orders,
            {moment("s.last_at")} AS last_at, CAST(s.value AS DOUBLE PRECISION) AS value, s.active
        {from_list} {top}
        """,
        "acquired_at",
        "last_at",
    )
    (count,) = listed(asking, f"SELECT count(*) AS n {from_list}")
    lines = [
        CustomerLine(
            **{**row, "orders": int(row["orders"]),
               "active": None if row["active"] is None else bool(row["active"])}
        )
        for row in rows
    ]  # fmt: skip
    return Found(lines, int(count["n"]), value)


def worth_by(asking: Asking) -> str | None:
    """Return what the data lets a customer be worth by, the best first."""
    carried = asking.carried
    if {("orders", "revenue"), ("orders", "cost")} <= carried:
        return MARGIN
    if ("orders", "revenue") in carried:
        return REVENUE
    return WON if {("deals", "amount"), ("deals", "outcome")} <= carried else None


def activity(customers: str | None = None) -> str:
    """Return a statement: of each customer who ever was one, whether they are active (1 or 0).

    `customers` is a statement of the ids it is about; everybody by default. Its column `until`
    is when the last spell ended or will end, in no particular zone.
    """
    among = f" AND l.customer_id IN ({customers})" if customers else ""
    return (
        "SELECT l.customer_id, max(CASE WHEN l.ended_at IS NULL OR l.ended_at > k.observed_until "
        "THEN 1 ELSE 0 END) AS active, max(l.ended_at) AS until "
        "FROM crm.spells l CROSS JOIN crm.company k "
        f"WHERE l.started_at <= k.observed_until{among} GROUP BY l.customer_id"
    )


def prepare(asking: Asking) -> None:
    """Make the list ready: what everybody is worth, once for each version of the data."""
    _list(asking, worth_by(asking))


def _list(asking: Asking, value: str | None) -> str:
    """Return a statement of every customer, kept beside the store where it can be.

    Over millions of orders a page of the list is then read and not computed.
    """
    from kadar.engines.duckdb import DuckDB
    from kadar.results import Results

    query = _everybody(value)
    if not (asking.published and isinstance(asking.engine, DuckDB)):
        return query
    results = Results(asking.project, asking.data_version)
    key = results.key([], Question("all"), asking.as_of, query)
    file = results.file(key, ".parquet")
    if file is None or not (file.exists() or asking.engine.keep(query, file)):
        return query
    return f"SELECT * FROM read_parquet({literal(str(file))})"


def _everybody(value: str | None) -> str:
    return (
        "SELECT c.customer_id, c.name, c.segment, c.country, c.channel, "
        "coalesce(p.name, c.owner_id) AS owner, c.acquired_at, coalesce(w.orders, 0) AS orders, "
        "w.last_at, w.value, a.active FROM crm.customers c "
        "LEFT JOIN crm.people p ON p.person_id = c.owner_id "
        f"LEFT JOIN ({_worth(value)}) w ON w.customer_id = c.customer_id "
        f"LEFT JOIN ({activity()}) a ON a.customer_id = c.customer_id"
    )


def _worth(value: str | None) -> str:
    if value == WON:
        return (
            "SELECT x.customer_id, count(*) AS orders, max(x.closed_at) AS last_at, "
            "sum(x.amount) AS value FROM crm.deals x CROSS JOIN crm.company k "
            "WHERE x.outcome = 'won' AND x.closed_at <= k.observed_until GROUP BY x.customer_id"
        )
    column = "margin" if value == MARGIN else "revenue"
    return (
        "SELECT x.customer_id, sum(CASE WHEN x.revenue < 0 THEN 0 ELSE 1 END) AS orders, "
        f"max(CASE WHEN x.revenue < 0 THEN NULL ELSE x.ordered_at END) AS last_at, "
        f"sum(x.{column}) AS value FROM crm.orders x CROSS JOIN crm.company k "
        "WHERE x.ordered_at <= k.observed_until GROUP BY x.customer_id"
    )


def _meets(search: str) -> str:
    text = search.strip()
    if not text:
        return ""
    like = f"LIKE {containing(text.lower())} ESCAPE '!'"
    return (
        f" WHERE lower(s.name) {like} OR s.customer_id = {literal(text)} OR s.customer_id IN "
        f"(SELECT p.customer_id FROM crm.contacts p WHERE lower(p.email) {like})"
    )
