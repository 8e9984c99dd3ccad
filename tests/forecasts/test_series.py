"""Series ahead: smoothing and intervals in plain Python, nothing from after an origin, coverage."""

from __future__ import annotations

from datetime import date
from itertools import product
from math import ceil
from typing import Any

import numpy as np
import pytest

from kadar.forecasts.series import (
    LAST_YEAR,
    LEVELLED,
    SEASONAL,
    TRENDED,
    Ahead,
    Period,
    crossing,
    needed,
    outlook,
)
from kadar.forecasts.smoothing import DAMPED, LEVELS, SEASONS, TRENDS, smooth


def plainly(values: list[float], season: int, steps: int, *, trend: bool) -> list[float]:
    """Smooth with each set of constants, one number at a time, and go on with the best."""
    best: tuple[float, list[float]] | None = None
    for alpha, beta, phi, gamma in product(
        LEVELS,
        TRENDS if trend else (0,),
        DAMPED if trend else (1,),
        SEASONS if season > 1 else (0,),
    ):
        warm = season if season > 1 else 4
        level, slope = sum(values[:warm]) / warm, 0.0
        parts = [v - level for v in values[:season]] if season > 1 else [0.0]
        squares = 0.0
        for t, value in enumerate(values):
            if season > 1 and t < season:
                continue
            error = value - (level + phi * slope + parts[t % season])
            level += phi * slope + alpha * error
            slope = phi * slope + alpha * beta * error
            parts[t % season] += gamma * (1 - alpha) * error
            squares += error**2 if t >= warm else 0
        ahead, gain = [], 0.0
        for h in range(steps):
            gain += phi ** (h + 1) * slope
            ahead.append(level + gain + parts[(len(values) + h) % season])
        if best is None or squares < best[0]:
            best = squares, ahead
    assert best is not None
    return best[1]


@pytest.mark.parametrize(("season", "trend"), [(1, False), (1, True), (4, False), (4, True)])
def test_smoothing_is_what_the_equations_say(season: int, trend: bool) -> None:
    random = np.random.default_rng(2)
    values = 50 + np.cumsum(random.normal(0.5, 2, 24)) + np.tile([5, -3, 0, -2], 6)
    made = smooth(values, season, trend=trend)
    for origin in (9, 16, 24):
        plain = plainly(values[:origin].tolist(), season, 6, trend=trend)
        assert made.ahead(origin, 6) == pytest.approx(plain)


def test_what_comes_after_an_origin_changes_nothing_known_at_it() -> None:
    random = np.random.default_rng(3)
    values = random.normal(10, 1, 40)
    other = np.concatenate([values[:25], random.normal(90, 30, 15)])
    for trend, season in product((False, True), (1, 12)):
        one, two = (smooth(v, season, trend=trend).ahead(25, 8) for v in (values, other))
        assert one.tolist() == two.tolist()


def test_the_rule_is_the_one_with_the_least_error_and_beats_the_naive_one() -> None:
    random = np.random.default_rng(4)
    month = np.arange(60)
    wave = 30 * np.sin(month * np.pi / 6)
    cases: dict[str, Any] = {
        LEVELLED: 100 + np.cumsum(random.normal(0, 3, 60)) + random.normal(0, 2, 60),
        TRENDED: 100 + 4 * month + random.normal(0, 1, 60),
        SEASONAL: 100 + wave + np.cumsum(random.normal(0, 2, 60)) + random.normal(0, 2, 60),
    }
    for rule, values in cases.items():
        made = outlook(values, 6, 12)
        assert made.rule == made.scores[0].rule == rule
        naive = next(score for score in made.scores if score.naive)
        assert naive.rule == LAST_YEAR
        assert made.scores[0].mae < naive.mae
        assert [s.mae for s in made.scores] == sorted(s.mae for s in made.scores)
    same = np.tile(random.normal(10, 3, 12), 5)
    assert outlook(same, 6, 12).rule == LAST_YEAR  # a season that only repeats: nothing beats it
    assert outlook(same, 6, 12).ahead[0].value == same[0]


def test_intervals_are_the_past_errors_of_the_rule() -> None:
    # half way the seasons change at once: nothing is as good as the season before
    series = np.concatenate([np.tile([1.0, 5, 2, 8], 3), np.tile([9.0, 1, 4, 0], 3)])
    again = outlook(series, 2, 4)
    assert again.rule == LAST_YEAR
    widths = []
    for step in range(2):
        errors = sorted(abs(series[t + step - 4] - series[t + step]) for t in range(6, 24 - step))
        widths.append(errors[ceil((len(errors) + 1) * 0.8 - 1e-9) - 1])
    for step, one in enumerate(again.ahead):
        width = max(widths[: step + 1])
        assert one.upper - one.value == pytest.approx(width, abs=1e-12)
        assert one.value - one.lower == pytest.approx(width, abs=1e-12)
    assert again.origins == 18
    assert again.ahead[0].lower_95 is None  # 18 errors are too few for 95 %


def test_eight_of_ten_lie_within_the_interval() -> None:
    random = np.random.default_rng(6)
    inside, said = [], []
    for _ in range(150):
        noise = random.normal(0, 1, 60)
        values = 10 + np.convolve(noise, [1, 0.6, 0.3])[:60]
        made = outlook(values[:54], 6, 12)
        inside += [a.lower <= v <= a.upper for a, v in zip(made.ahead, values[54:], strict=True)]
        said.append(made.covered)
    assert 0.75 < np.mean(inside) < 0.92
    assert 0.70 < np.mean([one for one in said if one is not None]) < 0.92


def test_a_share_stays_one_and_an_amount_above_nothing() -> None:
    falling = [0.5, 0.4, 0.32, 0.2, 0.14, 0.08, 0.05, 0.03, 0.02, 0.01, 0.0, 0.0, 0.0, 0.0]
    made = outlook(falling, 4, 12, (0.0, 1.0))
    assert all(0 <= a.lower <= a.value <= a.upper <= 1 for a in made.ahead)
    assert outlook(falling, 4, 12).ahead[-1].lower < 0
    assert needed(4) == 13


@pytest.mark.parametrize("up", [True, False])
def test_when_a_target_is_crossed(up: bool) -> None:
    sign = 1 if up else -1
    expected = [1.0, 2, 3, 4, 5]
    periods = [
        Period(
            date(2026, m, 1), date(2026, m + 1, 1), sign * v,
            Ahead(sign * v, min(sign * v - 1.5, 99), sign * v + 1.5, None, None),
        )
        for m, v in enumerate(expected, 1)
    ]  # fmt: skip
    met = crossing(0.0, periods, sign * 2.5, up=up)
    assert (met.met, met.on) == (False, date(2026, 3, 1))
    assert (met.earliest, met.surely) == (date(2026, 1, 1), date(2026, 4, 1))
    missed = crossing(sign * -9.0, periods, sign * 3.5, up=not up)
    assert (missed.met, missed.on) == (True, date(2026, 4, 1))
    assert (missed.earliest, missed.surely) == (date(2026, 3, 1), None)
    assert crossing(0.0, periods, sign * 9.0, up=up).on is None
