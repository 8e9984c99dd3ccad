"""Natural process limits of a series (XmR chart): what is routine variation and what is not.

Wheeler, Understanding variation: the key to managing chaos (1993; 2nd ed. 2000), chapters 3-4 and
appendix: the centre is the mean, the limits lie 2.66 mean moving ranges from it (3 / 1.128, the
mean range of two normal values being 1.128 standard deviations). The moving range, unlike the
standard deviation, is not blown up by the very shifts that are looked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from kadar.kpi import PERCENT
from kadar.language import N_

WIDTH = 2.66
FEWEST = 6  # points below which there are no limits
BASELINE = 24  # points from which the limits of a level are made, at most
RUN = 8
BEYOND = N_("beyond a limit")  # Wheeler's detection rule one
ONE_SIDE = N_("eight in a row on one side")  # … rule two
NEAR_LIMIT = N_("three of four nearer a limit than the centre")  # … rule three


@dataclass(frozen=True)
class Level:
    """A stretch of the series around one centre: from point `start` to before `end`."""

    start: int
    end: int
    centre: float
    lower: float
    upper: float


def levels(
    values: Sequence[float], least: float | None = None, most: float | None = None
) -> list[Level]:
    """Divide a series into levels; none where it has fewer than six points.

    A new level begins where eight or more points in a row lie on the other side of the centre
    than the point before them: the shift is established, and the limits are made anew from its
    points on. The limits of a level are made from at most its first 24 points. Limits stay
    within `least` and `most`, beyond which no value can lie.
    """
    if len(values) < FEWEST:
        return []
    found: list[Level] = []
    start = 0
    while start < len(values):
        end = _shift(values, start) or len(values)
        centre, width = _centre(values[start:end])
        lower, upper = centre - width, centre + width
        found.append(
            Level(
                start,
                end,
                centre,
                lower if least is None else max(lower, least),
                upper if most is None else min(upper, most),
            )
        )
        start = end
    return found


def rules(values: Sequence[float], found: Sequence[Level]) -> list[tuple[str, ...]]:
    """Name for each point the rules by which it is more than routine variation."""
    broken: list[list[str]] = [[] for _ in values]
    for place, level in enumerate(found):
        mine = values[level.start : level.end]
        _, width = _centre(mine)
        for i, value in enumerate(mine):
            if not level.lower <= value <= level.upper:
                broken[level.start + i].append(BEYOND)
        far = [(v - level.centre) / width if width else 0.0 for v in mine]
        for side in (1, -1):
            for i in range(3, len(mine)):
                near = [j for j in range(i - 3, i + 1) if side * far[j] > 0.5]
                if len(near) >= 3 and i in near:
                    broken[level.start + i].append(NEAR_LIMIT)
            for i in _runs(mine, level.centre, side):
                broken[level.start + i].append(ONE_SIDE)
        if place:  # the run that established the level, about the centre before
            for i in range(level.start, min(level.start + RUN, level.end)):
                broken[i].append(ONE_SIDE)
    return [tuple(dict.fromkeys(one)) for one in broken]


def _centre(values: Sequence[float]) -> tuple[float, float]:
    """Return the centre and how far the limits lie from it."""
    base = values[:BASELINE]
    ranges = [abs(b - a) for a, b in pairwise(base)]
    mean_range = sum(ranges) / len(ranges) if ranges else 0.0
    return sum(base) / len(base), WIDTH * mean_range


def _shift(values: Sequence[float], start: int) -> int | None:
    """Return where the next level begins; None where the series stays on this one."""
    centre, _ = _centre(values[start:])
    sides = [int(v > centre) - int(v < centre) for v in values]
    for i in range(start + FEWEST, len(values) - RUN + 1):
        run = sides[i : i + RUN]
        if run[0] and len(set(run)) == 1 and sides[i - 1] != run[0]:
            return i
    return None


def _runs(values: Sequence[float], centre: float, side: int) -> list[int]:
    """Return the points of every run of eight or more on a side of the centre."""
    found: list[int] = []
    run: list[int] = []
    for i, value in enumerate([*values, centre]):
        if side * (value - centre) > 0:
            run.append(i)
            continue
        found += run if len(run) >= RUN else []
        run = []
    return found


def bounds(unit: str, values: Sequence[float]) -> tuple[float | None, float | None]:
    """Return what no value can lie beyond: shares are between 0 and 1, what never fell below 0."""
    if not values or min(values) < 0:
        return None, None
    return 0.0, 1.0 if unit == PERCENT and max(values) <= 1 else None
