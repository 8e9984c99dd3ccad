"""From one median, quantile or mean of the rows' values to another, in steps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from fractions import Fraction

from kadar.insight import bridge
from kadar.insight.bridge import Change, Move, Step
from kadar.insight.compared import FROM, TO, Compared, End, Table, add
from kadar.insight.reasons import Reasons
from kadar.insight.sides import ABOVE, Values, entity
from kadar.insight.wording import Phrase, bare, phrase
from kadar.language import N_


class ByValues:
    """The two numbers, and the rows with the value of each in the one and in the other."""

    def __init__(self, ends: tuple[End, End], made_of: tuple[Values, Values]) -> None:
        self._ends = ends
        self._one, self._other = made_of

    def steps(self, span: tuple[date, date] | None) -> tuple[Fraction, list[Step]] | None:
        """Return the start and the steps; None where the rows of the two are other things."""
        one, other = self._one, self._other
        if entity(one.measure) != entity(other.measure):
            return None
        table: Table = {}
        for number, end, made in zip((FROM, TO), self._ends, (one, other), strict=True):
            add(table, end.scope, (number, ABOVE), [(Fraction(1), made.measure)])
        rows = list(table.values())
        start, end_value = (
            made.of([row.of(number, ABOVE) for row in rows if row.within(number)])
            for number, made in ((FROM, one), (TO, other))
        )
        if start is None or end_value is None:
            return None
        sides = {(FROM, ABOVE): [one.measure], (TO, ABOVE): [other.measure]}
        reasons = Reasons(self._ends[1].scope, sides, span)
        moves = bridge.by_rows(rows, reasons.why, weighed=self._clocks, values=True)
        steps = list(self._taken(moves, rows, start))
        value = steps[-1].value if steps else start
        if one.share != other.share or value != end_value:
            reason = phrase(N_("{new} instead of {old}"), new=_kind(other), old=_kind(one))
            kept = (row for row in rows if row.within(TO))
            same = tuple(Change(r.table, r.row, *[r.of(TO, ABOVE)] * 2) for r in kept)
            last = Step(bridge.SUMMED, reason, None, None, end_value - value, end_value, same)
            steps.append(last)
        return start, steps

    def _taken(
        self, moves: Iterable[Move], rows: list[Compared], value: Fraction
    ) -> Iterable[Step]:
        """Take moves one after the other; those that leave no value with the next."""
        by_row = {id(row.row): row for row in rows}
        values = {id(row.row): row.of(FROM, ABOVE) for row in rows if row.within(FROM)}
        waiting: list[Move] = []
        for move in moves:
            waiting.append(move)
            for made in move.changes:
                row = by_row[id(made.row)]
                if row.within(TO):
                    values[id(made.row)] = row.of(TO, ABOVE)
                else:
                    values.pop(id(made.row), None)
            after = self._one.of(list(values.values()))
            if after is None:
                continue
            step = bridge.step(waiting, after - value, after)
            changes = tuple(_before_and_after(by_row[id(one.row)]) for one in step.changes)
            yield replace(step, above=None, below=None, changes=changes)
            value, waiting = after, []

    def _clocks(self) -> Phrase:
        return phrase(N_("{new} instead of {old}"), new=_clock(self._other), old=_clock(self._one))


def _before_and_after(row: Compared) -> Change:
    before = row.of(FROM, ABOVE) if row.within(FROM) else None
    after = row.of(TO, ABOVE) if row.within(TO) else None
    return Change(row.table, row.row, before, after)


def _clock(values: Values) -> Phrase:
    expression = values.measure.expression
    if expression is not None and expression.operation in ("hours_between", "days_between"):
        start, end = map(bare, expression.args)
        hours, days = N_("hours from {start} to {end}"), N_("days from {start} to {end}")
        chosen = hours if expression.operation == "hours_between" else days
        return phrase(chosen, start=start, end=end)
    return phrase("{what}", what=bare(expression))


def _kind(values: Values) -> Phrase:
    if values.share is None:
        return phrase(N_("mean"))
    if values.share == 0.5:
        return phrase(N_("median"))
    return phrase(N_("quantile {share}"), share=f"{values.share:g}")
