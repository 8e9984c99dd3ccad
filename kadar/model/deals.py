"""Deals: chances to sell, open, won or lost."""

from kadar.model.table import (
    CURRENCY,
    choice,
    key,
    moment,
    money,
    reference,
    table,
    text,
)

TABLE = table(
    "deals",
    "Chances to sell (opportunities), open, won or lost.",
    key("deal_id", "The deal's id in its source"),
    reference("customer_id", "customers", "Who would buy"),
    reference("lead_id", "leads", "Lead the deal came from"),
    text("name", "Name of the deal"),
    choice("kind", ("new", "renewal", "expansion"), "New business, a renewal or an expansion"),
    text("channel", "Channel the deal came through"),
    reference("campaign_id", "campaigns", "Campaign the deal came through"),
    reference("owner_id", "people", "Who sells"),
    moment("created_at", "When the deal was opened"),
    moment("closed_at", "When the deal was last closed, won or lost; null while it is open"),
    moment("expected_close_at", "When the deal is expected to close", scheduled=True),
    text("stage", "Stage in the source, as it is written there"),
    choice("outcome", ("open", "won", "lost"), "How the deal stands", stands=True),
    text("lost_reason", "Why the deal was lost"),
    money("amount", "Value of the deal"),
    CURRENCY,
    text("product", "Product or product line"),
    key="deal_id",
    events={
        "created": "created_at",
        "closed": "closed_at",
        "expected": "expected_close_at",
    },
    states={"open": ("created_at", "closed_at")},
)
