"""Service: what waits in which queue, and the hours in which tickets come in and wait."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kadar.asking import Asking
from kadar.given import filters
from kadar.insight import queues as read
from kadar.insight.hours import Hour, hours
from kadar.language import N_
from kadar.web import over
from kadar.web.customer_link import customer_url
from kadar.web.page import Page
from kadar.web.panel import AGE, COUNT, VALUE, Column, Link, Panel

if TYPE_CHECKING:
    from kadar.charts.theme import Theme
    from kadar.measure.question import Filter
    from kadar.show.reader import Reader
    from kadar.web.visit import Visit

QUEUES = N_("Queues")
OPEN = N_("The oldest open tickets")
ARRIVALS = N_("When tickets come in")
WAITS = N_("How long they wait for a reply")
FEW = 5  # answered tickets below which a median is drawn pale
TITLES = {
    "channel": N_("channel"),
    "category": N_("category"),
    "priority": N_("priority"),
    "owner_id": N_("owner"),
    "stage": N_("stage"),
}


def _by(visit: Visit) -> str:
    asked = visit.get("by")
    return asked if asked in read.DIMENSIONS else read.DIMENSIONS[0]


def _where(visit: Visit) -> list[Filter]:
    return filters(visit.where)


def queues(visit: Visit) -> Panel:
    """Return the open tickets by queue, with how fast its tickets were answered and resolved."""
    by = _by(visit)
    with Asking(visit.project, visit.workspace.as_of) as asking:
        waiting = {queue.group: queue for queue in read.queues(asking, by, _where(visit))}
        names = _people(asking) if by == "owner_id" else {}
    answered = over.ask(visit, "first_response_time", by=by)
    resolved = over.ask(visit, "resolution_time", by=by)
    rows: list[dict[str, Any]] = []
    for group in dict.fromkeys([*waiting, *answered.rows, *resolved.rows]):
        queue, first, whole = waiting.get(group), answered[group], resolved[group]
        rows.append(
            {by: group, "name": names.get(group, group),
             "open": queue.open if queue else 0,
             "unanswered": queue.unanswered if queue else 0,
             "median_age": queue.median_age if queue else None,
             "oldest_age": queue.oldest_age if queue else None,
             "first_response": first.value if first else None,
             "resolution": whole.value if whole else None}
        )  # fmt: skip

    def draw(theme: Theme, reader: Reader) -> Any:
        from kadar.charts.bars import bars

        drawn = [{"name": row["name"], "value": row["open"], "shown": reader.count(row["open"])}
                 for row in rows if row["open"]]  # fmt: skip
        labels = {"value": reader.t(N_("open tickets")), "name": reader.t(TITLES[by]),
                  "none": reader.t(N_("(none)"))}  # fmt: skip
        return bars(drawn, name="name", unit="number", theme=theme, labels=labels)

    def of(row: dict[str, Any]) -> str:
        return visit.here(by=by, queue=row[by] or "-") + "#open"

    return Panel(
        "queues",
        QUEUES,
        [
            Column("name", TITLES[by]),
            Column("open", N_("open"), COUNT),
            Column("unanswered", N_("unanswered"), COUNT),
            Column("median_age", N_("median age"), AGE),
            Column("oldest_age", N_("oldest"), AGE),
            Column("first_response", N_("first reply"), VALUE, "hours"),
            Column("resolution", N_("resolution"), VALUE, "hours"),
        ],
        rows,
        N_("No ticket is open, and none came in during the span."),
        draw if any(row["open"] for row in rows) else None,
        notes=[
            visit.t(
                N_("Open as the data ends; first reply and resolution are medians of the span.")
            ),
            *over.refusals([answered, resolved]),
        ],
        links=[Link("name", of)],
        open_table=True,
        wide=True,
        details={"by": by},
    )


def _people(asking: Asking) -> dict[str, str]:
    found = asking.engine.run("SELECT person_id, name FROM crm.people WHERE name IS NOT NULL")
    return dict(zip(found["person_id"], found["name"], strict=True))


def open_tickets(visit: Visit) -> Panel:
    """Return the oldest open tickets, of the queue that is chosen."""
    group = visit.get("queue")
    with Asking(visit.project, visit.workspace.as_of) as asking:
        found = read.open_tickets(
            asking,
            _by(visit) if group else None,
            None if group == "-" else group,
            _where(visit),
        )
    rows = [
        {
            "ticket_id": one.ticket_id,
            "age": one.age,
            "answered": visit.t(N_("answered") if one.answered else N_("waits for a reply")),
            "channel": one.channel,
            "category": one.category,
            "priority": one.priority,
            "owner": one.owner or visit.t(N_("(nobody)")),
            "customer": one.customer or one.customer_id,
            "customer_id": one.customer_id,
            "created_at": one.created_at,
        }
        for one in found
    ]
    notes = []
    if group:
        notes.append(visit.t(N_("Only the queue {queue}."), queue=group))
    if len(rows) == read.MOST:
        notes.append(visit.t(N_("The oldest {count}."), count=read.MOST))
    return Panel(
        "open",
        OPEN,
        [
            Column("ticket_id", N_("ticket")),
            Column("age", N_("age"), AGE),
            Column("answered", N_("reply")),
            Column("priority", N_("priority")),
            Column("category", N_("category")),
            Column("channel", N_("channel")),
            Column("owner", N_("owner")),
            Column("customer", N_("customer")),
            Column("created_at", N_("came in")),
        ],
        rows,
        N_("No ticket is open: nobody waits."),
        notes=notes,
        links=[Link("customer", lambda row: customer_url(visit, row["customer_id"]))],
        wide=True,
    )


@dataclass(frozen=True)
class _Grid:
    """What a grid of the week shows; cells with fewer answered tickets than `few` are pale."""

    name: str
    title: str
    value: Callable[[Hour], float | None]
    shown: Callable[[float, Reader], str]
    few: int = 0


_ARRIVALS = _Grid("arrivals", ARRIVALS, lambda one: one.tickets, lambda n, r: r.count(int(n)))
_WAITS = _Grid("waits", WAITS, lambda one: one.wait, lambda h, r: r.number(h, "hours"), FEW)


def arrivals(visit: Visit) -> Panel:
    """Return the tickets created by weekday and hour."""
    return _week(visit, _ARRIVALS)


def waits(visit: Visit) -> Panel:
    """Return the median hours to the first reply by weekday and hour of creation."""
    return _week(visit, _WAITS)


def _week(visit: Visit, grid: _Grid) -> Panel:
    """Return a grid of weekdays and hours."""
    span = over.span(visit)
    found: list[Hour] = []
    if span:
        with Asking(visit.project, visit.workspace.as_of) as asking:
            found = hours(asking, span.since, span.until, _where(visit))
    cells = {(one.weekday, one.hour): one for one in found}
    days = _weekdays(visit)
    drawn: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    for number, day in days:
        row: dict[str, Any] = {"day": day}
        for hour in range(24):
            one = cells.get((number, hour))
            here = grid.value(one or Hour(number, hour, 0, 0, None))
            row[f"h{hour}"] = None if here is None else grid.shown(here, visit.reader)
            drawn.append(
                {"hour": hour, "day": day, "value": here, "shown": row[f"h{hour}"] or "",
                 "unfinished": one is not None and one.answered < grid.few}
            )  # fmt: skip
        rows.append(row)

    def draw(theme: Theme, reader: Reader) -> Any:
        from kadar.charts.heat import heat

        titles = {"x": reader.t(N_("hour")), "y": "", "value": reader.t(grid.title)}
        return heat(drawn, x="hour", y="day", theme=theme, titles=titles)

    zone = visit.project.company.time_zone
    notes = [visit.t(N_("Hours of {zone}, when the ticket came in."), zone=zone)]
    if grid.few:
        notes.append(
            visit.t(
                N_("Median hours; pale where fewer than {count} were answered."), count=grid.few
            )
        )
    return Panel(
        grid.name,
        grid.title,
        [
            Column("day", N_("weekday")),
            *(Column(f"h{hour}", str(hour), bare=True) for hour in range(24)),
        ],
        rows if found else [],
        N_("No ticket came in during the span."),
        draw if found else None,
        notes=notes,
        wide=True,
        broad=True,
        details={"hours": [vars(one) for one in found]},
    )


def _weekdays(visit: Visit) -> list[tuple[int, str]]:
    """Return the weekdays, 1 Monday … 7 Sunday, from the company's first on."""
    from babel.dates import get_day_names

    names = get_day_names("abbreviated", "stand-alone", visit.language)
    first = {"monday": 0, "saturday": 5, "sunday": 6}[visit.project.company.week_starts]
    order = [(first + i) % 7 for i in range(7)]
    return [(day + 1, names[day]) for day in order]


def view(visit: Visit) -> dict[str, Any]:
    """Return what the page of service shows."""
    guide = None
    if not over.carried(visit, "tickets"):
        guide = over.guide(
            visit,
            visit.t(N_("There are no tickets yet")),
            visit.t(N_("Service needs the table tickets; ticket_events adds what befell each.")),
            "tickets", "ticket_events",
        )  # fmt: skip
    return {
        "heading": visit.t(PAGE.title),
        "span": over.said(over.span(visit), visit),
        "intro": visit.t(N_("What waits now and how long, and the hours that need more hands.")),
        "guide": guide,
        "months": over.months(visit),
        "by": _by(visit),
        "dimensions": read.DIMENSIONS,
        "panels": [] if guide else [
            over.shown(queues, visit, "queues", QUEUES),
            over.shown(open_tickets, visit, "open", OPEN),
            over.shown(arrivals, visit, "arrivals", ARRIVALS),
            over.shown(waits, visit, "waits", WAITS),
        ],
        "until": over.until(visit),
    }  # fmt: skip


PANELS = {"queues": queues, "open": open_tickets, "arrivals": arrivals, "waits": waits}
PAGE = Page("/service", "spanned.html", N_("Service"), view, PANELS, place=6, key="s")
