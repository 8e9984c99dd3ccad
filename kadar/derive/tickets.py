"""`crm.tickets`: completed from their events, with the minutes of their clocks."""

from __future__ import annotations

from kadar.derive import ticket_clocks
from kadar.derive.projection import Projection, Shared
from kadar.derive.ticket_history import history


def build(shared: Shared) -> None:
    """Make `crm.tickets`: what a ticket's row does not say, its events do.

    The row's own values win, but for a first response that is the automatic one. A ticket that is
    open has no resolution; the one it had is its first.
    """
    tickets = Projection(shared, "tickets")
    columns = tickets.columns
    responded = "CASE WHEN t.responded_at IS DISTINCT FROM t.automated_reply_at "
    columns["responded_at"] = responded + "THEN t.responded_at END"
    columns["asked_at"] = "t.created_at"
    by_bot = {"resolved": "FALSE", "first_resolved": "FALSE"}
    if events := history(shared):
        tickets.lenders.append("ticket_events")
        tickets.joins.append(f"LEFT JOIN {events.tickets} e ON e.ticket_id = t.ticket_id")
        columns["responded_at"] = f"coalesce({columns['responded_at']}, e.responded_at)"
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
        # who asks again by reopening waits since then, not since a ticket that stood closed
        again = shared.work.temporary(
            "ticket asked again",
            f"""
            SELECT o.ticket_id, max(o.turned_at) AS asked_at
            FROM {events.openings} o JOIN {shared.current["tickets"]} t USING (ticket_id)
                LEFT JOIN {events.tickets} e ON e.ticket_id = o.ticket_id
            WHERE {columns["responded_at"]} IS NULL OR o.turned_at <= {columns["responded_at"]}
            GROUP BY o.ticket_id
            """,
        )
        tickets.joins.append(f"LEFT JOIN {again} a ON a.ticket_id = t.ticket_id")
        columns["asked_at"] = "greatest(t.created_at, a.asked_at)"
        by_bot = {
            "resolved": "e.last_resolved_at AND e.last_automated",
            "first_resolved": "e.first_resolved_at AND e.first_automated",
        }
    stated, resolved = columns["status"], columns["resolved_at"]
    status = f"coalesce({stated}, CASE WHEN {resolved} IS NULL THEN 'open' ELSE 'resolved' END)"
    columns["status"] = status
    columns["resolved_at"] = f"CASE WHEN {status} <> 'open' THEN {resolved} END"
    columns["first_resolved_at"] = (
        f"coalesce({columns['first_resolved_at']}, CASE WHEN {status} = 'open' THEN {resolved} END)"
    )
    for verb, said in by_bot.items():
        columns[f"{verb}_automatically"] = (
            f"coalesce({columns[f'{verb}_at']} = {said}, FALSE)" if events else said
        )
    tickets.moments.append("asked_at")
    completed = shared.work.temporary("tickets completed", tickets.sql())
    ticket_clocks.build(shared, completed, events)
