"""A shop whose customers buy and leave by known rates: orders drawn without kadar."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from kadar.workspace import Workspace
from tests.companies import company

START, END = date(2024, 1, 1), date(2026, 1, 1)  # END is not known any more
TOML = 'currency = "MYR"\nobserved_until = "2025-12-31"'
Rows = list[dict[str, Any]]


def drawn(customers: int = 300, seed: int = 1) -> Rows:
    """Orders of customers who came over a year, by gamma rates and gamma times to leaving."""
    random = np.random.default_rng(seed)
    orders: Rows = []
    for number in range(customers):
        first = float(random.uniform(0, 365))
        rate, leaves = random.gamma(0.8, 1 / 40), random.exponential(1 / random.gamma(0.6, 1 / 60))
        level = random.gamma(6, 15)
        day = 0.0
        while day <= leaves and first + day < (END - START).days:
            revenue = round(level * float(random.gamma(4, 1 / 4)), 2)
            orders.append(order(f"c{number}", START + timedelta(days=int(first + day)), revenue))
            day += float(random.exponential(1 / rate))
    return orders


def order(who: str, day: date, revenue: float) -> dict[str, Any]:
    """One order at noon UTC."""
    return {
        "customer_id": who,
        "ordered_at": datetime.combine(day, time(12), UTC),
        "revenue": revenue,
        "cost": round(revenue * 0.6, 2),
    }


def shop(folder: Path, orders: Rows, **more: Any) -> Workspace:
    """A company of these orders; customers live in two countries by their number."""
    folder.mkdir(parents=True, exist_ok=True)
    names = sorted({row["customer_id"] for row in orders})
    people = [{"customer_id": name, "country": ("MY", "SG")[int(name[1:]) % 2]} for name in names]
    return company(folder, toml=more.pop("toml", TOML), orders=orders, customers=people, **more)


def bought(orders: Rows) -> dict[str, list[date]]:
    """Days each customer bought on, in order."""
    found: dict[str, set[date]] = {}
    for row in orders:
        found.setdefault(row["customer_id"], set()).add(row["ordered_at"].date())
    return {who: sorted(days) for who, days in found.items()}
