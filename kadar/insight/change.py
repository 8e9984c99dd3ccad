"""A change and its verdict: more than chance, or not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kadar.answer import Row
from kadar.language import N_

Z95 = 1.959963984540054
FEWEST = 10  # rows on either side below which no verdict is given
LEVEL = 0.05
SIGNAL, NOISE, TOO_FEW = "signal", "noise", "n too small"
OF_INTERVALS = N_("z test of the intervals")


@dataclass(frozen=True)
class Change:
    """What changed from one row to a later one, in the KPI's unit.

    `lower` and `upper` are the 95 % interval of the change, `p` the two-sided p of `test`. Where
    nothing was left to chance (money that was spent, everybody counted) there is no test.
    """

    before: Row
    after: Row
    lower: float | None = None
    upper: float | None = None
    p: float | None = None
    test: str | None = None
    verdict: str | None = None

    @property
    def value(self) -> float | None:
        """The later value less the earlier."""
        if self.before.value is None or self.after.value is None:
            return None
        return self.after.value - self.before.value


def judged(changes: Sequence[Change]) -> list[Change]:
    """Give each change that was tested its verdict, false alarms held to 5 % of all signals."""
    shown = signals([one.p for one in changes])
    return [
        one if one.p is None else replace(one, verdict=SIGNAL if more else NOISE)
        for one, more in zip(changes, shown, strict=True)
    ]


def interval(before: Row, after: Row) -> tuple[float, float] | None:
    """95 % interval of a difference, from the intervals of its two values.

    The squares of their arms add up on each side (Newcombe, "Interval estimation for the
    difference between independent proportions", Statistics in Medicine 17 (1998), 873-890,
    method 10; Zou & Donner, Statistics in Medicine 27 (2008), 1693-1702, for any parameter).
    """
    if before.value is None or after.value is None:
        return None
    ends = (before.lower, before.upper, after.lower, after.upper)
    low0, high0, low1, high1 = (math.nan if end is None else end for end in ends)
    difference = after.value - before.value
    down = math.hypot(after.value - low1, high0 - before.value)
    up = math.hypot(high1 - after.value, before.value - low0)
    if math.isnan(down + up):
        return None
    return difference - down, difference + up


def of_intervals(before: Row, after: Row) -> float | None:
    """Two-sided p of the z test whose 95 % interval is `interval`; None where there is none."""
    ends = interval(before, after)
    if ends is None:
        return None
    middle = (after.value or 0.0) - (before.value or 0.0)
    arm = middle - ends[0] if middle > 0 else ends[1] - middle
    if arm == 0:
        return 0.0 if middle else 1.0
    return math.erfc(abs(middle) / arm * Z95 / math.sqrt(2))


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


def signals(p_values: Sequence[float | None]) -> list[bool]:
    """Which of several tests show more than chance, false alarms held to 5 % of them.

    Benjamini and Hochberg, JRSS B 57 (1995), 289-300.
    """
    tested = sorted(p for p in p_values if p is not None)
    limit = max(
        (p for rank, p in enumerate(tested, 1) if p <= LEVEL * rank / len(tested)), default=-1.0
    )
    return [p is not None and p <= limit for p in p_values]
