"""What the events of tickets say: replies, resolutions, reopenings, and when nothing was waiting.

Events are taken in the order of their moments, whatever order they came in. A ticket is open
until its first resolution; an event that changes nothing (a reopening of an open ticket that was
never closed apart) is a repetition and does not count. Two opposite events at one moment, as
dates without a time have, leave a ticket as it was: resolved and reopened, or paused and resumed.
"""

from __future__ import annotations

from dataclasses import dataclass

from kadar.derive.derivation import literal
from kadar.derive.projection import Shared


@dataclass(frozen=True)
class History:
    """Relations made of the events.

    `tickets`: one row a ticket. `stops`: when a ticket was paused or closed, not overlapping;
    `ends` is null while it lasts. `openings`: the effective reopenings.
    """

    tickets: str
    stops: str
    openings: str


def history(shared: Shared) -> History | None:
    """Read the events of tickets; `None` where there are none."""
    work = shared.work
    if not work.value(f"SELECT count(*) FROM {work.model('ticket_events')}"):
        return None
    events = work.temporary("ticket events", _events(shared))
    turns = work.temporary("ticket turns", _TURNS.format(events=events))
    runs = work.temporary("ticket runs", _RUNS.format(turns=turns))
    return History(
        work.temporary("ticket histories", _TICKETS.format(events=events, runs=runs)),
        work.temporary("ticket stops", _STOPS.format(events=events, turns=turns)),
        work.temporary(
            "ticket openings", f"SELECT ticket_id, turned_at FROM {runs} WHERE event = 'reopened'"
        ),
    )


def _events(shared: Shared) -> str:
    """SQL for the events, each with whether a machine did it.

    The event says so itself; else its owner is one of the company's bots, or it is the reply the
    ticket calls automatic. An event of nobody in particular is a person's.
    """
    bots = ", ".join(literal(name.strip().lower()) for name in shared.work.tickets.bots) or "NULL"
    named = " OR ".join(
        f"lower(trim(p.{column})) IN ({bots})" for column in ("name", "email", "role")
    )
    return f"""
        SELECT e.ticket_id, e.occurred_at, e.event, coalesce(e.automated,
            lower(trim(e.owner_id)) IN ({bots}) OR {named}
                OR (e.event = 'responded' AND e.occurred_at = t.automated_reply_at),
            FALSE) AS automated
        FROM {shared.current["ticket_events"]} e
            LEFT JOIN {shared.current["people"]} p ON p.person_id = e.owner_id
            LEFT JOIN {shared.current["tickets"]} t ON t.ticket_id = e.ticket_id
    """


# Resolutions and reopenings in order. `step` orders the two of one moment so that they cancel.
_TURNS = """
    WITH moments AS (
        SELECT ticket_id, occurred_at, count(DISTINCT event) AS events,
            CASE WHEN count(DISTINCT event) = 1 THEN any_value(event) END AS event,
            bool_and(automated) FILTER (event = 'resolved') AS automated
        FROM {events} WHERE event IN ('resolved', 'reopened') GROUP BY ticket_id, occurred_at
    ), standing AS (
        SELECT *, last_value(event IGNORE NULLS) OVER (PARTITION BY ticket_id
            ORDER BY occurred_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
        FROM moments
    )
    SELECT ticket_id, occurred_at, 1 AS step, coalesce(event,
        CASE WHEN before = 'resolved' THEN 'reopened' ELSE 'resolved' END) AS event, automated
    FROM standing
    UNION ALL
    SELECT ticket_id, occurred_at, 2, CASE WHEN before = 'resolved' THEN 'resolved'
        ELSE 'reopened' END, automated
    FROM standing WHERE events = 2
"""

# What is repeated without a change between is one; a person's resolution goes before a machine's.
_RUNS = """
    SELECT ticket_id, run, any_value(event) AS event,
        coalesce(min(occurred_at) FILTER (NOT automated), min(occurred_at)) AS turned_at,
        bool_and(coalesce(automated, FALSE)) AS automated
    FROM (
        SELECT *, sum(changed) OVER (PARTITION BY ticket_id ORDER BY occurred_at, step) AS run
        FROM (
            SELECT * EXCLUDE (automated),
                CASE WHEN event = 'resolved' THEN automated END AS automated,
                CAST(event IS DISTINCT FROM lag(event) OVER (
                    PARTITION BY ticket_id ORDER BY occurred_at, step) AS INTEGER) AS changed
            FROM {turns}
        )
    ) GROUP BY ticket_id, run
"""

_TICKETS = """
    SELECT e.*, r.* EXCLUDE (ticket_id), coalesce(r.reopenings, 0) AS reopened
    FROM (
        SELECT ticket_id, min(occurred_at) FILTER (event = 'responded' AND NOT automated)
            AS responded_at FROM {events} GROUP BY ticket_id
    ) e LEFT JOIN (
        SELECT ticket_id, count(*) FILTER (event = 'reopened') AS reopenings,
            max(turned_at) FILTER (event = 'reopened') AS last_reopened_at,
            coalesce(min(turned_at) FILTER (event = 'resolved' AND NOT automated),
                min(turned_at) FILTER (event = 'resolved')) AS first_resolved_at,
            max(turned_at) FILTER (event = 'resolved') AS last_resolved_at,
            arg_max(automated, run) FILTER (event = 'resolved') AS last_automated,
            bool_and(automated) FILTER (event = 'resolved') AS first_automated,
            arg_max(event, run) = 'resolved' AS resolved
        FROM {runs} GROUP BY ticket_id
    ) r ON r.ticket_id = e.ticket_id
"""

_STOPS = """
    WITH marks AS (
        SELECT ticket_id, occurred_at, step, event, event AS turn FROM {turns}
        UNION ALL
        SELECT ticket_id, occurred_at, 3, any_value(event), NULL
        FROM {events} WHERE event IN ('paused', 'resumed')
        GROUP BY ticket_id, occurred_at HAVING count(DISTINCT event) = 1
    ), standing AS (
        SELECT *, last_value(turn IGNORE NULLS) OVER (PARTITION BY ticket_id
            ORDER BY occurred_at, step ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS stands
        FROM marks
    ), phases AS (
        SELECT ticket_id, event, occurred_at AS begins, lead(occurred_at) OVER (
            PARTITION BY ticket_id ORDER BY occurred_at, step) AS ends
        FROM standing WHERE turn IS NOT NULL OR stands IS DISTINCT FROM 'resolved'
    )
    SELECT ticket_id, CASE event WHEN 'paused' THEN 'paused' ELSE 'closed' END AS state,
        begins, ends
    FROM phases WHERE event IN ('paused', 'resolved') AND begins IS DISTINCT FROM ends
"""
