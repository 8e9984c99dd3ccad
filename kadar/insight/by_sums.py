"""From one sum or quotient of rows to another, in steps."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from kadar.insight import bridge
from kadar.insight.bridge import Move, Step
from kadar.insight.compared import FROM, TO, End, Place, Table, add
from kadar.insight.reasons import Reasons, rows_of
from kadar.insight.sides import ABOVE, BELOW, Sums, entity, flattened
from kadar.insight.wording import Phrase, bare, joined, phrase
from kadar.language import N_
from kadar.measure.formula import Measure


class BySums:
    """The two numbers, what makes their sides, and the rows of it."""

    def __init__(self, ends: tuple[End, End], made_of: tuple[Sums, Sums]) -> None:
        sums = dict(zip((FROM, TO), flattened(*made_of), strict=True))
        self._sums = sums
        self._scopes = {number: end.scope for number, end in zip(sums, ends, strict=True)}
        self._measures: dict[Place, list[Measure]] = {
            (number, side): [measure for _, measure in made.terms(side)]
            for number, made in sums.items()
            for side in (ABOVE, BELOW)
        }

    def steps(self, span: tuple[date, date] | None) -> tuple[Fraction, list[Step]] | None:
        """Return the start and the steps; None where a number has nothing to divide by."""
        one, other = self._sums[FROM], self._sums[TO]
        replaced = tuple(side for side in (ABOVE, BELOW) if self._replaced(side))
        rows: Table = {}
        apart: Table = {}
        for (number, side), terms in self._terms().items():
            add(apart if side in replaced else rows, self._scopes[number], (number, side), terms)
        start, end = (self._number(number, rows, apart) for number in (FROM, TO))
        if start is None or end is None:
            return None
        reasons = Reasons(self._scopes[TO], self._measures, span)
        moves = bridge.by_rows(rows.values(), reasons.why, weighed=lambda: _weights(one, other))
        totals = self._totals(FROM, rows, apart)
        taken = list(bridge.taken(moves, start, totals, one.of))
        value = taken[-1].value if taken else start
        if replaced or end != value:
            changes = [bridge.change(row, replaced) for row in apart.values()]
            reason = self._swap(replaced) if replaced else _scales(one, other)
            kind = bridge.REPLACED if replaced else bridge.SUMMED
            taken.append(bridge.step([Move(kind, reason, changes)], end - value, end))
        return start, taken

    def _terms(self) -> dict[Place, tuple[tuple[Fraction, Measure], ...]]:
        return {(n, side): self._sums[n].terms(side) for n, side in self._measures}

    def _number(self, number: str, *tables: Table) -> Fraction | None:
        return self._sums[number].of(*self._totals(number, *tables))

    def _totals(self, number: str, *tables: Table) -> tuple[Fraction, Fraction | None]:
        above, below = (
            sum((row.of(number, side) for rows in tables for row in rows.values()), Fraction(0))
            for side in (ABOVE, BELOW)
        )
        return above, None if self._sums[number].below is None else below

    def _replaced(self, side: str) -> bool:
        """Whether a side is made of other things: leads, not deals; nothing to divide by."""
        kinds = [{entity(m) for m in self._measures[number, side]} for number in (FROM, TO)]
        return kinds[0] != kinds[1] and not kinds[0] & kinds[1]

    def _swap(self, replaced: tuple[str, ...]) -> Phrase:
        return joined([
            phrase(N_("{new} instead of {old}"), new=self._named(TO, side),
                   old=self._named(FROM, side))
            for side in replaced
        ])  # fmt: skip

    def _named(self, number: str, side: str) -> Phrase:
        made = self._measures[number, side]
        if not made:
            return phrase(N_("no divisor"))
        rows = rows_of(made[0])
        if made[0].kind != "sum":
            return rows
        return phrase(N_("{what} of {rows}"), what=bare(made[0].expression), rows=rows)


def _weights(one: Sums, other: Sums) -> Phrase:
    old, new = (
        {side: [_weight(measure) for _, measure in sums.terms(side)] for side in (ABOVE, BELOW)}
        for sums in (one, other)
    )
    differ = [side for side in (ABOVE, BELOW) if old[side] != new[side]]
    before, after = (
        " / ".join(dict.fromkeys(text for side in differ for text in weights[side]))
        for weights in (old, new)
    )
    return phrase(N_("weighed by {new} instead of {old}"), new=after, old=before)


def _scales(one: Sums, other: Sums) -> Phrase:
    new, old = (f"x {float(s.scale):g} {float(s.offset):+g}" for s in (other, one))
    return phrase(N_("{new} instead of {old}"), new=new, old=old)


def _weight(measure: Measure) -> str:
    return "1" if measure.expression is None else bare(measure.expression)
