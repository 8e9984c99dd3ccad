"""`crm.tickets`: completed from their events, with working minutes."""

from __future__ import annotations

from kadar.derive.projection import Projection, Shared
from kadar.derive.working_time import WorkingClock

DURATIONS = ("responded", "resolved", "first_resolved")

# What the ticket's events say. Resolved and reopened at one moment (dates without a time): it
# stands resolved if it was resolved more often than reopened.
_EVENTS = """
    SELECT ticket_id,
        min(occurred_at) FILTER (event = 'responded') AS responded_at,
        min(occurred_at) FILTER (event = 'resolved') AS first_resolved_at,
        max(occurred_at) FILTER (event = 'resolved') AS last_resolved_at,
        max(occurred_at) FILTER (event = 'reopened') AS last_reopened_at,
        count(*) FILTER (event = 'reopened') AS reopened,
        CASE
            WHEN last_reopened_at IS NULL THEN last_resolved_at IS NOT NULL
            WHEN last_resolved_at IS NULL THEN FALSE
            WHEN last_resolved_at = last_reopened_at
                THEN count(*) FILTER (event = 'resolved') > reopened
            ELSE last_resolved_at > last_reopened_at
        END AS resolved
    FROM {events} GROUP BY ticket_id
"""


def build(shared: Shared) -> None:
    """Make `crm.tickets`: what a ticket's row does not say, its events do.

    The row's own values win. A ticket that is open has no resolution; the one it had is its
    first. Working minutes run from the ticket's creation.
    """
    work = shared.work
    tickets = Projection(shared, "tickets")
    columns = tickets.columns
    if work.value(f"SELECT count(*) FROM {work.model('ticket_events')}"):
        events = work.temporary(
            "ticket events", _EVENTS.format(events=shared.current["ticket_events"])
        )
        tickets.lenders.append("ticket_events")
        tickets.joins.append(f"LEFT JOIN {events} e ON e.ticket_id = t.ticket_id")
        columns["responded_at"] = "coalesce(t.responded_at, e.responded_at)"
        columns["resolved_at"] = (
            "coalesce(t.resolved_at, CASE WHEN e.resolved THEN e.last_resolved_at END)"
        )
        columns["first_resolved_at"] = "coalesce(t.first_resolved_at, e.first_resolved_at)"
        columns["reopened"] = "coalesce(t.reopened, e.reopened)"
        # the row's own resolution is overtaken only by a later reopening
        columns["status"] = """coalesce(t.status, CASE
            WHEN e.resolved THEN 'resolved'
            WHEN e.last_reopened_at > t.resolved_at THEN 'open'
            WHEN t.resolved_at IS NULL AND e.ticket_id IS NOT NULL THEN 'open' END)"""
    stated, resolved = columns["status"], columns["resolved_at"]
    status = f"coalesce({stated}, CASE WHEN {resolved} IS NULL THEN 'open' ELSE 'resolved' END)"
    columns["status"] = status
    columns["resolved_at"] = f"CASE WHEN {status} <> 'open' THEN {resolved} END"
    columns["first_resolved_at"] = (
        f"coalesce({columns['first_resolved_at']}, CASE WHEN {status} = 'open' THEN {resolved} END)"
    )
    _create(shared, tickets)


def _create(shared: Shared, tickets: Projection) -> None:
    """Add the working minutes in a second turn, by the days of the moments."""
    work = shared.work
    clock = WorkingClock(work)
    joins = [clock.join("c0", "t.created_on")]
    minutes = []
    for at, verb in enumerate(DURATIONS, 1):
        joins.append(clock.join(f"c{at}", f"t.{verb}_on"))
        until, since = clock.reading(f"c{at}", f"t.{verb}_at"), clock.reading("c0", "t.created_at")
        minutes.append(
            f"CASE WHEN t.{verb}_at IS NOT NULL AND t.created_at IS NOT NULL "
            f"THEN ({until} - {since}) / 6e7 END AS {verb}_working_minutes"
        )
    work.run(
        f"CREATE TABLE {work.crm('tickets')} AS SELECT t.*, {', '.join(minutes)} "
        f"FROM ({tickets.sql()}) t {' '.join(joins)}"
    )
