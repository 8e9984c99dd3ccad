"""Generated companies: small, and full of what goes wrong in real ones.

Hypothesis chooses the settings, how many rows each table has and a seed; the rows follow from
the seed, on a few customers and moments that like the edges of periods.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from hypothesis import strategies as st

from tests.kpis.plain import Row, Settings

FIRST, LAST = date(2023, 11, 20), date(2025, 3, 20)
SILENT = (date(2024, 7, 1), date(2024, 9, 1))  # nothing happens: empty periods
ODD_DAYS = (
    date(2024, 2, 29),  # leap day
    date(2024, 3, 10),  # clocks change in New York, …
    date(2024, 3, 31),  # … in Berlin
    date(2024, 10, 27),
    date(2024, 11, 3),
    date(2024, 12, 31),
    date(2025, 3, 9),
)
CUSTOMERS = [f"c{i}" for i in range(10)]
SIZES = (40, 25, 2, 1, 0)


@dataclass(frozen=True)
class Generated:
    """A generated company: its settings and the rows of its tables."""

    settings: Settings
    tables: dict[str, list[Row]]

    def __repr__(self) -> str:
        sizes = {name: len(rows) for name, rows in self.tables.items()}
        return f"Generated({self.settings}, {sizes})"


settings = st.builds(
    Settings,
    time_zone=st.sampled_from(
        ["Europe/Berlin", "America/New_York", "Asia/Kuala_Lumpur", "America/Sao_Paulo", "UTC"]
    ),
    week_starts=st.sampled_from([0, 5, 6]),
    fiscal_year_starts=st.sampled_from([(1, 1), (4, 1), (7, 1), (10, 15)]),
    contract=st.booleans(),
    inactive_after_days=st.sampled_from([30, 90, 91]),
    grace_days=st.sampled_from([0, 1, 20]),
    observed_until=st.sampled_from([date(2025, 3, 31), date(2025, 3, 13), date(2024, 12, 31)]),
    holidays=st.sampled_from([None, "DE", "MY-10"]),
)


@st.composite
def companies(draw: st.DrawFn) -> Generated:
    """Companies of a few hundred rows."""
    chosen = draw(settings)
    made = Maker(chosen, Random(draw(st.integers(0, 2**32))))
    sizes = {
        name: draw(st.sampled_from(SIZES))
        for name in ("leads", "deals", "orders", "subscriptions", "interactions", "tickets",
                     "surveys", "spend", "customers")
    }  # fmt: skip
    return Generated(chosen, made.tables(sizes))


class Maker:
    def __init__(self, settings: Settings, random: Random) -> None:
        self.settings = settings
        self.random = random

    def tables(self, sizes: dict[str, int]) -> dict[str, list[Row]]:
        many = {name: range(size) for name, size in sizes.items()}
        tickets = [self.ticket(i) for i in many["tickets"]]
        return {
            "people": [
                {"person_id": f"p{i}", "team": team} for i, team in enumerate(("A", "A", "B", None))
            ],
            "customers": [self.customer(i) for i in range(min(sizes["customers"], 10))],
            "fx_rates": [
                {"currency": "USD", "valid_at": self.moment(), "rate": 0.875},
                {"currency": "USD", "valid_at": datetime(2024, 1, 1, tzinfo=UTC), "rate": 0.9},
                {"currency": "MYR", "valid_at": datetime(2023, 1, 1, tzinfo=UTC), "rate": 0.2137},
            ],
            "leads": [self.lead(i) for i in many["leads"]],
            "deals": [self.deal(i) for i in many["deals"]],
            "deal_stages": [self.stage(i) for i in many["deals"]],
            "orders": [self.order() for _ in many["orders"]],
            "subscriptions": [self.subscription() for _ in many["subscriptions"]],
            "interactions": [self.interaction() for _ in many["interactions"]],
            "tickets": tickets,
            "ticket_events": [e for t in tickets[::3] for e in self.history(t)],
            "surveys": [self.survey() for _ in many["surveys"]],
            "spend": [self.spend() for _ in many["spend"]],
        }

    def pick(self, *things: Any) -> Any:
        return self.random.choice(things)

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def day(self) -> date:
        if self.chance(0.15):
            return self.pick(*ODD_DAYS)
        day = FIRST + timedelta(days=self.random.randrange((LAST - FIRST).days))
        if self.chance(0.2):
            day = day.replace(day=1)
        return day - timedelta(days=70) if SILENT[0] <= day < SILENT[1] else day

    def moment(self) -> datetime:
        """A moment, often a local midnight or the hour in which clocks change."""
        day = self.day()
        if self.chance(0.3):
            return self.settings.midnight(day)
        clock = self.random.randrange(86_400)
        if self.chance(0.3):
            clock = self.pick(0, 1, 7_199, 7_200, 9_000, 10_800, 32_400, 64_800, 86_399)
        return self.settings.midnight(day) + timedelta(seconds=clock)

    def after(self, moment: datetime, days: int, wrong: float = 0.05) -> datetime:
        """A later moment; now and then an earlier one."""
        seconds = self.random.randrange(days * 86_400) if self.chance(0.8) else days * 86_400
        return moment + timedelta(seconds=-seconds if self.chance(wrong) else seconds)

    def maybe(self, value: Any, share: float = 0.85) -> Any:
        return value if self.chance(share) else None

    def customer_id(self) -> Any:
        return self.maybe(self.pick(*CUSTOMERS), 0.93)

    def channel(self) -> Any:
        return self.pick("web", "event", "unknown", None)

    def currency(self) -> Any:
        return self.pick(None, "EUR", "EUR", "eur", "USD", "MYR", "XXX")

    def money(self) -> Any:
        return self.maybe(Decimal(self.random.randrange(0, 100_000)) / 100, 0.92)

    def owner(self) -> Any:
        return self.pick("p0", "p1", "p2", "p3", "p9", None)

    def customer(self, number: int) -> Row:
        merged = f"c{self.random.randrange(10)}" if number > 6 else None
        return {
            "customer_id": f"c{number}",
            "country": self.pick("MY", "DE", None),
            "segment": self.pick("small", "large", None),
            "channel": self.channel(),
            "owner_id": self.owner(),
            "acquired_at": self.maybe(self.moment(), 0.4),
            "created_at": self.moment(),
            "merged_into": merged if number > 7 and merged in ("c0", "c1", "c8") else None,
        }

    def lead(self, number: int) -> Row:
        created = self.moment()
        return {
            "lead_id": f"l{number}",
            "created_at": self.maybe(created, 0.95),
            "converted_at": self.maybe(self.after(created, self.pick(5, 90, 200)), 0.4),
            "customer_id": self.customer_id(),
            "channel": self.channel(),
            "country": self.pick("MY", "DE", None),
            "owner_id": self.owner(),
            "deal_id": self.maybe(f"d{self.random.randrange(30)}", 0.2),
            "existing_customer": self.pick(True, False, None),
            "disqualified_at": self.maybe(self.after(created, self.pick(5, 90)), 0.3),
        }

    def deal(self, number: int) -> Row:
        created = self.moment()
        outcome = self.pick("open", "won", "won", "lost")
        closed = self.after(created, self.pick(1, 40, 200))
        return {
            "deal_id": f"d{number}",
            "customer_id": self.customer_id(),
            "lead_id": self.maybe(f"l{self.random.randrange(30)}", 0.4),
            "owner_id": self.owner(),
            "created_at": created,
            "closed_at": None if outcome == "open" else self.maybe(closed, 0.95),
            "outcome": self.maybe(outcome, 0.97),
            "expected_close_at": self.maybe(self.moment(), 0.6),
            "amount": self.money(),
            "currency": self.currency(),
            "channel": self.channel(),
        }

    def stage(self, number: int) -> Row:
        entered = self.moment()
        left = self.maybe(self.after(entered, 30), 0.7)
        return {"deal_id": f"d{number}", "stage": self.pick("new", "offer"),
                "entered_at": entered, "left_at": left}  # fmt: skip

    def order(self) -> Row:
        revenue = self.money()
        if revenue is not None and self.chance(0.15):
            revenue = self.pick(-revenue, Decimal(0))
        return {
            "customer_id": self.customer_id(),
            "ordered_at": self.moment(),
            "revenue": revenue,
            "cost": self.money(),
            "currency": self.currency(),
            "channel": self.channel(),
        }

    def subscription(self) -> Row:
        started = self.moment()
        ended = self.maybe(self.after(started, self.pick(30, 200), 0), 0.6)
        return {
            "customer_id": self.pick(*CUSTOMERS),
            "started_at": started,
            "ended_at": ended,
            "monthly_amount": self.money(),
            "currency": self.currency(),
            "involuntary": self.pick(True, False, None),
        }

    def interaction(self) -> Row:
        return {
            "customer_id": self.customer_id(),
            "occurred_at": self.moment(),
            "automated": self.pick(True, False, None),
            "owner_id": self.owner(),
            "lead_id": self.maybe(f"l{self.random.randrange(30)}", 0.6),
            "direction": self.pick("outbound", "outbound", "inbound", None),
        }

    def ticket(self, number: int) -> Row:
        created = self.moment()
        responded = self.maybe(self.after(created, self.pick(1, 4)), 0.7)
        resolved = self.maybe(self.after(created, self.pick(2, 10)), 0.6)
        by_events = number % 3 == 0
        return {
            "ticket_id": f"t{number}",
            "customer_id": self.customer_id(),
            "created_at": created,
            "responded_at": None if by_events else responded,
            "resolved_at": None if by_events else resolved,
            "first_resolved_at": None if by_events else resolved,
            "reopened": None if by_events else self.pick(0, 0, 1),
            "status": None if by_events else self.pick(None, None, "open"),
            "channel": self.channel(),
            "owner_id": self.owner(),
        }

    def history(self, ticket: Row) -> list[Row]:
        at, made = ticket["created_at"], []
        events = ("responded", "paused", "resumed", "resolved", "reopened", "resolved", "reopened")
        for usual in events:
            event = self.pick(*events) if self.chance(0.2) else usual
            if self.chance(0.15):
                break
            if made == [] or made[-1]["event"] == event or self.chance(0.9):
                at = at + timedelta(seconds=self.random.randrange(1, 150_000))
            made.append(
                {
                    "ticket_id": ticket["ticket_id"],
                    "occurred_at": at,
                    "event": event,
                    "automated": self.pick(True, False, None, None),
                }
            )
        if self.chance(0.3):
            self.random.shuffle(made)
        return list({(e["occurred_at"], e["event"]): e for e in made}.values())

    def survey(self) -> Row:
        kind = self.pick("nps", "nps", "csat", "ces")
        top = 10 if kind == "nps" else self.pick(None, 3, 5, 7)
        sent = self.moment()
        low, high = (0, 10) if kind == "nps" else (1, top or 5)
        return {
            "kind": kind,
            "customer_id": self.customer_id(),
            "sent_at": sent,
            "answered_at": self.maybe(self.after(sent, 20, 0), 0.8),
            "score": self.maybe(self.random.randint(low, high), 0.95),
            "scale_min": None,
            "scale_max": None if kind == "nps" else top,
            "channel": self.channel(),
        }

    def spend(self) -> Row:
        return {
            "spent_at": self.moment(),
            "amount": self.money() or Decimal("12.50"),
            "currency": self.currency(),
            "category": self.pick("media", "salaries", None),
            "channel": self.channel(),
        }
