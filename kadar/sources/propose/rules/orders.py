"""Orders: revenue and cost that must be worked out, and files with a row for each product."""

from __future__ import annotations

from kadar.sources.propose.draft import Draft, has, shown
from kadar.store.sql import quoted


def refine(draft: Draft) -> None:
    """Work out revenue and cost where the file gives their parts."""
    price, quantity = draft.fields.get("unit_price"), draft.fields.get("quantity")
    if "revenue" not in draft.columns and price and quantity:
        draft.fields["revenue"] = price
        draft.expression("revenue", f"{quoted(quantity.header)} * {quoted(price.header)}")
    profit = draft.fields.get("profit")
    if "cost" not in draft.columns and profit and "revenue" in draft.columns:
        revenue = draft.columns["revenue"].removeprefix("= ")
        if not draft.columns["revenue"].startswith("="):
            revenue = quoted(revenue)
        draft.expression("cost", f"{revenue} - {quoted(profit.header)}")
    number = draft.fields.get("order_id")
    if (
        number is not None
        and not number.unique
        and has(
            draft,
            "Product",
            "Product Name",
            "SKU",
            "Stock Code",
            "Description",
            "产品名称",
            "Produk",
        )
    ):
        draft.drop("order_id")
        rows = next((f for f in draft.all_fields if f.keys[0] == "rowid" and f.unique), None)
        if rows is not None:
            draft.map("order_id", rows)
        draft.notes.append(
            f"order_id: {shown([number.header])} stands on several rows, one for each product; "
            "each row is taken as an order of its own, so revenue is right and the number of "
            "orders is that of their rows"
        )
