"""A KPI's series forecast: the rule that did best on its own past, with the errors it then made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from math import ceil

import msgspec
import numpy as np
from numpy.typing import NDArray

from kadar.forecasts.smoothing import smooth
from kadar.forecasts.terms import Array
from kadar.language import N_

SEASONS = {"day": 7, "week": 52, "month": 12, "quarter": 4, "year": 1}
LEAST = 6  # values a rule learns from at the first origin
LEVEL, WIDE = 0.8, 0.95
FEWEST = 4  # errors an interval of 80 % needs: ceil((n + 1) · 0.8) <= n
LONGEST = 400  # values, the latest, that rules learn from
LAST_YEAR, LAST = N_("as in the same period of the last season"), N_("as in the last period")
MEAN = N_("the mean of the last season")
LEVELLED, TRENDED = N_("smoothing of the level"), N_("smoothing of level and trend")
SEASONAL, WHOLE = N_("smoothing of level and season"), N_("smoothing of level, trend and season")
Rule = Callable[[int, int], Array]  # an origin (how many values are known), steps


class RuleScore(msgspec.Struct, frozen=True):
    """A rule over all origins and steps: mean absolute error, mean error (expected less came)."""

    rule: str
    naive: bool
    mae: float
    bias: float


class Ahead(msgspec.Struct, frozen=True):
    """What is expected so many periods after the last known: eight times of ten within 80 %.

    `lower_95` and `upper_95` are None where fewer than 19 past errors are known.
    """

    value: float
    lower: float
    upper: float
    lower_95: float | None
    upper_95: float | None


class Outlook(msgspec.Struct, frozen=True):
    """A series ahead and how good such forecasts were.

    `scores` has every rule, the best first; `rule` is used. `origins` is how many past moments
    were forecast from, `covered` the share of what came that lay within the 80 % interval as it
    would have been drawn at the time (None where that was too seldom possible).
    """

    rule: str
    ahead: list[Ahead]
    scores: list[RuleScore]
    origins: int
    covered: float | None


def needed(horizon: int) -> int:
    """Return how many values a forecast of so many periods needs."""
    return LEAST + horizon + FEWEST - 1


def outlook(
    values: Sequence[float],
    horizon: int,
    season: int,
    bounds: tuple[float | None, float | None] = (None, None),
) -> Outlook:
    """Forecast a series by the rule with the least mean absolute error over its own past.

    At each origin every rule knows the values before it alone; the naive rule (the same period of
    the last season, or the last period where two seasons are not known) is the one to beat. The
    intervals are split conformal: of the absolute errors the rule made so many steps ahead, the
    ceil((n + 1) · 0.8)-th smallest (Lei, G'Sell, Rinaldo, Tibshirani & Wasserman 2018, JASA 113,
    section 2.2), and never narrower than one step before. That is sure as far as the time to come
    errs as the past did. All stays within `bounds`.
    """
    known = np.asarray(values, dtype=float)[-LONGEST:]
    seasonal = season > 1 and known.size >= season + horizon + FEWEST
    first = max(LEAST, season + 1) if seasonal else LEAST
    origins = np.arange(first, known.size)
    low, high = (-np.inf if bounds[0] is None else bounds[0],
                 np.inf if bounds[1] is None else bounds[1])  # fmt: skip
    rules = _rules(known, season if seasonal else 1)
    errors = {name: _errors(rule, known, origins, horizon, low, high)
              for name, rule in rules.items()}  # fmt: skip
    naive = LAST_YEAR if seasonal else LAST
    scores = [
        RuleScore(name, name == naive, float(np.nanmean(np.abs(e))), float(np.nanmean(e)))
        for name, e in errors.items()
    ]
    # what differs by rounding alone is equal, and of equals the naive rule is taken
    rounding = 1e-9 * float(np.abs(known).max())
    scores.sort(key=lambda score: score.mae - rounding * score.naive)
    rule = scores[0].rule
    point = np.clip(rules[rule](known.size, horizon), low, high)
    narrow, wide = (_widths(errors[rule], level) for level in (LEVEL, WIDE))
    ahead = [
        Ahead(
            float(value), float(max(value - n, low)), float(min(value + n, high)),
            None if np.isinf(w) else float(max(value - w, low)),
            None if np.isinf(w) else float(min(value + w, high)),
        )
        for value, n, w in zip(point, narrow, wide, strict=True)
    ]  # fmt: skip
    return Outlook(rule, ahead, scores, int(origins.size), _covered(errors[rule]))


def _rules(known: Array, season: int) -> dict[str, Rule]:
    level, trend = smooth(known), smooth(known, trend=True)

    def again(origin: int, steps: int) -> Array:
        made: Array = known[origin - season + np.arange(steps) % season]
        return made

    def mean(origin: int, steps: int) -> Array:
        return np.full(steps, known[max(0, origin - max(season, LEAST)) : origin].mean())

    rules: dict[str, Rule] = {
        LAST_YEAR if season > 1 else LAST: again,
        MEAN: mean,
        LEVELLED: level.ahead,
        TRENDED: trend.ahead,
    }
    if season > 1:
        rules[LAST] = lambda origin, steps: np.full(steps, known[origin - 1])
        rules[SEASONAL] = smooth(known, season).ahead
        rules[WHOLE] = smooth(known, season, trend=True).ahead
    return rules


def _errors(
    rule: Rule, known: Array, origins: NDArray[np.intp], horizon: int, low: float, high: float
) -> Array:
    """Expected less came: a row an origin, a column a step; NaN for what has not come yet."""
    made = np.full((origins.size, horizon), np.nan)
    for row, origin in enumerate(origins):
        came = known[origin : origin + horizon]
        expected = np.clip(rule(int(origin), horizon)[: came.size], low, high)
        made[row, : came.size] = expected - came
    return made


def _widths(errors: Array, level: float) -> Array:
    """Half the interval at each step; infinite where the errors are too few for the level."""
    found = np.full(errors.shape[1], np.inf)
    for step, column in enumerate(errors.T):
        found[step] = _conformal(column[~np.isnan(column)], level)
    made: Array = np.maximum.accumulate(found)
    return made


def _conformal(errors: Array, level: float) -> float:
    place = ceil(round((errors.size + 1) * level, 9))
    return float(np.sort(np.abs(errors))[place - 1]) if place <= errors.size else np.inf


def _covered(errors: Array) -> float | None:
    """Share of what came within an interval drawn from the errors known at each origin alone."""
    hits: list[bool] = []
    for row in range(errors.shape[0]):
        width = 0.0
        for step in range(errors.shape[1]):
            past = errors[: max(row - step, 0), step]
            width = max(width, _conformal(past, LEVEL))
            if np.isfinite(width) and not np.isnan(errors[row, step]):
                hits.append(abs(errors[row, step]) <= width)
    return float(np.mean(hits)) if len(hits) >= 10 else None


class Period(msgspec.Struct, frozen=True):
    """A period `[opens, closes)` of a series: its value, or what is expected of it."""

    opens: date
    closes: date
    value: float
    expected: Ahead | None = None


class Crossing(msgspec.Struct, frozen=True):
    """A target, and when the series will cross it.

    `met` now; `on` opens the first period expected to be on the other side of it (None: none
    within the horizon). By the 80 % interval it may be so from `earliest` on and surely is from
    `surely` on.
    """

    target: float
    met: bool
    on: date | None
    earliest: date | None
    surely: date | None


def crossing(now: float, periods: Sequence[Period], target: float, *, up: bool) -> Crossing:
    """Say when a series will meet or miss a target; `up` if more is better."""

    def met(value: float) -> bool:
        return value >= target if up else value <= target

    def first(value: Callable[[Ahead], float]) -> date | None:
        there = (p.opens for p in periods if p.expected and met(value(p.expected)) != met_now)
        return next(there, None)

    met_now = met(now)
    toward, back = ("upper", "lower") if up is not met_now else ("lower", "upper")
    return Crossing(
        target, met_now, first(lambda a: a.value),
        first(lambda a: float(getattr(a, toward))), first(lambda a: float(getattr(a, back))),
    )  # fmt: skip
