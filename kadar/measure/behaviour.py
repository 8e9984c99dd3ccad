"""Statements of how customers behaved before a day: one row a customer, nothing from after it.

They read moments that later events do not change (a first reply, a first resolution, the start and
end of each subscription), never how a record stands today.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import ibis

from kadar.measure.placement import readable

RECENT = timedelta(days=90)  # "lately"; the same span before it is what it is compared with
HALF, YEAR = timedelta(days=180), timedelta(days=365)


@lru_cache(maxsize=32)
def compile_behaviour(cut: date, *, dialect: str = "duckdb") -> dict[str, str]:
    """Compile a statement for each table that tells of behaviour, by the table's name."""
    made = {name: build(cut) for name, build in _BUILD.items()}
    return {name: str(ibis.to_sql(found, dialect=dialect)) for name, found in made.items()}


def _orders(cut: date) -> Any:
    """Orders and revenue lately and before, returns of half a year."""
    rows = _before("orders", "ordered_on", cut)
    rows = rows.filter(~rows.rate_missing)
    bought, returned = rows.revenue.isnull() | (rows.revenue > 0), rows.revenue < 0
    now, then = _spans(rows.ordered_on, cut)
    return rows.group_by("customer_id").aggregate(
        orders=rows.count(where=now & bought),
        orders_before=rows.count(where=then & bought),
        revenue=_sum(rows.revenue, now),
        revenue_before=_sum(rows.revenue, then),
        returns=rows.count(where=returned & (rows.ordered_on >= ibis.literal(cut - HALF))),
    )


def _interactions(cut: date) -> Any:
    """Contacts by people lately and before, and the day of the latest."""
    rows = _before("interactions", "occurred_on", cut)
    rows = rows.filter(~ibis.coalesce(rows.automated, ibis.literal(False)))
    now, then = _spans(rows.occurred_on, cut)
    return rows.group_by("customer_id").aggregate(
        contacts=rows.count(where=now),
        contacts_before=rows.count(where=then),
        last_contact=rows.occurred_on.max(),
    )


def _tickets(cut: date) -> Any:
    """Tickets lately, those never resolved by the day, mean hours to a first reply."""
    rows = _before("tickets", "created_on", cut)
    day = ibis.literal(cut)
    resolved = ibis.coalesce(rows.first_resolved_on, rows.resolved_on)
    waited = rows.responded_at.delta(rows.created_at, unit="minute").cast("float64") / 60
    replied = (rows.responded_on < day) & (rows.created_on >= ibis.literal(cut - HALF))
    now, _then = _spans(rows.created_on, cut)
    return rows.group_by("customer_id").aggregate(
        tickets=rows.count(where=now),
        open_tickets=rows.count(where=resolved.isnull() | (resolved >= day)),
        reply_hours=waited.mean(where=replied & (waited >= 0)),
    )


def _surveys(cut: date) -> Any:
    """Mean of the NPS answers (0 to 10) and of the CSAT answers (0 to 1) of a year."""
    rows = _before("surveys", "answered_on", cut)
    rows = rows.filter(rows.answered_on >= ibis.literal(cut - YEAR), rows.score.notnull())
    least = ibis.coalesce(rows.scale_min, ibis.literal(1.0))
    most = ibis.coalesce(rows.scale_max, ibis.literal(5.0))
    share = (rows.score - least) / (most - least).nullif(0.0)
    return rows.group_by("customer_id").aggregate(
        nps=rows.score.mean(where=rows.kind == "nps"), csat=share.mean(where=rows.kind == "csat")
    )


def _subscriptions(cut: date) -> Any:
    """Recurring amount at the day, and a year before."""
    rows = _before("subscriptions", "started_on", cut)
    rows = rows.filter(~rows.rate_missing)

    def at(day: date) -> Any:
        there = ibis.literal(day)
        runs = (rows.started_on < there) & (rows.ended_on.isnull() | (rows.ended_on >= there))
        return rows.monthly_amount.sum(where=runs).cast("float64")

    return rows.group_by("customer_id").aggregate(amount=at(cut), amount_before=at(cut - YEAR))


_BUILD: dict[str, Callable[[date], Any]] = {
    "orders": _orders,
    "interactions": _interactions,
    "tickets": _tickets,
    "surveys": _surveys,
    "subscriptions": _subscriptions,
}


def _before(table: str, day: str, cut: date) -> Any:
    rows = readable(table)
    return rows.filter(rows[day] < ibis.literal(cut), rows.customer_id.notnull())


def _spans(day: Any, cut: date) -> tuple[Any, Any]:
    recent, earlier = ibis.literal(cut - RECENT), ibis.literal(cut - 2 * RECENT)
    return day >= recent, (day >= earlier) & (day < recent)


def _sum(money: Any, where: Any) -> Any:
    return ibis.coalesce(money.sum(where=where), 0).cast("float64")
