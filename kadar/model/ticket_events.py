"""Ticket events: what happened to a ticket, in order."""

from kadar.model.table import Column, boolean, moment, reference, table

TABLE = table(
    "ticket_events",
    "What happened to a ticket, in order.",
    reference("ticket_id", "tickets", "The ticket", required=True),
    moment("occurred_at", "When it happened", required=True),
    Column(
        "event",
        "text",
        "What happened",
        required=True,
        choices=(
            "created",
            "assigned",
            "responded",
            "resolved",
            "reopened",
            "paused",
            "resumed",
        ),
    ),
    reference("owner_id", "people", "Who did it"),
    boolean("automated", "A bot or a rule did it, no person; it never stops a clock"),
    key=("ticket_id", "occurred_at", "event"),
    events={"occurred": "occurred_at"},
)
