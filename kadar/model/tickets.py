"""Tickets: questions and problems of customers."""

from kadar.model.table import Check, choice, integer, key, moment, reference, table, text

TABLE = table(
    "tickets",
    "Questions and problems of customers.",
    key("ticket_id", "The ticket's id in its source"),
    reference("customer_id", "customers", "Whose it is"),
    text("channel", "Channel it came through"),
    text("category", "What it is about"),
    text("priority", "Priority"),
    reference("owner_id", "people", "Who works on it"),
    moment("created_at", "When it came in"),
    moment("responded_at", "First reply by a person; null while there is none"),
    moment("resolved_at", "Latest resolution; null while the ticket is open"),
    moment("first_resolved_at", "First resolution"),
    integer("reopened", "How often it was reopened"),
    choice("status", ("open", "resolved"), "How the ticket stands", stands=True),
    text("stage", "Status in the source, as it is written there"),
    moment("automated_reply_at", "First automatic reply; it never counts as a response"),
    key="ticket_id",
    events={
        "created": "created_at",
        "responded": "responded_at",
        "resolved": "resolved_at",
        "first_resolved": "first_resolved_at",
    },
    states={"open": ("created_at", "resolved_at")},
    checks=[
        Check("reopened", "reopened >= 0", "a count below zero", "correct it in the source"),
    ],
)
