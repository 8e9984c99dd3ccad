"""A shop whose customers leave for reasons that can be seen: drawn without kadar.

A customer buys at a steady pace. One in three is let down on some day: opens a ticket that is
answered late, scores low in NPS, is not contacted any more, and leaves within two months.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

START, END = date(2023, 5, 1), date(2026, 1, 1)  # END is not known any more
TOML = 'currency = "MYR"\nobserved_until = "2025-12-31"'
Tables = dict[str, list[dict[str, Any]]]


def moody(customers: int = 260, seed: int = 11) -> Tables:
    """Orders, tickets, surveys and interactions, each moment UTC."""
    random = np.random.default_rng(seed)
    tables: Tables = {name: [] for name in ("orders", "tickets", "surveys", "interactions")}
    days = (END - START).days

    def moment(day: float) -> datetime:
        return datetime(START.year, START.month, START.day, 8, tzinfo=UTC) + timedelta(days=day)

    for number in range(customers):
        who = f"c{number:03}"
        begins = float(random.uniform(0, 300)) if number else 0.0
        let_down = float(random.uniform(begins + 60, days * 1.6)) if random.random() < 0.8 else 9e9
        leaves = let_down + float(random.uniform(20, 60))
        rhythm = float(random.gamma(8, 5))
        day = begins
        while day < min(leaves, days):
            revenue = round(float(random.gamma(5, 20)), 2)
            tables["orders"].append(
                {"customer_id": who, "ordered_at": moment(day), "revenue": revenue,
                 "cost": round(revenue / 2, 2)}
            )  # fmt: skip
            day += float(random.exponential(rhythm)) + 1
        for when in np.arange(begins + random.uniform(0, 90), min(leaves, days), 90):
            unhappy = when > let_down - 30
            score = int(random.integers(0, 6) if unhappy else random.integers(7, 11))
            tables["surveys"].append(
                {"customer_id": who, "kind": "nps", "answered_at": moment(when), "score": score}
            )
        for when in np.arange(begins + random.uniform(0, 40), min(let_down, days), 40):
            tables["interactions"].append(
                {"customer_id": who, "occurred_at": moment(when), "kind": "call",
                 "automated": False}
            )  # fmt: skip
        asked = [float(random.uniform(begins, days)) for _ in range(3)]
        for when in [let_down, *[one for one in asked if one < let_down]]:
            if when < days:
                waits = float(random.uniform(40, 90) if when == let_down else random.uniform(1, 8))
                tables["tickets"].append(
                    {"customer_id": who, "created_at": moment(when),
                     "responded_at": moment(when + waits / 24),
                     "resolved_at": moment(when + waits / 24 + 1)}
                )  # fmt: skip
    for name, column in (("tickets", "created_at"), ("surveys", "answered_at")):
        tables[name] = [row for row in tables[name] if row[column] < moment(days)]
    return tables
