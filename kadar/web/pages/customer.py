"""One customer: figures, whom to talk to, and everything that happened, the latest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from kadar.asking import Asking
from kadar.insight.timeline import Customer, Event, customer
from kadar.language import N_
from kadar.web import over
from kadar.web.at_risk import at_risk
from kadar.web.customer_link import read
from kadar.web.page import Page
from kadar.web.pages.customers import STATES
from kadar.web.panel import VALUE, WORDS, Column, Link, Panel

if TYPE_CHECKING:
    from kadar.web.visit import Visit

KINDS = {
    "lead": N_("lead came in"),
    "deal opened": N_("deal opened"),
    "deal won": N_("deal won"),
    "deal lost": N_("deal lost"),
    "order": N_("order"),
    "refund": N_("refund"),
    "subscription begun": N_("subscription begun"),
    "subscription ended": N_("subscription ended"),
    "ticket opened": N_("ticket opened"),
    "ticket resolved": N_("ticket resolved"),
    "survey answered": N_("survey answered"),
    "interaction": N_("interaction"),
    "automatic message": N_("automatic message"),
}
# What the timeline can be narrowed to: the tables of each choice.
CHOICES: dict[str, tuple[str, tuple[str, ...]]] = {
    "deals": (N_("Deals"), ("leads", "deals")),
    "orders": (N_("Orders"), ("orders", "subscriptions")),
    "tickets": (N_("Tickets"), ("tickets",)),
    "surveys": (N_("Surveys"), ("surveys",)),
    "interactions": (N_("Interactions"), ("interactions",)),
}
CONSENT = {
    True: N_("may be contacted"),
    False: N_("may not be contacted"),
    None: N_("nobody asked"),
}
WAYS = {
    "email": N_("e-mail"),
    "call": N_("call"),
    "meeting": N_("meeting"),
    "chat": N_("chat"),
    "visit": N_("visit"),
    "event": N_("event"),
    "other": N_("something else"),
    "inbound": N_("inbound"),
    "outbound": N_("outbound"),
}
SURVEYS = ("nps", "csat", "ces")
ON_A_PAGE, IN_A_FILE = 200, 10_000


def _customer(visit: Visit, customer_id: str, *, chosen: bool = True) -> Customer:
    tables = CHOICES.get(visit.get("only") or "", ("", ()))[1] if chosen else ()
    in_file = visit.path.endswith(("/timeline.json", "/timeline.csv"))
    limit = IN_A_FILE if in_file else ON_A_PAGE
    with Asking(visit.project, visit.workspace.as_of) as asking:
        return customer(asking, read(customer_id), tables=tables, limit=limit)


def timeline(visit: Visit, customer_id: str) -> Panel:
    """Return what happened with the customer, the latest first."""
    return _timeline(visit, _customer(visit, customer_id))


def _timeline(visit: Visit, made: Customer) -> Panel:
    notes = []
    if made.count > len(made.events):
        notes.append(
            visit.t(
                N_("The latest {shown} of {count} events; the files have more."),
                shown=visit.reader.count(len(made.events)),
                count=visit.reader.count(made.count),
            )
        )
    rows = [
        {
            "at": event.at,
            "kind": visit.t(KINDS[event.kind]),
            "title": _worded(visit, event, event.title),
            "detail": _worded(visit, event, event.detail),
            "amount": event.amount,
            "score": event.score,
            "person": event.person,
            "id": event.id,
        }
        for event in made.events
    ]
    return Panel(
        "timeline",
        N_("What happened"),
        [
            Column("at", N_("when")),
            Column("kind", N_("what")),
            Column("title", N_("about")),
            Column("detail", N_("detail"), WORDS),
            Column("amount", N_("amount"), VALUE, "money", usually_empty=True),
            Column("score", N_("score"), VALUE, "number", usually_empty=True),
            Column("person", N_("by")),
            Column("id", N_("id")),
        ],
        rows,
        N_("Nothing of this kind has happened."),
        notes=notes,
        wide=True,
        details={"count": made.count},
    )


def _worded(visit: Visit, event: Event, text: str | None) -> str | None:
    """Return what the model itself calls things in the reader's language, other text as it is."""
    if text and event.kind in ("interaction", "automatic message"):
        return visit.t(WAYS.get(text, text))
    return text.upper() if text in SURVEYS and event.kind == "survey answered" else text


def contacts(visit: Visit, customer_id: str) -> Panel:
    """Return the people at the customer; only who consented can be written to with a click."""
    return _contacts(visit, _customer(visit, customer_id))


def _contacts(visit: Visit, made: Customer) -> Panel:
    rows = [
        {
            "name": contact.name or contact.contact_id,
            "email": contact.email,
            "phone": contact.phone,
            "consent": visit.t(CONSENT[contact.consented]),
            "consented": contact.consented,
        }
        for contact in made.contacts
    ]

    def write(row: dict[str, Any]) -> str | None:
        allowed = row["consented"] is True and row["email"]
        return f"mailto:{quote(row['email'], safe='@')}" if allowed else None

    def call(row: dict[str, Any]) -> str | None:
        digits = "".join(sign for sign in row["phone"] or "" if sign in "+0123456789")
        return f"tel:{digits}" if row["consented"] is True and digits else None

    return Panel(
        "contacts",
        N_("People there"),
        [
            Column("name", N_("name")),
            Column("email", N_("e-mail")),
            Column("phone", N_("telephone")),
            Column("consent", N_("consent")),
        ],
        rows,
        N_("No contact of this customer is known."),
        links=[Link("email", write), Link("phone", call)],
    )


def view(visit: Visit, customer_id: str) -> dict[str, Any]:
    """Return what a customer's page shows."""
    made = _customer(visit, customer_id)
    facts, figures, reader = made.facts, made.figures, visit.reader
    since = facts["acquired_at"]
    open_deals = reader.count(figures["open_deals"])
    if figures["open_amount"]:
        open_deals += f" · {reader.value(figures['open_amount'], 'money')}"
    shown = [
        (N_("state"), visit.t(STATES[made.active])),
        (N_("customer since"), since.date().isoformat() if since else ""),
        (N_("orders"), reader.count(figures["orders"])),
        (N_("revenue to date"), _money(visit, figures["revenue"])),
        (N_("margin to date"), _money(visit, figures["margin"])),
        (N_("open deals"), open_deals),
        (N_("open tickets"), reader.count(figures["open_tickets"])),
    ]
    ahead = at_risk(visit, [made.customer_id])
    mine = ahead.rows.get(made.customer_id)
    if mine is not None:
        shown.append((N_("value to come"), _money(visit, mine["clv"])))
        shown.append((N_("risk"), reader.value(mine["risk"], "percent")))
    names = ("segment", "industry", "country", "region", "channel", "campaign", "owner")
    return {
        "heading": facts["name"] or made.customer_id,
        "customer_id": made.customer_id,
        "names": [facts[name] for name in names if facts[name]],
        "figures": [(visit.t(words), said) for words, said in shown if said],
        "why": mine and mine["reason"],
        "record": ahead.record if mine else (),
        "choices": [(name, visit.t(words)) for name, (words, _) in CHOICES.items()],
        "only": visit.get("only") if visit.get("only") in CHOICES else None,
        "panels": [_timeline(visit, made), _contacts(visit, made)],
        "until": over.until(visit),
    }


def _money(visit: Visit, amount: float | None) -> str:
    return "" if amount is None else visit.reader.value(amount, "money")


PANELS = {"timeline": timeline, "contacts": contacts}
PAGE = Page("/customers/{customer_id}", "customer.html", N_("Customers"), view, PANELS)
