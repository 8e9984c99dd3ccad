"""Order lines: the products of an order."""

from kadar.model.table import key, money, number, reference, table, text

TABLE = table(
    "order_lines",
    "The products of an order; amounts in the order's currency.",
    reference("order_id", "orders", "The order", required=True),
    key("line", "Number of the line within its order"),
    text("product", "Product"),
    text("category", "Category of the product"),
    number("quantity", "How many"),
    money("revenue", "Net revenue of the line"),
    money("cost", "Cost of what was sold; null where unknown"),
    key=("order_id", "line"),
)
