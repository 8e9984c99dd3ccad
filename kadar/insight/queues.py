"""The queues of service: tickets that are open as the data ends, how old, and who waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from kadar.errors import KadarError, nearest
from kadar.insight.rows import listed, meeting, moment
from kadar.language import N_
from kadar.store.sql import literal

if TYPE_CHECKING:
    from kadar.asking import Asking
    from kadar.measure.question import Filter

DIMENSIONS = ("channel", "category", "priority", "owner_id", "stage")
MOST = 100

# Resolved nobody knows when is resolved all the same.
_OPEN = (
    "t.created_at <= k.observed_until AND (t.resolved_at IS NULL OR t.resolved_at > "
    "k.observed_until) AND NOT (t.resolved_at IS NULL AND coalesce(t.status, 'open') = 'resolved')"
)
_UNANSWERED = "(t.responded_at IS NULL OR t.responded_at > k.observed_until)"
_AGE = f"({moment('k.observed_until')} - {moment('t.created_at')}) / 3600"


@dataclass(frozen=True)
class Queue:
    """The open tickets of one group; ages in hours since they came in."""

    group: str | None
    open: int
    unanswered: int
    median_age: float
    oldest_age: float


@dataclass(frozen=True)
class OpenTicket:
    """A ticket that is open; `age` in hours since it came in, by the clock on the wall."""

    ticket_id: str
    customer_id: str | None
    customer: str | None
    channel: str | None
    category: str | None
    priority: str | None
    owner: str | None
    created_at: datetime
    age: float
    answered: bool


def queues(asking: Asking, by: str, where: Sequence[Filter] = ()) -> list[Queue]:
    """Return the open tickets by a column of `DIMENSIONS`, the fullest queue first.

    Raises KDR-WEB-042 for another column.
    """
    column = _column(by)
    rows = listed(
        asking,
        f"""
        SELECT {column} AS "group", count(*) AS open,
            sum(CASE WHEN {_UNANSWERED} THEN 1 ELSE 0 END) AS unanswered,
            percentile_cont(0.5) WITHIN GROUP (ORDER BY {_AGE}) AS median_age,
            max({_AGE}) AS oldest_age
        FROM crm.tickets t CROSS JOIN crm.company k
        WHERE {_OPEN}{meeting(asking, "tickets", "t", where)}
        GROUP BY {column} ORDER BY count(*) DESC, {column}
        """,
    )
    return [
        Queue(row["group"], int(row["open"]), int(row["unanswered"]), row["median_age"],
              row["oldest_age"])
        for row in rows
    ]  # fmt: skip


def open_tickets(
    asking: Asking,
    by: str | None = None,
    group: str | None = None,
    where: Sequence[Filter] = (),
    limit: int = MOST,
) -> list[OpenTicket]:
    """Return the oldest open tickets; of one group where `by` names a column.

    The group None or "" is that of tickets whose column is empty.
    """
    only = meeting(asking, "tickets", "t", where)
    if by is not None:
        column = _column(by)
        only += f" AND {column} = {literal(group)}" if group else f" AND {column} IS NULL"
    rows = listed(
        asking,
        f"""
        SELECT t.ticket_id, t.customer_id, c.name AS customer, t.channel, t.category, t.priority,
            coalesce(p.name, t.owner_id) AS owner, {moment("t.created_at")} AS created_at,
            {_AGE} AS age, CASE WHEN {_UNANSWERED} THEN 0 ELSE 1 END AS answered
        FROM crm.tickets t CROSS JOIN crm.company k
            LEFT JOIN crm.customers c ON c.customer_id = t.customer_id
            LEFT JOIN crm.people p ON p.person_id = t.owner_id
        WHERE {_OPEN}{only} ORDER BY t.created_at, t.ticket_id LIMIT {int(limit)}
        """,
        "created_at",
    )
    return [OpenTicket(**{**row, "answered": bool(row["answered"])}) for row in rows]


def _column(by: str) -> str:
    if by not in DIMENSIONS:
        raise KadarError(
            "KDR-WEB-042",
            N_("Queues are not divided by {name}."),
            N_("These exist: {names}."),
            name=by,
            names=nearest(by, list(DIMENSIONS)),
        )
    return f"t.{by}"
