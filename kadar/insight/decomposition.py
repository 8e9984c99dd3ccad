"""The arithmetic of a change: exact parts by the values of a dimension.

For a ratio `R = Σn ÷ Σd`, a value `i` has the rate `r = n ÷ d` and the weight `w = d ÷ Σd`. With
`R̄`, `r̄`, `w̄` the means of before and after, the change is

    ΔR = Σ w̄ Δr              rate effect of values there in both periods
       + Σ (r̄ - R̄) Δw        mix effect of these
       + Σ w₁ (r₁ - R̄)       values that came
       - Σ w₀ (r₀ - R̄)       values that went

Kitagawa, "Components of a difference between two rates", JASA 50 (1955), 1168-1194, gives the
symmetric weights that leave no interaction; Griliches and Regev, "Firm productivity in Israeli
industry", Journal of Econometrics 65 (1995), 175-203, the reference `R̄` that makes the mix effect
of a value its growth times how far its rate stands from the whole, and the parts of entry and
exit. A value with an amount above the line and nothing below it has no rate: its part is
`Δ(n ÷ Σd) - R̄ Δw`, which is what the parts of every value come to.

Numbers are fractions: parts sum to the change exactly, not nearly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

Key = TypeVar("Key")

# What a part is: a value there in both periods, one that came, one that went, one that has no
# rate in one of them, and what is counted under several values at once.
BOTH, CAME, WENT, NO_RATE, SEVERAL = "both", "came", "went", "no_rate", "several"
ROUNDING = Fraction(1, 10**11)  # a rest this small beside the amounts is their rounding


@dataclass(frozen=True)
class Cell:
    """What stands above and below the line."""

    above: Fraction
    below: Fraction

    @classmethod
    def of(cls, above: float, below: float) -> Cell:
        """Return the exact fractions of two numbers."""
        return cls(Fraction(above), Fraction(below))

    def __bool__(self) -> bool:
        return self.above != 0 or self.below != 0


NOTHING = Cell(Fraction(0), Fraction(0))


@dataclass(frozen=True)
class Effect:
    """The part of one value; `rate` and `mix` where it was there in both periods."""

    kind: str
    total: Fraction
    rate: Fraction | None = None
    mix: Fraction | None = None


@dataclass(frozen=True)
class Decomposed:
    """The parts of a change by value, and the part counted under several values, if any."""

    parts: dict[object, Effect]
    several: Effect | None

    @property
    def change(self) -> Fraction:
        """What the parts sum to."""
        rest = self.several.total if self.several else Fraction(0)
        return sum((part.total for part in self.parts.values()), rest)


def of_ratio(
    before: Mapping[Key, Cell],
    after: Mapping[Key, Cell],
    whole_before: Cell,
    whole_after: Cell,
    scale: Fraction = Fraction(1),
) -> Decomposed:
    """Decompose the change of `scale` times a ratio by the values of a dimension.

    What the values miss of the wholes, because a customer stands under several of them, is a part
    of its own. Both wholes must have something below the line.
    """
    whole_before, rest_before = _rest(before, whole_before)
    whole_after, rest_after = _rest(after, whole_after)
    middle = (whole_before.above / whole_before.below + whole_after.above / whole_after.below) / 2

    def part(old: Cell, new: Cell) -> tuple[Fraction, Fraction]:
        share = new.below / whole_after.below - old.below / whole_before.below
        added = new.above / whole_after.below - old.above / whole_before.below
        return share, scale * (added - middle * share)

    parts: dict[object, Effect] = {}
    for key in {**before, **after}:
        old, new = before.get(key, NOTHING), after.get(key, NOTHING)
        share, total = part(old, new)
        kind = _kind(old, new)
        if kind != BOTH:
            parts[key] = Effect(kind, total)
            continue
        old_rate, new_rate = old.above / old.below, new.above / new.below
        mix = scale * ((old_rate + new_rate) / 2 - middle) * share
        parts[key] = Effect(BOTH, total, total - mix, mix)
    several = None
    if rest_before or rest_after:
        several = Effect(SEVERAL, part(rest_before, rest_after)[1])
    return Decomposed(parts, several)


def of_total(
    before: Mapping[Key, Fraction],
    after: Mapping[Key, Fraction],
    whole_before: Fraction,
    whole_after: Fraction,
) -> Decomposed:
    """Decompose the change of a count or sum: each value's own change."""
    parts: dict[object, Effect] = {}
    for key in {**before, **after}:
        kind = WENT if key not in after else CAME if key not in before else BOTH
        parts[key] = Effect(kind, after.get(key, Fraction(0)) - before.get(key, Fraction(0)))
    rests = [
        _exact(sum(values.values(), Fraction(0)), whole, values.values())
        for values, whole in ((before, whole_before), (after, whole_after))
    ]
    several = Effect(SEVERAL, rests[1] - rests[0]) if any(rests) else None
    return Decomposed(parts, several)


def of_two_totals(before: Cell, after: Cell, scale: Fraction = Fraction(1)) -> tuple[Fraction, ...]:
    """Return what the numerator and what the denominator added to a ratio's change.

    The mean of changing the one first and the other first (Shapley's value of two factors; Das
    Gupta, "Standardization and decomposition of rates", US Census Bureau P23-186, 1993). Unlike
    logarithmic means it takes amounts of zero and below. The two sum to the change exactly.
    """
    above = (after.above - before.above) * (1 / before.below + 1 / after.below) / 2
    below = (1 / after.below - 1 / before.below) * (before.above + after.above) / 2
    return scale * above, scale * below


def _kind(old: Cell, new: Cell) -> str:
    if not old:
        return CAME if new.below else NO_RATE
    if not new:
        return WENT if old.below else NO_RATE
    return BOTH if old.below and new.below else NO_RATE


def _rest(cells: Mapping[Key, Cell], whole: Cell) -> tuple[Cell, Cell]:
    """Return the whole without rounding, and what the values miss of it or count too often."""
    above = sum((cell.above for cell in cells.values()), Fraction(0))
    below = sum((cell.below for cell in cells.values()), Fraction(0))
    rest = Cell(
        _exact(above, whole.above, [cell.above for cell in cells.values()]),
        _exact(below, whole.below, [cell.below for cell in cells.values()]),
    )
    return Cell(above + rest.above, below + rest.below), rest


def _exact(total: Fraction, whole: Fraction, amounts: Iterable[Fraction]) -> Fraction:
    """Return whole less total; 0 where that is only the rounding of the amounts."""
    size = sum((abs(amount) for amount in amounts), abs(whole))
    rest = whole - total
    return Fraction(0) if abs(rest) <= ROUNDING * size else rest
