"""The tables the algebra reads: the model, with what the store derives once after each load."""

from __future__ import annotations

from dataclasses import replace

from kadar.model import TABLES, Column, Table
from kadar.model.table import boolean, key, moment, money, number, reference, table, text

# Columns that `kadar.derive` adds to a table of the model.
DERIVED: dict[str, tuple[Column, ...]] = {
    "orders": (money("margin", "Revenue less cost; null where either is unknown"),),
    "deals": (moment("lead_created_at", "When the lead the deal came from was created"),),
    "tickets": (
        moment("asked_at", "When the customer began to wait for the first reply"),
        text("schedule", "Schedule it came in under; null for the company's own hours"),
        boolean("resolved_automatically", "A bot resolved it, and no person since"),
        number("response_minutes", "Minutes the customer has waited for the first reply"),
        number("resolution_minutes", "Minutes from creation to the resolution, or so far"),
        number("first_resolved_minutes", "Minutes from creation to the first resolution"),
        number("handled_minutes", "Minutes open, neither closed nor waiting for the customer"),
        number("handled_working_minutes", "Working minutes of the same"),
        number("responded_working_minutes", "Working minutes the first reply was waited for"),
        number("resolved_working_minutes", "Working minutes from creation to the resolution"),
        number("first_resolved_working_minutes", "Working minutes to the first resolution"),
    ),
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
    name: _readable(made) for name, made in {**TABLES, "spells": SPELLS}.items()
}


def local_day(moment_column: str) -> str:
    """Name of the column that holds the company's local day of a moment."""
    return f"{moment_column.removesuffix('_at')}_on"
