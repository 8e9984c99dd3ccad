"""`crm.spells`: from when to when each customer was active."""

from __future__ import annotations

from kadar.derive.derivation import Derivation
from kadar.derive.orders import purchases
from kadar.derive.projection import Shared

# Moments are whole microseconds here; a spell without an end ends after all of them.
_ENDLESS = 2**63 - 1
_DAY = 86_400_000_000


def build(shared: Shared) -> None:
    """Make `crm.spells`: per customer they never overlap or touch.

    With contracts, the time subscriptions run, gaps of up to `grace_days` bridged. Without, each
    purchase keeps its customer active for `inactive_after_days`. Days are the company's local
    ones: 90 days after 1 January 00:00 is 1 April 00:00, whatever the clocks do in between.

    `previous_end` and `next_start` are those of the customer's neighbouring spells: they tell
    where a spell is the customer's only one in a period.
    """
    work = shared.work
    spells = _of_subscriptions(work) if work.company.contract else _of_purchases(shared)
    work.run(
        f"""
        CREATE TABLE {work.crm("spells")} AS
        SELECT *, {work.day("started_at")} AS started_on, {work.day("ended_at")} AS ended_on FROM (
            SELECT customer_id || '#' || row_number() OVER own AS spell_id,
                customer_id, make_timestamptz(started) AS started_at,
                make_timestamptz(nullif(ended, {_ENDLESS})) AS ended_at,
                end_reason, involuntary,
                make_timestamptz(lag(ended) OVER own) AS previous_end,
                make_timestamptz(lead(started) OVER own) AS next_start
            FROM ({spells}) WINDOW own AS (PARTITION BY customer_id ORDER BY started)
        )
        """
    )


def _of_subscriptions(work: Derivation) -> str:
    """Query for the spells of a company with contracts: overlaps merged, gaps bridged."""
    join, reach = _later(work, "subscriptions", "ended_at", work.company.grace_days)
    return f"""
        SELECT customer_id, spell, min(started) AS started, max(ended) AS ended,
            arg_max_null(end_reason, (ended, started, id)) AS end_reason,
            arg_max_null(involuntary, (ended, started, id)) AS involuntary
        FROM (
            SELECT *, sum(CASE WHEN started <= before THEN 0 ELSE 1 END) OVER running AS spell
            FROM (
                SELECT *, max(reach) OVER (PARTITION BY customer_id ORDER BY started, id
                    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
                FROM (
                    SELECT customer_id, subscription_id AS id, end_reason, involuntary,
                        epoch_us(started_at) AS started,
                        coalesce(epoch_us(ended_at), {_ENDLESS}) AS ended,
                        coalesce({reach}, {_ENDLESS}) AS reach
                    FROM {work.crm("subscriptions")} {join}
                ) WHERE ended > started
            ) WINDOW running AS (PARTITION BY customer_id ORDER BY started, id)
        ) GROUP BY customer_id, spell
    """


def _of_purchases(shared: Shared) -> str:
    """Query for the spells of a company without contracts.

    All windows are equally long, so a spell begins where the purchase before no longer reaches,
    and ends where the purchase before the next beginning does: one sort of the orders.
    """
    work = shared.work
    join, reach = _later(work, "orders", "ordered_at", work.company.inactive_after_days)
    windows = work.temporary(
        "purchases",
        f"""
        SELECT customer_id, epoch_us(ordered_at) AS started, {reach} AS ended
        FROM ({purchases(shared)}) {join} WHERE purchase AND {reach} > epoch_us(ordered_at)
        """,
    )
    return f"""
        SELECT customer_id, started, row_number() OVER in_order AS spell,
            coalesce(lead(before) OVER in_order, latest) AS ended,
            CAST(NULL AS VARCHAR) AS end_reason, CAST(NULL AS BOOLEAN) AS involuntary
        FROM (
            SELECT customer_id, started, lag(ended) OVER of_customer AS before,
                last_value(ended) OVER (of_customer
                    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS latest
            FROM {windows} WINDOW of_customer AS (PARTITION BY customer_id ORDER BY started)
        )
        WHERE before IS NULL OR started > before
        WINDOW in_order AS (PARTITION BY customer_id ORDER BY started)
    """


def _later(work: Derivation, table: str, moment: str, days: int) -> tuple[str, str]:
    """SQL for a moment so many local days later, in microseconds: a join, and the expression.

    The time since the day opened is kept, cut where the later day is shorter.
    """
    if work.days is None or work.days.steady or not days:
        return "", f"(epoch_us({moment}) + {days * _DAY})"
    calendar = work.crm("calendar")
    shifted = work.temporary(
        f"{days} days later",
        f"""
        SELECT c.day, epoch_us(c.opens_at) AS opens, epoch_us(l.opens_at) AS later_opens,
            epoch_us(l.closes_at) AS later_closes
        FROM {calendar} c JOIN {calendar} l ON l.day = c.day + {days}
        """,
    )
    return (
        f"LEFT JOIN {shifted} later ON later.day = {work.day(moment, table)}",
        f"least(epoch_us({moment}) - opens + later_opens, "
        f"CASE WHEN {moment} IS NOT NULL THEN later_closes END)",
    )
