"""Subscriptions: contracts that run from one moment to another."""

from kadar.model.table import (
    CURRENCY,
    Check,
    boolean,
    key,
    moment,
    money,
    reference,
    table,
    text,
)

TABLE = table(
    "subscriptions",
    "Contracts that run; a change of plan or price ends one row and begins another.",
    key("subscription_id", "The subscription's id in its source"),
    reference("customer_id", "customers", "Who subscribes", required=True),
    text("plan", "Plan"),
    moment("started_at", "When it began", required=True, scheduled=True),
    moment(
        "ended_at",
        "The first moment it no longer runs; null while no end is known",
        scheduled=True,
    ),
    money("monthly_amount", "Recurring revenue a month"),
    CURRENCY,
    text("end_reason", "Why it ended"),
    boolean("involuntary", "It ended against the customer's will (a failed payment)"),
    key="subscription_id",
    events={"started": "started_at", "ended": "ended_at"},
    states={"running": ("started_at", "ended_at")},
    checks=[
        Check(
            "ended_at",
            "ended_at >= started_at",
            "the subscription ends before it begins",
            "correct one of the two dates in the source",
        )
    ],
)
