"""A company with something in every table, for the pages: 18 months, drawn from a fixed seed."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import kadar
from tests.companies import at, company

TOML = """
name = "Kedai Maju & Rakan"
currency = "MYR"
time_zone = "Asia/Kuala_Lumpur"
observed_until = "2026-06-12"
"""
KPIS = """
[kpi.win_rate]
target = 0.45
[kpi.retention_rate]
target = 0.9
[kpi.first_response_time]
target = 4
"""
CHANNELS = ("Web", "Referral", "Paid search", "Event")
SEGMENTS = ("Small", "Large", None)
STAGES = ("Qualified", "Proposal", "Negotiation")
START, END = at("2025-01-01"), at("2026-06-12")
CUSTOMERS = 90
Rows = list[dict[str, Any]]


def shop(folder: Path) -> kadar.Workspace:
    """Make the company in a folder, and open it."""
    return company(folder, toml=TOML, kpi=KPIS, **rows())


def rows() -> dict[str, Rows]:
    """Return the rows of every table."""
    draw = Random(7)
    customers = _customers(draw)
    leads = _leads(draw)
    deals, stages = _deals(draw)
    tickets, events, surveys = _service(draw)
    return {
        "customers": customers,
        "contacts": [
            {"contact_id": f"p{i}", "customer_id": f"c{i}", "name": f"Puan {i}",
             "email": f"p{i}@example.com", "consented": (True, False, None)[i % 3]}
            for i in range(CUSTOMERS)
        ],
        "leads": leads,
        "deals": deals,
        "deal_stages": stages,
        "orders": _orders(draw),
        "tickets": tickets,
        "ticket_events": events,
        "surveys": surveys,
        "interactions": _interactions(draw),
        "spend": [
            {"spent_at": at(f"{2025 + m // 12}-{1 + m % 12:02}-05"), "channel": channel,
             "category": "media", "team": "marketing", "amount": 300.0 + 40 * i + 11 * m,
             "currency": "MYR"}
            for m in range(18)
            for i, channel in enumerate(CHANNELS[1:])
        ],
        "campaigns": [{"campaign_id": "k1", "name": "Raya 2026", "channel": "Event"}],
        "people": [
            {"person_id": f"u{i}", "name": f"Agent {i}", "team": ("East", "West")[i % 2],
             "role": "agent", "active": True}
            for i in range(6)
        ],
    }  # fmt: skip


def _moment(draw: Random, after: datetime = START, days: float = 500) -> datetime:
    return after + timedelta(minutes=round(draw.random() * days * 1440))


def _past(moment: datetime) -> datetime | None:
    return moment if moment < END else None


def _customers(draw: Random) -> Rows:
    return [
        {"customer_id": f"c{i}", "name": f"Syarikat {i} <Sdn Bhd>", "segment": SEGMENTS[i % 3],
         "country": ("MY", "SG", "CN")[i % 3], "channel": CHANNELS[i % 4],
         "owner_id": f"u{i % 6}", "created_at": _moment(draw, days=400)}
        for i in range(CUSTOMERS)
    ]  # fmt: skip


def _leads(draw: Random) -> Rows:
    made = []
    for i in range(500):
        created = _moment(draw)
        converted = (
            _past(created + timedelta(days=draw.uniform(1, 80))) if draw.random() < 0.3 else None
        )
        made.append(
            {"lead_id": f"l{i}", "created_at": created, "channel": draw.choice(CHANNELS),
             "owner_id": f"u{i % 6}", "country": draw.choice(("MY", "SG")),
             "converted_at": converted, "customer_id": f"c{i % CUSTOMERS}" if converted else None}
        )  # fmt: skip
    return made


def _deals(draw: Random) -> tuple[Rows, Rows]:
    deals, stages = [], []
    for i in range(420):
        created = _moment(draw)
        closed = _past(created + timedelta(days=draw.uniform(5, 90)))
        won = draw.random() < 0.4
        deals.append(
            {"deal_id": f"d{i}", "customer_id": f"c{i % CUSTOMERS}", "lead_id": f"l{i}",
             "name": f"Deal {i}", "channel": draw.choice(CHANNELS), "owner_id": f"u{i % 6}",
             "created_at": created, "closed_at": closed, "stage": draw.choice(STAGES),
             "expected_close_at": created + timedelta(days=60), "kind": "new",
             "outcome": ("won" if won else "lost") if closed else "open",
             "lost_reason": None if won or not closed else draw.choice(("Price", "No budget")),
             "amount": round(draw.lognormvariate(7, 0.8), 2), "currency": "MYR"}
        )  # fmt: skip
        entered = created
        for position, stage in enumerate(STAGES[: draw.randint(1, 3)]):
            left = entered + timedelta(days=draw.uniform(1, 25))
            stages.append(
                {"deal_id": f"d{i}", "stage": stage, "position": position,
                 "entered_at": entered, "left_at": _past(left)}
            )  # fmt: skip
            if left >= END:
                break
            entered = left
    return deals, stages


def _orders(draw: Random) -> Rows:
    made = []
    for i in range(1500):
        revenue = round(draw.lognormvariate(5, 0.7), 2)
        made.append(
            {"order_id": f"o{i}", "customer_id": f"c{min(int(draw.expovariate(1 / 30)), 89)}",
             "ordered_at": _moment(draw, days=525), "channel": draw.choice(CHANNELS),
             "revenue": revenue, "cost": round(revenue * draw.uniform(0.4, 0.9), 2),
             "currency": "MYR"}
        )  # fmt: skip
    return made


def _service(draw: Random) -> tuple[Rows, Rows, Rows]:
    tickets, events, surveys = [], [], []
    for i in range(600):
        created = _moment(draw, days=526)
        responded = _past(created + timedelta(hours=draw.expovariate(1 / 5)))
        resolved = _past((responded or END) + timedelta(hours=draw.expovariate(1 / 20)))
        if i % 25 == 4:  # nobody has mended it, half of these nobody has even answered
            responded, resolved = responded if i % 2 else None, None
        tickets.append(
            {"ticket_id": f"t{i}", "customer_id": f"c{i % CUSTOMERS}",
             "channel": draw.choice(("E-mail", "Phone", "Chat")), "owner_id": f"u{i % 6}",
             "category": draw.choice(("Billing", "Delivery")),
             "priority": draw.choice(("low", "high")),
             "created_at": created, "responded_at": responded, "resolved_at": resolved,
             "first_resolved_at": resolved, "reopened": 0,
             "status": "resolved" if resolved else "open"}
        )  # fmt: skip
        events.append({"ticket_id": f"t{i}", "occurred_at": created, "event": "created"})
        if resolved and i % 2:
            surveys.append(
                {"survey_id": f"s{i}", "customer_id": f"c{i % CUSTOMERS}", "ticket_id": f"t{i}",
                 "kind": "csat", "sent_at": resolved, "answered_at": resolved,
                 "score": draw.choice((1, 3, 4, 5, 5)), "scale_min": 1, "scale_max": 5,
                 "comment": "Terima kasih" if i % 4 == 1 else None}
            )  # fmt: skip
    for i in range(700):
        answered = _moment(draw, days=525)
        surveys.append(
            {"survey_id": f"n{i}", "customer_id": f"c{i % CUSTOMERS}", "kind": "nps",
             "sent_at": answered, "answered_at": answered, "score": draw.choice((3, 7, 9, 9, 10)),
             "scale_min": 0, "scale_max": 10}
        )  # fmt: skip
    return tickets, events, surveys


def _interactions(draw: Random) -> Rows:
    return [
        {"interaction_id": f"i{i}", "customer_id": f"c{draw.randrange(CUSTOMERS)}",
         "occurred_at": _moment(draw, days=525), "kind": draw.choice(("email", "call", "meeting")),
         "direction": draw.choice(("inbound", "outbound")), "automated": draw.random() < 0.2,
         "owner_id": f"u{i % 6}"}
        for i in range(1800)
    ]  # fmt: skip
