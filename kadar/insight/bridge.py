"""The way from one number to another in steps that add up, each with the rows that make it.

Steps are taken one after the other, and each one's effect is the number after it less the number
before it. Where a row counts the same in both numbers: rows that only the second has, rows that
only the first has, rows on another side of it. Where a row counts otherwise (by its amount, by
another clock): rows that only the first has, the new weights, rows that only the second has. Then
sides made of other things, then another way to sum the values up. Steps after which there would
be nothing to divide by are taken together with the next. Numbers are fractions: the steps sum to
the difference exactly.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from typing import Protocol

from kadar.insight.compared import FROM, TO, Compared, Row
from kadar.insight.sides import ABOVE, BELOW
from kadar.insight.wording import Phrase

CAME, WENT, MOVED, WEIGHED, REPLACED = "came", "went", "moved", "weighed", "replaced"
SUMMED, FORMULA, PERIOD, REST = "summed", "formula", "period", "rest"
NOTHING = Fraction(0)
Number = Callable[[Fraction, Fraction | None], Fraction | None]


class Why(Protocol):
    """Says why a row is in one number (on a side) and not in the other (on that side)."""

    def __call__(self, row: Compared, inside: str, side: str | None) -> Phrase: ...


@dataclass(frozen=True)
class Change:
    """What one row adds to the numerator and the denominator in a step.

    Of a quantile or a mean: the row's value before and after, null where it is not in it.
    """

    table: str
    row: Row = field(repr=False)
    above: Fraction | None
    below: Fraction | None


@dataclass(frozen=True)
class Step:
    """One step of a bridge, in the unit of the KPI.

    `kind` is what its rows did: `came`, `went`, `moved` to another side, `weighed` otherwise,
    `replaced` (a side made of other things), `summed` (mean, median), `formula` (not separable),
    `period`. `above` and `below` are what its rows add to numerator and denominator.
    """

    kind: str
    reason: Phrase
    above: Fraction | None
    below: Fraction | None
    effect: Fraction
    value: Fraction
    changes: tuple[Change, ...] = field(default=(), repr=False)

    @property
    def rows(self) -> int:
        """How many rows there are to the step."""
        return len(self.changes)


@dataclass(frozen=True)
class Move:
    """What is to be done, before its effect is known."""

    kind: str
    reason: Phrase
    changes: list[Change]


def by_rows(
    table: Iterable[Compared], why: Why, *, weighed: Callable[[], Phrase], values: bool = False
) -> Iterator[Move]:
    """Sort what the rows change into moves, in the order in which they are taken.

    Rows that add nothing change nothing, unless they are `values`.
    """
    rows = list(table)
    both = [row for row in rows if row.within(FROM) and row.within(TO)]
    other_weights = any(
        row.within(FROM, side) and row.within(TO, side) and row.of(FROM, side) != row.of(TO, side)
        for row in both
        for side in (ABOVE, BELOW)
    )
    came = [row for row in rows if not row.within(FROM)]
    went = [row for row in rows if not row.within(TO)]
    leave = list(_grouped(WENT, went, partial(why, inside=FROM, side=None), always=values))
    enter = list(_grouped(CAME, came, partial(why, inside=TO, side=None), always=values))
    yield from leave if other_weights else [*enter, *leave]
    for number in (FROM, TO):
        if number == TO and other_weights:
            yield from _weights(both, weighed())
        for side in (ABOVE, BELOW):
            other = TO if number == FROM else FROM
            there = [r for r in both if r.within(number, side) and not r.within(other, side)]
            yield from _grouped(MOVED, there, partial(why, inside=number, side=side), (side,))
    if other_weights:
        yield from enter


def _grouped(
    kind: str,
    rows: list[Compared],
    reason: Callable[[Compared], Phrase],
    sides: tuple[str, ...] = (ABOVE, BELOW),
    *,
    always: bool = False,
) -> Iterator[Move]:
    groups: dict[Phrase, list[Change]] = defaultdict(list)
    for row in rows:
        made = change(row, sides)
        if made.above or made.below or always:
            groups[reason(row)].append(made)
    for said, changes in sorted(groups.items(), key=lambda group: -len(group[1])):
        yield Move(kind, said, changes)


def _weights(rows: list[Compared], reason: Phrase) -> Iterator[Move]:
    changes = []
    for row in rows:
        sides = [s for s in (ABOVE, BELOW) if row.within(FROM, s) and row.within(TO, s)]
        made = change(row, tuple(sides))
        if made.above or made.below:
            changes.append(made)
    if changes:
        yield Move(WEIGHED, reason, changes)


def change(row: Compared, sides: tuple[str, ...]) -> Change:
    """Return what a row changes on some sides."""
    above, below = (
        row.of(TO, side) - row.of(FROM, side) if side in sides else NOTHING
        for side in (ABOVE, BELOW)
    )
    return Change(row.table, row.row, above, below)


def taken(
    moves: Iterable[Move],
    start: Fraction,
    sides: tuple[Fraction, Fraction | None],
    number: Number,
) -> Iterator[Step]:
    """Take moves one after the other; those that leave nothing to divide by with the next."""
    value, (above, below) = start, sides
    waiting: list[Move] = []
    for move in moves:
        waiting.append(move)
        for made in move.changes:
            above += made.above or NOTHING
            below = None if below is None else below + (made.below or NOTHING)
        after = number(above, below)
        if after is None:
            continue
        yield step(waiting, after - value, after)
        value, waiting = after, []


def step(moves: list[Move], effect: Fraction, value: Fraction) -> Step:
    """Return one or several moves as a step."""
    from kadar.insight.wording import phrase

    reason = moves[0].reason
    for move in moves[1:]:
        reason = phrase("{first}; {second}", first=reason, second=move.reason)
    changes = tuple(made for move in moves for made in move.changes)
    above = sum((made.above or NOTHING for made in changes), NOTHING)
    below = sum((made.below or NOTHING for made in changes), NOTHING)
    kind = moves[0].kind if len({move.kind for move in moves}) == 1 else REPLACED
    return Step(kind, reason, above, below, effect, value, changes)
