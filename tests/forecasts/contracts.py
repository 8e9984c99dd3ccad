"""A company under contract whose customers renew by known chances: drawn without kadar."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np

from kadar.forecasts.calendar import months_on

OPENED, END = date(2022, 1, 1), date(2026, 1, 1)  # END is not known any more
TOML = 'currency = "MYR"\ncontract = true\nobserved_until = "2025-12-31"'
Rows = list[dict[str, Any]]


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def subscribed(customers: int = 400, seed: int = 3, every: int = 1) -> Rows:
    """Contracts begun over three years; a beta chance (0.8, 7) to leave at each renewal."""
    random = np.random.default_rng(seed)
    made: Rows = []
    for number in range(customers):
        start = OPENED + timedelta(days=int(random.integers(0, 3 * 365)))
        renewals = int(random.geometric(max(float(random.beta(0.8, 7)), 1e-6)))
        end = months_on(start, renewals * every) if renewals * every < 600 else date(9999, 1, 1)
        made.append(
            {
                "customer_id": f"c{number:04}",
                "plan": ("basic", "pro")[number % 2],
                "started_at": midnight(start),
                "ended_at": midnight(end) if end < END else None,
                "monthly_amount": round(float(random.gamma(8, 10)), 2),
            }
        )
    return made


def invoiced(contracts: Rows, share: float = 0.4) -> Rows:
    """An order at the start of each month under contract; margin is `share` of it."""
    made: Rows = []
    for row in contracts:
        start, end = row["started_at"].date(), row["ended_at"]
        last = min(end.date() if end else END, END)
        for month in range(60):
            day = months_on(start, month)
            if day >= last:
                break
            amount = row["monthly_amount"]
            made.append(
                {
                    "customer_id": row["customer_id"],
                    "ordered_at": midnight(day),
                    "revenue": amount,
                    "cost": round(amount * (1 - share), 4),
                }
            )
    return made
