"""Spend: what acquiring customers cost."""

from kadar.model.table import CURRENCY, choice, key, moment, money, reference, table, text

TABLE = table(
    "spend",
    "What acquiring customers cost.",
    key("spend_id", "The entry's id in its source"),
    moment("spent_at", "When it was spent", required=True),
    text("channel", "Channel it was spent on"),
    reference("campaign_id", "campaigns", "Campaign it was spent on"),
    choice(
        "category",
        (
            "media",
            "agency",
            "tools",
            "salaries",
            "commissions",
            "events",
            "overhead",
            "other",
        ),
        "What it was spent on",
    ),
    choice("team", ("marketing", "sales"), "Which team spent it"),
    money("amount", "How much", required=True),
    CURRENCY,
    key="spend_id",
    events={"spent": "spent_at"},
    planned=True,
)
