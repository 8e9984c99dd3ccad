"""A compiled statement."""

from __future__ import annotations

from dataclasses import dataclass

COUNTS = ("ended", "other", "waiting")  # of a life table, at each time


@dataclass(frozen=True)
class Compiled:
    """One SQL statement and, for each measure, its column in the result.

    The columns of the result: opens, closes (of first days, also whole_closes), one per dimension
    (`by_0` …), one per measure; a quantile `m` has `m_lower`, `m_upper` and `m_n` beside it.
    Of a time that may not be over `m` is only the number of rows: the estimate is made from its
    life table.
    """

    sql: str
    names: dict[str, str]
