"""Interactions: e-mails, calls, meetings and visits."""

from kadar.model.table import boolean, choice, key, moment, reference, table

TABLE = table(
    "interactions",
    "E-mails, calls, meetings, chats, visits and events, one row each.",
    key("interaction_id", "The interaction's id in its source"),
    reference("customer_id", "customers", "With which customer"),
    reference("contact_id", "contacts", "With which person"),
    reference("lead_id", "leads", "With which lead"),
    moment("occurred_at", "When it took place", required=True),
    choice(
        "kind",
        ("email", "call", "meeting", "chat", "visit", "event", "other"),
        "What it was",
    ),
    choice("direction", ("inbound", "outbound"), "Who began it"),
    boolean("automated", "A machine sent it (a newsletter, an automatic reply)"),
    reference("owner_id", "people", "Who did it"),
    reference("campaign_id", "campaigns", "Campaign it was part of"),
    key="interaction_id",
    events={"occurred": "occurred_at"},
)
