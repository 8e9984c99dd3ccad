"""Customers: the companies or people who buy, or may."""

from kadar.model.table import key, moment, reference, table, text

TABLE = table(
    "customers",
    "Companies or people who buy, or may.",
    key("customer_id", "The customer's id in its source"),
    text("name", "Name of the company or person"),
    text("segment", "Segment the company puts the customer in"),
    text("industry", "Industry"),
    text("country", "Country"),
    text("region", "Region within or above the country"),
    text("channel", "Channel the customer came through"),
    reference("campaign_id", "campaigns", "Campaign the customer came through"),
    reference("owner_id", "people", "Who looks after the customer"),
    moment("created_at", "When the record was created"),
    moment(
        "acquired_at",
        "First became a paying customer; where absent, the first won deal, order or subscription",
    ),
    reference("merged_into", "customers", "The customer this record was merged into"),
    key="customer_id",
    events={"created": "created_at", "acquired": "acquired_at"},
)
