"""Orders: what was bought; a refund is a negative order."""

from kadar.model.table import CURRENCY, key, moment, money, reference, table, text

TABLE = table(
    "orders",
    "What was bought, or invoiced; a refund is an order with negative amounts.",
    key("order_id", "The order's id in its source"),
    reference("customer_id", "customers", "Who bought"),
    reference("deal_id", "deals", "Deal the order came from"),
    text("channel", "Channel the order came through"),
    reference("campaign_id", "campaigns", "Campaign the order came through"),
    moment("ordered_at", "When it was bought", required=True),
    money("revenue", "Net revenue of the order"),
    money("cost", "Cost of what was sold; null where unknown"),
    CURRENCY,
    key="order_id",
    events={"ordered": "ordered_at"},
)
