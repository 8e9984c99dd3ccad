"""`crm.customers`: the survivors of merges, those nobody listed, and when each first paid."""

from __future__ import annotations

from kadar.derive.derivation import Derivation, day_column, quote
from kadar.derive.orders import purchases
from kadar.derive.projection import Shared
from kadar.model import TABLES

# tables a customer's moments come from
_LENDERS = ("customers", "orders", "subscriptions", "deals")


def build(shared: Shared) -> None:
    """Make `crm.customers`, after orders, deals and subscriptions.

    `acquired_at` is the earliest a source gives for the customer and the records merged into it;
    where none does, the first won deal, purchase or subscription. A customer that no source
    lists but an order, a subscription or a won deal names is added, with `source` "kadar".
    """
    work = shared.work
    given = _given(shared)
    firsts = _firsts(shared)
    names = TABLES["customers"].column_names
    listed = ", ".join(
        "coalesce(g.acquired_at, f.acquired_at) AS acquired_at"
        if n == "acquired_at"
        else f"g.{quote(n)}"
        for n in names
    )
    added = {"customer_id": "f.customer_id", "channel": "n.channel", "acquired_at": "f.acquired_at"}
    unlisted = ", ".join(f"{added.get(n, 'NULL')} AS {quote(n)}" for n in names)
    days = ", ".join(
        f"{work.day(quote(m), *_LENDERS)} AS {quote(day_column(m))}"
        for m in TABLES["customers"].moments
    )
    work.run(
        f"""
        CREATE TABLE {work.crm("customers")} AS SELECT *, {days} FROM (
            SELECT {listed}, g.source, g.recorded_at
            FROM {given} g LEFT JOIN {firsts} f ON f.customer_id = g.customer_id
            UNION ALL
            SELECT {unlisted}, 'kadar', f.recorded_at
            FROM (SELECT * FROM {firsts} ANTI JOIN {given} USING (customer_id)) f
            LEFT JOIN {_channels(shared, given)} n ON n.customer_id = f.customer_id
        )
        """
    )


def _given(shared: Shared) -> str:
    """Customers that sources list, merged ones gone; a relation."""
    current = shared.current["customers"]
    if shared.merges is None:
        return current
    work: Derivation = shared.work
    others = ", ".join(
        f"arg_min_null({quote(n)}, place) AS {quote(n)}"
        for n in [*TABLES["customers"].column_names, "source", "recorded_at"]
        if n not in ("customer_id", "acquired_at", "merged_into")
    )
    # The survivor's own row comes first; where no source lists the survivor, the oldest record
    # merged into it stands for it.
    return work.temporary(
        "customers given",
        f"""
        SELECT * RENAME (survivor_id AS customer_id) FROM (
        SELECT survivor_id, {others}, min(acquired_at) AS acquired_at,
            arg_min_null(merged_into, place) FILTER (customer_id = survivor_id) AS merged_into
        FROM (
            SELECT *, row_number() OVER (PARTITION BY survivor_id ORDER BY
                customer_id <> survivor_id, created_at NULLS LAST, customer_id) AS place
            FROM (
                SELECT c.*, coalesce(m.survivor_id, c.customer_id) AS survivor_id
                FROM {current} c LEFT JOIN {shared.merges} m ON m.customer_id = c.customer_id
            )
        ) GROUP BY survivor_id)
        """,
    )


def _firsts(shared: Shared) -> str:
    """When each customer first bought; a temporary table."""
    work = shared.work
    return work.temporary(
        "first purchases",
        f"""
        SELECT customer_id, min(first_at) AS acquired_at, min(recorded_at) AS recorded_at FROM (
            SELECT customer_id, min(ordered_at) FILTER (purchase) AS first_at,
                min(recorded_at) AS recorded_at
            FROM ({purchases(shared)}) GROUP BY customer_id
            UNION ALL
            SELECT customer_id, started_at, recorded_at FROM {work.crm("subscriptions")}
            UNION ALL
            SELECT customer_id, closed_at, recorded_at FROM {work.crm("deals")}
            WHERE outcome = 'won' AND customer_id IS NOT NULL
        ) GROUP BY customer_id
        """,
    )


def _channels(shared: Shared, given: str) -> str:
    """Channel of the first order, else of the first won deal, of customers nobody lists."""
    work = shared.work
    return work.temporary(
        "channels",
        f"""
        SELECT customer_id, coalesce(
            arg_min_null(channel, (moment, id)) FILTER (is_order),
            arg_min_null(channel, (moment, id)) FILTER (NOT is_order)) AS channel
        FROM (
            SELECT customer_id, ordered_at AS moment, order_id AS id, channel, TRUE AS is_order
            FROM ({purchases(shared)}) WHERE purchase
            UNION ALL
            SELECT customer_id, closed_at, deal_id, channel, FALSE FROM {work.crm("deals")}
            WHERE outcome = 'won' AND customer_id IS NOT NULL
        ) ANTI JOIN {given} USING (customer_id)
        GROUP BY customer_id
        """,
    )
