"""Exchange rates: what a unit of a currency is worth in the company's."""

from kadar.model.table import Check, key, moment, number, table

TABLE = table(
    "fx_rates",
    "What one unit of a currency is worth in the company's currency, from a moment on.",
    key("currency", "ISO 4217 code"),
    moment("valid_at", "From when the rate holds", required=True, scheduled=True),
    number("rate", "Company currency per unit", required=True),
    key=("currency", "valid_at"),
    checks=[
        Check("rate", "rate > 0", "a rate that is not above zero", "correct it in the source"),
    ],
)
