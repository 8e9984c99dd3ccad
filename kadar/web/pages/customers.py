"""Customers: found by name, e-mail or id, each with what it is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kadar.asking import Asking
from kadar.insight.customers import MARGIN, REVENUE, SORTS, WON, Found
from kadar.insight.customers import customers as list_customers
from kadar.language import N_
from kadar.web import over
from kadar.web.at_risk import at_risk
from kadar.web.customer_link import customer_url
from kadar.web.page import Page
from kadar.web.panel import COUNT, SHARE, VALUE, Column, Link, Panel

if TYPE_CHECKING:
    from kadar.web.visit import Visit

ON_A_PAGE = 50
IN_A_FILE = 10_000
VALUES = {
    MARGIN: N_("margin to date"),
    REVENUE: N_("revenue to date"),
    WON: N_("won to date"),
    None: N_("value"),
}
BY = {
    "value": N_("value"),
    "recent": N_("last purchase"),
    "acquired": N_("newest"),
    "name": N_("name"),
}
STATES = {True: N_("active"), False: N_("left"), None: N_("not a customer yet")}


def _found(visit: Visit) -> Found:
    in_file = visit.path.endswith(("/customers.json", "/customers.csv"))
    with Asking(visit.project, visit.workspace.as_of) as asking:
        return list_customers(
            asking,
            visit.get("q") or "",
            sort=visit.get("sort") or SORTS[0],
            limit=IN_A_FILE if in_file else ON_A_PAGE,
            offset=0 if in_file else ON_A_PAGE * (_number(visit) - 1),
        )


def _number(visit: Visit) -> int:
    asked = visit.get("page") or ""
    return min(max(int(asked), 1), 1_000_000) if asked.isdecimal() and len(asked) < 8 else 1


def customers(visit: Visit) -> Panel:
    """Return one page of the customers that meet the search; files have the first 10,000."""
    return _panel(visit, _found(visit))


def _panel(visit: Visit, found: Found) -> Panel:
    ahead = at_risk(visit, [line.customer_id for line in found.rows])
    nothing: dict[str, Any] = {}
    rows = [
        {
            "risk": ahead.rows.get(line.customer_id, nothing).get("risk"),
            "to_come": ahead.rows.get(line.customer_id, nothing).get("clv"),
            "name": line.name or line.customer_id,
            "customer_id": line.customer_id,
            "value": line.value,
            "orders": line.orders,
            "last_at": line.last_at.date() if line.last_at else None,
            "state": visit.t(STATES[line.active]),
            "segment": line.segment,
            "country": line.country,
            "channel": line.channel,
            "owner": line.owner,
            "acquired_at": line.acquired_at.date() if line.acquired_at else None,
        }
        for line in found.rows
    ]
    return Panel(
        "customers",
        N_("Customers"),
        [
            Column("name", N_("name")),
            Column("customer_id", N_("id")),
            Column("value", VALUES[found.value], VALUE, "money"),
            Column("orders", N_("won deals") if found.value == WON else N_("orders"), COUNT),
            Column("last_at", N_("last purchase")),
            *(
                [
                    Column("risk", N_("risk"), SHARE),
                    Column("to_come", N_("value to come"), VALUE, "money"),
                ]
                if ahead.rows
                else []
            ),
            Column("state", N_("state")),
            Column("segment", N_("segment")),
            Column("country", N_("country")),
            Column("channel", N_("channel")),
            Column("owner", N_("owner")),
            Column("acquired_at", N_("customer since")),
        ],
        rows,
        N_("No customer meets the search.") if visit.get("q") else N_("There is no customer here."),
        notes=ahead.record,
        links=[Link("name", lambda row: customer_url(visit, row["customer_id"]))],
        details={"count": found.count, "value": found.value},
    )


def view(visit: Visit) -> dict[str, Any]:
    """Return what the page of customers shows."""
    found = _found(visit)
    number = _number(visit)
    last = max(1, -(-found.count // ON_A_PAGE))
    guide = None
    if not found.count and not visit.get("q"):
        guide = over.guide(
            visit,
            visit.t(N_("There are no customers yet")),
            visit.t(N_("Customers come from the table customers, or from orders, subscriptions "
                       "and won deals that name one.")),
            "customers", "orders",
        )  # fmt: skip
    return {
        "heading": visit.t(PAGE.title),
        "guide": guide,
        "panel": _panel(visit, found),
        "count": visit.t(N_("{count} customers"), count=visit.reader.count(found.count)),
        "sorts": [(name, visit.t(words)) for name, words in BY.items()],
        "sort": visit.get("sort") or SORTS[0],
        "number": number,
        "last": last,
        "shown": visit.t(
            N_("page {number} of {last}"),
            number=visit.reader.count(number),
            last=visit.reader.count(last),
        ),
        "until": over.until(visit),
    }


PANELS = {"customers": customers}
PAGE = Page("/customers", "customers.html", N_("Customers"), view, PANELS, place=5, key="u")
