"""The tables the algebra reads: the model, with what the store derives once after each load."""

from __future__ import annotations

from dataclasses import replace

from kadar.model import TABLES, Column, Table
from kadar.model.table import boolean, key, moment, money, number, reference, table, text

# Columns that `kadar.derive` adds to a table of the model.
DERIVED: dict[str, tuple[Column, ...]] = {
    "orders": (money("margin", "Revenue less cost; null where either is unknown"),),
    "deals": (moment("lead_created_at", "When the lead the deal came from was created"),),
    "leads": (moment("contacted_at", "First contact by a person: outbound, not automated"),),
    "tickets": (
        moment("asked_at", "When the customer began to wait for the first reply"),
        text("schedule", "Schedule it came in under; null for the company's own hours"),
        boolean("resolved_automatically", "Its latest resolution is a bot's"),
        boolean("first_resolved_automatically", "Only bots have ever resolved it"),
        number("response_minutes", "Minutes the customer waited for the first reply, or so far"),
        number("response_working_minutes", "Working minutes of the same"),
        number("resolution_minutes", "Minutes from creation to the resolution, or so far"),
        number("resolution_working_minutes", "Working minutes of the same"),
        number("first_resolution_minutes", "Minutes from creation to the first resolution"),
        number("first_resolution_working_minutes", "Working minutes of the same"),
        number("handled_minutes", "Minutes open, neither closed nor waiting for the customer"),
        number("handled_working_minutes", "Working minutes of the same"),
    ),
}
# Derived columns and what of the model they are made of, for whoever lacks it.
MADE_OF: dict[tuple[str, str], tuple[str, ...]] = {
    ("tickets", f"{clock}_{unit}"): ("created_at", moment_)
    for clock, moment_ in (
        ("response", "responded_at"),
        ("resolution", "resolved_at"),
        ("first_resolution", "first_resolved_at"),
        ("handled", "resolved_at"),
    )
    for unit in ("minutes", "working_minutes")
}
EVENTS = {"deals": {"lead_created": "lead_created_at"}}

SPELLS = table(
    "spells",
    "Unbroken times in which a customer is active: the one notion of an active customer.",
    key("spell_id", "Number of the spell"),
    reference("customer_id", "customers", "The customer"),
    moment("started_at", "When the customer became active", scheduled=True),
    moment("ended_at", "When the customer stopped being active", scheduled=True),
    text("end_reason", "Why the customer left"),
    boolean("involuntary", "The customer left against their will"),
    Column("previous_end", "instant", "End of the customer's spell before"),
    Column("next_start", "instant", "Start of the customer's spell after"),
    key="spell_id",
    events={"started": "started_at", "ended": "ended_at"},
    states={"active": ("started_at", "ended_at")},
)

# Not of the store: made when a formula reads it, by `kadar.forecasts.predictions`.
FORECAST = "predictions"
PREDICTIONS = table(
    FORECAST,
    "What each customer is expected to bring, as it was to be known at the close of a month.",
    reference("customer_id", "customers", "The customer", required=True),
    moment("predicted_at", "The last moment known to the forecast", required=True, scheduled=True),
    boolean("active", "Under contract then; without contracts every customer is"),
    number("frequency", "Repeat purchases; under contract, renewals behind the customer"),
    number("recency", "Days from the first purchase to the last"),
    number("age", "Days from the first purchase, or the start of the contract, to the forecast"),
    number("monetary_value", "Mean of a repeat purchase; under contract, of a month"),
    number("brought", "What the customer had brought by then"),
    number("expected_purchases", "Purchases (months under contract) to expect in the horizon"),
    number("purchases_low", "The same, the 2.5 % quantile"),
    number("purchases_high", "The same, the 97.5 % quantile"),
    number("expected_spend", "What one of them is expected to come to"),
    number("clv", "What the customer is expected to bring in the horizon, discounted"),
    number("clv_low", "The same at the low quantile of purchases"),
    number("clv_high", "The same at the high quantile of purchases"),
    number("probability_alive", "Probability that the customer has not left"),
    number("risk", "Probability of no purchase, or that the contract ends, within six months"),
    number("horizon_months", "Months the value looks ahead"),
    number("discount", "Discount a year"),
    key=("customer_id", "predicted_at"),
    events={"made": "predicted_at"},
)


def _readable(made: Table) -> Table:
    extra = list(DERIVED.get(made.name, ()))
    if "currency" in made:
        extra.append(boolean("rate_missing", "No exchange rate is known at the row's date"))
    if made.name in TABLES:
        extra.append(text("source", "The configured source that wrote the row"))
    days = [
        Column(f"{column.name.removesuffix('_at')}_on", "day", f"Local day of {column.name}")
        for column in (*made.columns, *extra)
        if column.type == "moment"
    ]
    return replace(
        made,
        columns=(*made.columns, *extra, *days),
        events={**made.events, **EVENTS.get(made.name, {})},
    )


READABLE: dict[str, Table] = {
    name: _readable(made)
    for name, made in {
        **TABLES,
        "spells": SPELLS,
        FORECAST: PREDICTIONS,
    }.items()
}


def local_day(moment_column: str) -> str:
    """Name of the column that holds the company's local day of a moment."""
    return f"{moment_column.removesuffix('_at')}_on"
