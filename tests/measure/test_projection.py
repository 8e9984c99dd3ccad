"""How often the 95 % intervals hold the truth, by simulation."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from kadar.measure.intervals import Array
from kadar.measure.survival import LifeTable, life_table

WINDOW = 90.0


def seen(start: Array, end: Array, won: Array, at: float) -> LifeTable:
    """The life table of rows as it stands at a moment."""
    there = start < at
    start, end, won = start[there], end[there], won[there]
    over = start + end <= at
    time = np.where(over, end, at - start)
    return life_table(time, over * won * 1.0, over * ~won * 1.0, ~over * 1.0)


def coverage(turns: int, seed: int, of: Callable[[np.random.Generator], bool | None]) -> float:
    random = np.random.default_rng(seed)
    held = [held for _ in range(turns) if (held := of(random)) is not None]
    assert len(held) > 0.9 * turns
    return float(np.mean(held))


@pytest.mark.parametrize(
    ("a_day", "cohort_days", "age", "days"),
    [(4.0, 30.0, 0.0, 360.0), (4.0, 30.0, 30.0, 360.0), (1.5, 30.0, 15.0, 720.0),
     (10.0, 7.0, 20.0, 200.0)],
)  # fmt: skip
def test_a_projection_holds_the_final_rate(
    a_day: float, cohort_days: float, age: float, days: float
) -> None:
    """Rows come all the time; a third are won, the others lost, at ages of either kind."""

    def once(random: np.random.Generator) -> bool:
        n = random.poisson(a_day * days)
        start = random.random(n) * days
        won = random.random(n) < 0.35
        end = np.where(won, random.weibull(0.9, n) * 30, random.weibull(1.4, n) * 55)
        opens = days - age - cohort_days
        mine = (start >= opens) & (start < opens + cohort_days)
        final = won & (end <= WINDOW)
        known = (start + end <= days) & final & mine
        found = seen(start, end, final, days).project(
            seen(start[mine], end[mine], final[mine], days), WINDOW, mine.sum(), known.sum()
        )
        return bool(found.lower - 1e-12 <= final[mine].mean() <= found.upper + 1e-12)

    assert 0.93 <= coverage(2000, 1, once) <= 0.97


@pytest.mark.parametrize("n", [60, 300])
def test_a_share_holds_the_probability(n: int) -> None:
    truth = 0.4 * (1 - np.exp(-WINDOW / 40))

    def once(random: np.random.Generator) -> bool | None:
        won = random.random(n) < 0.4
        end = np.where(won, random.exponential(40, n), random.exponential(60, n))
        found = seen(random.random(n) * 150, end, won, 150).share(WINDOW)
        return None if np.isnan(found.value) else bool(found.lower <= truth <= found.upper)

    assert 0.93 <= coverage(2000, 2, once) <= 0.97


@pytest.mark.parametrize("n", [60, 300])
def test_a_median_holds_the_truth(n: int) -> None:
    truth = 40 * np.log(2)

    def once(random: np.random.Generator) -> bool:
        start, end = random.random(n) * 100, random.exponential(40, n)
        found = seen(start, end, np.ones(n, bool), 100).quantile(0.5)
        return bool(found.lower <= truth and not found.upper < truth)

    assert 0.93 <= coverage(2000, 3, once) <= 0.97


@pytest.mark.parametrize("n", [80, 400])
def test_the_median_of_those_won_holds_the_truth(n: int) -> None:
    truth = 30 * np.log(2)

    def once(random: np.random.Generator) -> bool | None:
        won = random.random(n) < 0.4
        end = np.where(won, random.exponential(30, n), random.exponential(50, n))
        found = seen(random.random(n) * 200, end, won, 200 + 60).quantile_of_ended(0.5, 150)
        if np.isnan(found.value):
            return None
        return bool(found.lower <= truth and not found.upper < truth)

    assert 0.93 <= coverage(2000, 4, once) <= 0.97
