"""Bounds are as wide as the worst choice of the doubtful rows, found by trying all of them."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kadar.checks.bounds import Doubtful, joined, quantile_bounds, ratio_bounds, sum_bounds

NUMBER = st.integers(-20, 20).map(float)
OPTION = st.tuples(NUMBER, st.integers(0, 3).map(float))
ROW = st.lists(OPTION, min_size=1, max_size=4).map(lambda o: Doubtful(o[0], o))


def every(above: float, below: float, rows: list[Doubtful]) -> list[tuple[float, float]]:
    """Return the numerator and denominator of every choice."""
    made = []
    for chosen in product(*(row.options for row in rows)):
        top = above + sum(n - row.now[0] for (n, _), row in zip(chosen, rows, strict=True))
        bottom = below + sum(d - row.now[1] for (_, d), row in zip(chosen, rows, strict=True))
        made.append((top, bottom))
    return made


@settings(deadline=None)
@given(NUMBER, st.integers(30, 60).map(float), st.lists(ROW, max_size=5))
def test_a_ratio_is_bounded_by_its_extreme_choices(
    above: float, below: float, rows: list[Doubtful]
) -> None:
    ratios = [top / bottom for top, bottom in every(above, below, rows)]
    found = ratio_bounds(above, below, rows)
    assert found is not None
    assert found == pytest.approx((min(ratios), max(ratios)))


@settings(deadline=None)
@given(NUMBER, st.lists(ROW, max_size=5))
def test_a_sum_is_bounded_by_its_extreme_choices(value: float, rows: list[Doubtful]) -> None:
    sums = [top for top, _ in every(value, 0.0, rows)]
    assert sum_bounds(value, rows) == pytest.approx((min(sums), max(sums)))


def test_a_ratio_whose_denominator_may_vanish_has_no_bounds() -> None:
    row = Doubtful((1.0, 1.0), [(1.0, 1.0), (0.0, 0.0)])
    assert ratio_bounds(1.0, 1.0, [row]) is None


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 50).map(float), min_size=5, max_size=30),
    st.integers(0, 2),
    st.integers(0, 2),
    st.lists(st.integers(0, 50).map(float), min_size=4, max_size=4),
)
def test_a_quantile_with_any_rows_in_doubt_lies_within_its_bounds(
    values: list[float], inside: int, outside: int, instead: list[float]
) -> None:
    found = quantile_bounds(values, 0.5, inside, outside)
    if found is None:
        assert inside + outside >= len(values) - inside
        return
    low, high = min(values), max(values)
    stay = values[inside:]
    moved = [min(max(value, low), high) for value in instead[: inside + outside]]
    median = float(np.median([*stay, *moved]))
    assert found[0] - 1e-9 <= median <= found[1] + 1e-9


def test_parts_are_joined_as_intervals() -> None:
    assert joined("-", (1.0, 2.0), (3.0, 5.0)) == (-4.0, -1.0)
    assert joined("*", (-1.0, 2.0), (3.0, 5.0)) == (-5.0, 10.0)
    assert joined("/", (1.0, 2.0), (4.0, 5.0)) == pytest.approx((0.2, 0.5))
    assert joined("/", (1.0, 2.0), (-1.0, 5.0)) is None
