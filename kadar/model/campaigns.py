"""Campaigns: marketing efforts with a beginning and an end."""

from kadar.model.table import key, moment, table, text

TABLE = table(
    "campaigns",
    "Marketing efforts with a beginning and an end.",
    key("campaign_id", "The campaign's id in its source"),
    text("name", "Name"),
    text("channel", "Channel it runs on"),
    moment("started_at", "When it begins", scheduled=True),
    moment("ended_at", "When it ends", scheduled=True),
    key="campaign_id",
    events={"started": "started_at"},
    states={"running": ("started_at", "ended_at")},
)
