"""95 % intervals: published examples, the libraries' figures, and coverage by simulation."""

from __future__ import annotations

import numpy as np
import pytest

from kadar.measure import intervals

TIMES = 20_000


def test_wilson_against_a_published_example() -> None:
    """81 of 263 (Newcombe 1998, table I, method 3): 0.2553 to 0.3662."""
    low, high = intervals.wilson(np.array([81.0]), np.array([263.0]))
    assert low[0] == pytest.approx(0.2553, abs=5e-5)
    assert high[0] == pytest.approx(0.3662, abs=5e-5)


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    # Newcombe 1998, table I, method 3
    [(15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_at_the_edge(hits: int, n: int, low: float, high: float) -> None:
    made = intervals.wilson(np.array([float(hits)]), np.array([float(n)]))
    assert [bound[0] for bound in made] == pytest.approx([low, high], abs=5e-5)


def test_wilson_of_nothing_is_unknown_and_of_all_ends_at_one() -> None:
    low, high = intervals.wilson(np.array([0.0, 5.0]), np.array([0.0, 5.0]))
    assert np.isnan(low[0])
    assert np.isnan(high[0])
    assert high[1] == 1.0


@pytest.mark.parametrize("count", [0, 1, 7, 400])
def test_poisson_ends_where_the_score_test_rejects(count: int) -> None:
    for bound in intervals.poisson(np.array([float(count)])):
        if bound[0] > 0:
            assert abs(count - bound[0]) / np.sqrt(bound[0]) == pytest.approx(intervals.Z95)


def test_student_needs_two_values() -> None:
    low, high = intervals.student(np.zeros(2), np.ones(2), np.array([1.0, 2.0]))
    assert np.isnan(low[0])
    assert (low[1], high[1]) == pytest.approx((-12.7062, 12.7062), abs=1e-4)


@pytest.mark.parametrize("n", [3, 10, 100])
def test_student_covers(n: int) -> None:
    samples = np.random.default_rng(1).normal(5, 2, (TIMES, n))
    variance = samples.var(axis=1, ddof=1) / n
    low, high = intervals.student(samples.mean(axis=1), variance, np.full(TIMES, float(n)))
    assert 0.94 <= np.mean((low <= 5) & (high >= 5)) <= 0.96
