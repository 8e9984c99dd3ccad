"""Calendar months forward and back: a month is a month, not 30 days."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

import numpy as np
from numpy.typing import NDArray

from kadar.forecasts.terms import Array

Days = NDArray[np.datetime64]


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


def complete_months(start: Days, end: Days) -> Array:
    """Calendar months from one day to another that are complete; the last day of a month counts."""
    months = (end.astype("datetime64[M]") - start.astype("datetime64[M]")).astype(float)
    day = (start - start.astype("datetime64[M]")).astype(float)
    until = (end - end.astype("datetime64[M]")).astype(float)
    length = ((end.astype("datetime64[M]") + 1).astype("datetime64[D]") - end).astype(float) + until
    made: Array = months - (until < np.minimum(day, length - 1))
    return made


def each_months_on(days: Days, months: NDArray[np.int64]) -> Days:
    """Return each day its own number of calendar months on; of a shorter month, its last."""
    month = days.astype("datetime64[M]")
    later = month + months
    last = (later + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
    made: Days = np.minimum(later.astype("datetime64[D]") + (days - month), last)
    return made
