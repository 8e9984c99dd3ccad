"""The last whole months: the span that pages ask about where nobody names one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kadar.asking import Asking


@dataclass(frozen=True)
class Span:
    """Days of the company's calendar, the last one not part of it."""

    since: date
    until: date


def last_months(asking: Asking, count: int) -> Span | None:
    """Return the last `count` months of the company's calendar that are known to their end.

    None where nobody knows how far the data goes.
    """
    found = asking.engine.run(
        "SELECT p.opens, p.closes FROM crm.periods p CROSS JOIN crm.company c "
        "WHERE p.grain = 'month' AND p.closes_at <= c.observed_until "
        f"ORDER BY p.opens DESC LIMIT {int(count)}"
    )
    if not len(found["opens"]):
        return None
    days = (found["opens"].astype(object)[-1], found["closes"].astype(object)[0])
    return Span(*days)
