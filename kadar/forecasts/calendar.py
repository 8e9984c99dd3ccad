"""Calendar months forward and back: a month is a month, not 30 days."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def months_on(day: date, months: int) -> date:
    """Return the same day so many months on (or back); of a shorter month, its last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def month_days(day: date, months: int) -> list[int]:
    """Return how many days after `day` the 1st, 2nd, … month from it ends."""
    return [(months_on(day, k) - day).days for k in range(1, months + 1)]


def whole_months(since: date, until: date) -> int:
    """Return how many whole months lie between two days."""
    months = (until.year - since.year) * 12 + until.month - since.month
    return months - (months_on(since, months) > until)
