"""Whether a change is more than chance: two samples' rates, with the errors their rows state."""

from __future__ import annotations

import math
from collections.abc import Sequence

from kadar.answer import Row

Z95 = 1.959963984540054
FEWEST = 10  # rows on either side below which no verdict is given
LEVEL = 0.05
SIGNAL, NOISE, TOO_FEW = "signal", "noise", "n too small"


def error(before: Row | None, after: Row | None) -> float | None:
    """Standard error of the difference of two values, from their 95 % intervals."""
    variance = 0.0
    for row in (before, after):
        if row is None or row.lower is None or row.upper is None:
            return None
        variance += ((row.upper - row.lower) / (2 * Z95)) ** 2
    return math.sqrt(variance)


def too_few(before: Row, after: Row) -> bool:
    """Whether either value rests on fewer than ten rows."""
    return any(row.n is not None and row.n < FEWEST for row in (before, after))


def p_value(before: Row | None, after: Row | None) -> float | None:
    """Two-sided p of the two-sample z test; None where a value has no interval or too few rows."""
    if before is None or after is None or too_few(before, after):
        return None
    wide = error(before, after)
    if wide is None or before.value is None or after.value is None:
        return None
    difference = abs(after.value - before.value)
    if wide == 0:
        return 0.0 if difference else 1.0
    return math.erfc(difference / wide / math.sqrt(2))


def signals(p_values: Sequence[float | None]) -> list[bool]:
    """Which of several tests show more than chance, false alarms held to 5 % of them.

    Benjamini and Hochberg, JRSS B 57 (1995), 289-300.
    """
    tested = sorted(p for p in p_values if p is not None)
    limit = max(
        (p for rank, p in enumerate(tested, 1) if p <= LEVEL * rank / len(tested)), default=-1.0
    )
    return [p is not None and p <= limit for p in p_values]


def verdict(before: Row, after: Row, p: float | None, *, signal: bool) -> str | None:
    """Return the verdict in a word; None where the values carry no interval."""
    if p is not None:
        return SIGNAL if signal else NOISE
    alone = any(row.n is not None and 0 < row.n < 2 for row in (before, after))
    return TOO_FEW if alone or (error(before, after) is not None) else None
