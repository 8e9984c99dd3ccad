"""`crm.carried`: the columns, mapped or derived, that this company's data can carry."""

from __future__ import annotations

from kadar.derive.currency import MOMENTS
from kadar.derive.derivation import Derivation, day_column

Columns = set[tuple[str, str]]


def build(work: Derivation) -> None:
    """Make `crm.carried`."""
    mapped: Columns = set(
        work.rows(f'SELECT DISTINCT "table", "column" FROM {work.meta("carried")}')
    )
    found = carried(mapped, contract=work.company.contract, days=work.days is not None)
    work.run(
        f'CREATE TABLE {work.crm("carried")} ("table" VARCHAR NOT NULL, "column" VARCHAR NOT NULL)'
    )
    work.run(
        f"INSERT INTO {work.crm('carried')} "
        "SELECT unnest($1::VARCHAR[]) AS t, unnest($2::VARCHAR[]) AS c ORDER BY ALL",
        [[table for table, _ in found], [column for _, column in found]],
    )


def carried(mapped: Columns, *, contract: bool, days: bool = True) -> Columns:
    """Return the mapped columns and all that can be derived from them."""
    found = set(mapped)
    for table in {table for table, _ in mapped}:
        found |= {(table, "source"), (table, "recorded_at")}
    _money(found)
    _customers(found)
    _deals(found)
    _leads(found)
    _tickets(found)
    _surveys(found)
    _spells(found, contract=contract)
    for table, column in list(found):
        if column.endswith("_at") and column != "recorded_at":
            found.add((table, day_column(column)))
    if days:
        found |= {("calendar", c) for c in ("day", "week", "month", "quarter", "year")}
    return found


def _money(found: Columns) -> None:
    # where no source says the currency, it is the company's
    for table in {table for table, _ in found} & {*MOMENTS, "order_lines"}:
        found |= {(table, "currency"), (table, "rate_missing")}
    if {("orders", "revenue"), ("orders", "cost")} <= found:
        found.add(("orders", "margin"))


def _customers(found: Columns) -> None:
    """Customers follow from orders, subscriptions and won deals."""
    for buying in (
        {("orders", "customer_id"), ("orders", "ordered_at")},
        {("subscriptions", "customer_id"), ("subscriptions", "started_at")},
        {("deals", "customer_id"), ("deals", "closed_at"), ("deals", "outcome")},
    ):
        if buying <= found:
            found |= {("customers", "customer_id"), ("customers", "acquired_at")}
            found |= {("customers", "source"), ("customers", "recorded_at")}
    lists_customers = ("customers", "name") in found
    for table in ("orders", "deals"):
        if not lists_customers and {(table, "customer_id"), (table, "channel")} <= found:
            found.add(("customers", "channel"))


def _deals(found: Columns) -> None:
    linked = {("deals", "lead_id"), ("leads", "deal_id")} & found
    if ("deals", "deal_id") in found and ("leads", "lead_id") in found and linked:
        found.add(("deals", "lead_id"))
        if ("leads", "created_at") in found:
            found.add(("deals", "lead_created_at"))


def _leads(found: Columns) -> None:
    contacts = {("interactions", c) for c in ("lead_id", "occurred_at", "direction")}
    if contacts <= found and ("leads", "lead_id") in found:
        found.add(("leads", "contacted_at"))


def _tickets(found: Columns) -> None:
    """Tickets are completed from their events; where no source lists them, made of them."""
    events = {("ticket_events", column) for column in ("ticket_id", "occurred_at", "event")}
    if events <= found and not any(table == "tickets" for table, _ in found):
        made = ("ticket_id", "created_at", "source", "recorded_at")
        found |= {("tickets", column) for column in made}
    if ("tickets", "ticket_id") in found and ("ticket_events", "event") in found:
        for column in ("responded_at", "resolved_at", "first_resolved_at", "reopened", "status"):
            found.add(("tickets", column))
        found |= {("tickets", f"{v}_automatically") for v in ("resolved", "first_resolved")}
    if ("tickets", "resolved_at") in found:
        found.add(("tickets", "status"))
    if ("tickets", "created_at") not in found:
        return
    found |= {("tickets", "asked_at"), ("tickets", "schedule")}
    timed = {
        "responded_at": ("response",),
        "resolved_at": ("resolution", "handled"),
        "first_resolved_at": ("first_resolution",),
    }
    for moment, clocks in timed.items():
        if ("tickets", moment) in found:
            for clock in clocks:
                found |= {("tickets", f"{clock}_{unit}") for unit in ("minutes", "working_minutes")}


def _surveys(found: Columns) -> None:
    if ("surveys", "kind") in found:
        found |= {("surveys", "scale_min"), ("surveys", "scale_max")}


def _spells(found: Columns, *, contract: bool) -> None:
    source, moment = ("subscriptions", "started_at") if contract else ("orders", "ordered_at")
    if not {(source, "customer_id"), (source, moment)} <= found:
        return
    found |= {("spells", c) for c in ("spell_id", "customer_id", "started_at")}
    if not contract:
        found.add(("spells", "ended_at"))
        return
    if (source, "ended_at") in found:
        found.add(("spells", "ended_at"))
    for column in ("end_reason", "involuntary"):
        if (source, column) in found:
            found.add(("spells", column))
