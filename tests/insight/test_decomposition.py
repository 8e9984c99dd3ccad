"""The arithmetic of a change: parts sum to it exactly, whatever the tables."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kadar.insight.decomposition import (
    BOTH,
    CAME,
    NO_RATE,
    WENT,
    Cell,
    of_ratio,
    of_total,
    of_two_totals,
)

AMOUNTS = st.floats(-1e6, 1e6).map(lambda x: round(x, 2))
COUNTS = st.integers(0, 1000)
TABLES = st.dictionaries(
    st.sampled_from([None, "web", "event", "", "partner", "电话"]),
    st.builds(Cell.of, AMOUNTS, COUNTS),
    max_size=6,
)


def whole(table: Mapping[Any, Cell]) -> Cell:
    nothing = Fraction(0)
    cells = table.values()
    return Cell(sum((c.above for c in cells), nothing), sum((c.below for c in cells), nothing))


def rate(cell: Cell) -> Fraction:
    return cell.above / cell.below


@given(TABLES, TABLES, AMOUNTS, COUNTS, st.sampled_from([1, 100, -1]))
def test_parts_of_a_ratio_sum_to_its_change_exactly(
    before: dict[object, Cell], after: dict[object, Cell], more: float, extra: int, scale: int
) -> None:
    # after: some of the rows stand under no one value or under several
    old, new = whole(before), whole(after)
    new = Cell(new.above + Fraction(more), new.below + extra)
    if not old.below or not new.below:
        return
    made = of_ratio(before, after, old, new, Fraction(scale))
    assert made.change == scale * (rate(new) - rate(old))
    assert (made.several is None) == (not more and not extra)
    for key, part in made.parts.items():
        if part.kind == BOTH:
            assert part.rate is not None
            assert part.mix is not None
            assert part.rate + part.mix == part.total
            weights = (before[key].below / old.below + after[key].below / new.below) / 2
            moved = rate(after[key]) - rate(before[key])
            if not more and not extra:
                assert part.rate == scale * weights * moved
        else:
            assert (part.rate, part.mix) == (None, None)


@given(TABLES, TABLES, AMOUNTS)
def test_parts_of_a_total_sum_to_its_change_exactly(
    before: dict[object, Cell], after: dict[object, Cell], more: float
) -> None:
    first, second = ({k: c.above for k, c in table.items()} for table in (before, after))
    old, new = (sum(table.values(), Fraction(0)) for table in (first, second))
    made = of_total(first, second, old, new)
    assert made.change == new - old
    assert made.several is None
    if more:  # a customer under several values: as exact a part as any
        assert (
            of_total(first, second, old, new + Fraction(more)).change == new + Fraction(more) - old
        )


@given(*[st.builds(Cell.of, AMOUNTS, COUNTS.filter(bool))] * 2)
def test_numerator_and_denominator_sum_to_the_change_exactly(old: Cell, new: Cell) -> None:
    assert sum(of_two_totals(old, new)) == rate(new) - rate(old)


def test_by_hand() -> None:
    # D goes, C comes; both wholes are 60 of 200: 0.3 is the reference
    before = {"A": Cell.of(10, 100), "B": Cell.of(40, 80), "D": Cell.of(10, 20)}
    after = {"A": Cell.of(20, 100), "B": Cell.of(30, 50), "C": Cell.of(10, 50)}
    made = of_ratio(before, after, whole(before), whole(after))
    assert made.change == 0
    a, b, c, d = (made.parts[key] for key in "ABCD")
    assert (a.kind, b.kind, c.kind, d.kind) == (BOTH, BOTH, CAME, WENT)
    assert a.rate == Fraction(1, 20)  # a weight of ½ in both, 0.1 → 0.2
    assert a.mix == 0
    assert b.rate == Fraction(13, 40) * Fraction(1, 10)  # weight 0.4 → 0.25, rate 0.5 → 0.6
    assert b.mix == Fraction(-3, 20) * (Fraction(11, 20) - Fraction(3, 10))
    assert c.total == Fraction(1, 4) * (Fraction(1, 5) - Fraction(3, 10))
    assert d.total == -Fraction(1, 10) * (Fraction(1, 2) - Fraction(3, 10))


def test_rates_rise_everywhere_and_the_whole_falls() -> None:
    # Simpson: the poor segment grows
    before = {"good": Cell.of(80, 100), "poor": Cell.of(2, 10)}
    after = {"good": Cell.of(9, 10), "poor": Cell.of(30, 100)}
    made = of_ratio(before, after, whole(before), whole(after))
    assert made.change < 0
    assert all(part.rate > 0 for part in made.parts.values() if part.rate is not None)
    assert all(part.mix < 0 for part in made.parts.values() if part.mix is not None)


def test_spend_without_customers_is_a_part_without_a_rate() -> None:
    before = {"web": Cell.of(100, 10), "event": Cell.of(50, 0)}
    after = {"web": Cell.of(100, 10), "event": Cell.of(80, 5)}
    made = of_ratio(before, after, whole(before), whole(after))
    assert made.parts["event"].kind == NO_RATE
    assert made.change == Fraction(180, 15) - 15


def test_rounding_of_amounts_is_no_overlap() -> None:
    cells = {str(i): Cell.of(0.1, 1) for i in range(10)}
    made = of_ratio(cells, cells, Cell.of(sum([0.1] * 10), 10), Cell.of(1.0, 10))
    assert made.several is None
    assert made.change == 0
