"""One customer: who it is, whom to talk to, what it came to, and everything that happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from kadar.errors import NO, KadarError
from kadar.insight.customers import activity
from kadar.insight.rows import listed, moment
from kadar.language import N_
from kadar.store.sql import literal

if TYPE_CHECKING:
    from kadar.asking import Asking

MOST = 500  # events of a timeline


@dataclass(frozen=True)
class Contact:
    """A person at a customer. `consented` is None where nobody asked."""

    contact_id: str
    name: str | None
    email: str | None
    phone: str | None
    consented: bool | None


@dataclass(frozen=True)
class Event:
    """Something that happened with a customer, at a moment of the company's time zone.

    `kind` is one of `KINDS`; `amount` is in the company's currency, `score` on the scale of the
    survey. `person` is the one of the staff who did it, or whose it is.
    """

    at: datetime
    kind: str
    id: str
    title: str | None
    detail: str | None
    amount: float | None
    score: float | None
    person: str | None


@dataclass(frozen=True)
class Customer:
    """A customer as the data ends: `facts` of the record, `figures` of what it came to.

    `active` is None for one who never became a customer; `events` are the latest first.
    """

    customer_id: str
    facts: dict[str, Any]
    figures: dict[str, Any]
    active: bool | None
    contacts: list[Contact]
    events: list[Event]
    count: int  # of events in all


@dataclass(frozen=True)
class _Kind:
    """Where events of a kind are read: a table, its moment and key, and SQL for the rest."""

    table: str
    at: str
    key: str
    title: str
    detail: str = "NULL"
    amount: str = "NULL"
    score: str = "NULL"
    person: str = "x.owner_id"
    only: str = ""

    def sql(self, kind: str, who: str) -> str:
        """Return the events of one customer."""
        columns = {"id": self.key, "title": self.title, "detail": self.detail,
                   "person_id": self.person}  # fmt: skip
        numbers = {"amount": self.amount, "score": self.score}
        listed_ = [
            f"x.{self.at} AS at, {literal(kind)} AS kind",
            *(f"CAST({sql} AS VARCHAR) AS {name}" for name, sql in columns.items()),
            *(f"CAST({sql} AS DOUBLE PRECISION) AS {name}" for name, sql in numbers.items()),
        ]
        return (
            f"SELECT {', '.join(listed_)} FROM crm.{self.table} x CROSS JOIN crm.company k "
            f"WHERE x.customer_id = {who} AND x.{self.at} <= k.observed_until"
            + (f" AND {self.only}" if self.only else "")
        )


_DEAL = ("deals", "closed_at", "x.deal_id", "x.name")
_ORDER = ("orders", "ordered_at", "x.order_id", "x.channel")
_PLAN = ("x.subscription_id", "x.plan")
_MESSAGE = ("interactions", "occurred_at", "x.interaction_id", "x.kind", "x.direction")
_EVENTS = {
    "lead": _Kind("leads", "created_at", "x.lead_id", "x.channel", "x.status"),
    "deal opened": _Kind(
        "deals", "created_at", "x.deal_id", "x.name", "x.stage", amount="x.amount"
    ),
    "deal won": _Kind(*_DEAL, amount="x.amount", only="x.outcome = 'won'"),
    "deal lost": _Kind(*_DEAL, "x.lost_reason", amount="x.amount", only="x.outcome = 'lost'"),
    "order": _Kind(
        *_ORDER, amount="x.revenue", person="NULL", only="(x.revenue IS NULL OR x.revenue >= 0)"
    ),
    "refund": _Kind(*_ORDER, amount="x.revenue", person="NULL", only="x.revenue < 0"),
    "subscription begun": _Kind(
        "subscriptions", "started_at", *_PLAN, amount="x.monthly_amount", person="NULL"
    ),
    "subscription ended": _Kind(
        "subscriptions", "ended_at", *_PLAN, "x.end_reason", amount="x.monthly_amount",
        person="NULL",
    ),
    "ticket opened": _Kind("tickets", "created_at", "x.ticket_id", "x.category", "x.channel"),
    "ticket resolved": _Kind("tickets", "resolved_at", "x.ticket_id", "x.category", "x.channel"),
    "survey answered": _Kind(
        "surveys", "answered_at", "x.survey_id", "x.kind", "x.comment", score="x.score",
        person="NULL",
    ),
    "interaction": _Kind(*_MESSAGE, only="coalesce(x.automated, FALSE) = FALSE"),
    "automatic message": _Kind(*_MESSAGE, person="NULL", only="x.automated"),
}  # fmt: skip
KINDS = tuple(_EVENTS)


def customer(
    asking: Asking, customer_id: str, *, tables: tuple[str, ...] = (), limit: int = MOST
) -> Customer:
    """Return a customer with the contacts, figures and the latest events of some tables, or all.

    Raises KDR-WEB-040 where there is no such customer.
    """
    who = literal(customer_id)
    facts = listed(
        asking,
        f"""
        SELECT c.name, c.segment, c.industry, c.country, c.region, c.channel,
            coalesce(g.name, c.campaign_id) AS campaign, coalesce(p.name, c.owner_id) AS owner,
            {moment("c.created_at")} AS created_at, {moment("c.acquired_at")} AS acquired_at,
            a.active, {moment("a.until")} AS active_until
        FROM crm.customers c
            LEFT JOIN crm.people p ON p.person_id = c.owner_id
            LEFT JOIN crm.campaigns g ON g.campaign_id = c.campaign_id
            LEFT JOIN ({activity(who)}) a ON a.customer_id = c.customer_id
        WHERE c.customer_id = {who}
        """,
        "created_at", "acquired_at", "active_until",
    )  # fmt: skip
    if not facts:
        raise KadarError(
            "KDR-WEB-040",
            N_("There is no customer {customer}."),
            N_("Look among the customers; a record merged into another goes by that one's id."),
            exit_code=NO,
            customer=customer_id,
        )
    active = facts[0].pop("active")
    chosen = {k: v for k, v in _EVENTS.items() if not tables or v.table in tables}
    union = " UNION ALL ".join(made.sql(kind, who) for kind, made in chosen.items())
    events = listed(
        asking,
        f"""
        SELECT {moment("e.at")} AS at, e.kind, e.id, e.title, e.detail, e.amount, e.score,
            coalesce(p.name, e.person_id) AS person
        FROM ({union}) e LEFT JOIN crm.people p ON p.person_id = e.person_id
        ORDER BY e.at DESC, e.kind, e.id LIMIT {int(limit)}
        """,
        "at",
    )
    (count,) = listed(asking, f"SELECT count(*) AS n FROM ({union}) e")
    return Customer(
        customer_id,
        facts[0],
        _figures(asking, who),
        None if active is None else bool(active),
        _contacts(asking, who),
        [Event(**row) for row in events],
        int(count["n"]),
    )


def _contacts(asking: Asking, who: str) -> list[Contact]:
    rows = listed(
        asking,
        "SELECT contact_id, name, email, phone, consented FROM crm.contacts "
        f"WHERE customer_id = {who} ORDER BY name, contact_id",
    )
    return [Contact(**row) for row in rows]


def _figures(asking: Asking, who: str) -> dict[str, Any]:
    """Counts and sums up to when the data is known."""
    known = "<= (SELECT observed_until FROM crm.company)"
    (found,) = listed(
        asking,
        f"""
        SELECT
            (SELECT sum(CASE WHEN revenue < 0 THEN 0 ELSE 1 END) FROM crm.orders
                WHERE customer_id = {who} AND ordered_at {known}) AS orders,
            (SELECT CAST(sum(revenue) AS DOUBLE PRECISION) FROM crm.orders
                WHERE customer_id = {who} AND ordered_at {known}) AS revenue,
            (SELECT CAST(sum(margin) AS DOUBLE PRECISION) FROM crm.orders
                WHERE customer_id = {who} AND ordered_at {known}) AS margin,
            (SELECT count(*) FROM crm.deals WHERE customer_id = {who}
                AND coalesce(outcome, 'open') = 'open' AND closed_at IS NULL) AS open_deals,
            (SELECT CAST(sum(amount) AS DOUBLE PRECISION) FROM crm.deals WHERE customer_id = {who}
                AND coalesce(outcome, 'open') = 'open' AND closed_at IS NULL) AS open_amount,
            (SELECT count(*) FROM crm.tickets WHERE customer_id = {who}
                AND status = 'open') AS open_tickets,
            (SELECT count(*) FROM crm.tickets WHERE customer_id = {who}) AS tickets
        """,
    )
    counts = ("orders", "open_deals", "open_tickets", "tickets")
    return {k: int(v or 0) if k in counts else v for k, v in found.items()}
