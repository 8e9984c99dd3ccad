"""What each derived table is made of, beside its own rows in the model."""

# Merged customers and exchange rates may touch any table that names a customer or holds money.
FEEDS: dict[str, tuple[str, ...]] = {
    "customers": ("orders", "subscriptions", "deals"),
    "deals": ("leads",),
    "leads": ("deals", "interactions"),
    "order_lines": ("orders",),
    "deal_stages": ("deals",),
    "spells": ("orders", "subscriptions"),
    "tickets": ("ticket_events",),
}
