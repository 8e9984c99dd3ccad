"""Leads: people or companies who may become customers."""

from kadar.model.table import boolean, key, moment, reference, table, text

TABLE = table(
    "leads",
    "People or companies who may become customers.",
    key("lead_id", "The lead's id in its source"),
    moment("created_at", "When the lead came in"),
    text("channel", "Channel the lead came through"),
    reference("campaign_id", "campaigns", "Campaign the lead came through"),
    reference("owner_id", "people", "Who works on the lead"),
    text("country", "Country"),
    text("status", "Status in the source, as it is written there"),
    moment("converted_at", "When the lead became a customer; null while it has not"),
    reference("customer_id", "customers", "Customer the lead became"),
    reference("deal_id", "deals", "Deal the lead became"),
    moment("disqualified_at", "When the lead was given up"),
    text("disqualified_reason", "Why the lead was given up"),
    boolean("existing_customer", "The lead came from somebody who was a customer already"),
    key="lead_id",
    events={
        "created": "created_at",
        "converted": "converted_at",
        "disqualified": "disqualified_at",
    },
)
