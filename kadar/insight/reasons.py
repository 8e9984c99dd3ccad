"""Why a row is in one number and not in another: the conditions of the other that it fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from kadar.insight.compared import FROM, TO, Compared, Place, Scope, key_columns
from kadar.insight.records import fetch
from kadar.insight.sides import ABOVE, BELOW, entity, raw, tests
from kadar.insight.wording import Phrase, joined, parts, phrase, said, unknown, verb
from kadar.language import N_
from kadar.measure.deferred import Deferred, columns
from kadar.measure.facts import FLAGS, Facts, Later, Latest, LeaveOut, Per, ToDate, Where
from kadar.measure.formula import Measure, relation
from kadar.measure.meets import compile_meets
from kadar.measure.tables import READABLE, local_day

Met = dict[str, float | None]  # by test: 1, 0 or null; by verb: where its day lies
SEEN = "the end of the data"


@dataclass(frozen=True)
class Test:
    """One thing a measure asks of its rows."""

    name: str
    condition: Deferred | None = None  # none: that the verb's day lies in the period
    verb: str = ""
    reason: str = ""  # of rows left out for meeting the condition
    to_date: bool = False

    def passes(self, met: Met) -> bool:
        """Whether a row passes."""
        found = met.get(self.name)
        if self.condition is None:
            return found is not None and (found == 0 or (self.to_date and found < 0))
        if self.reason or self.verb == SEEN:  # nothing is seen of what has not happened
            return found != (1 if self.reason else 0)
        return found == 1

    @property
    def tells(self) -> bool:
        """Whether it says more of a row than what it is not, or that something is known."""
        made = self.condition
        if made is None:
            return False
        return made.operation != "ne" and not (
            made.operation == "method" and "null" in made.args[1]
        )

    def passed(self) -> Phrase | None:
        """Say what is true of a row that passes; None where that goes without saying."""
        if self.reason or self.verb == SEEN:
            return None
        if self.condition is not None:
            return said(self.condition)
        if self.to_date:
            return phrase(N_("{verb} by the end of the period"), verb=verb(self.verb))
        return phrase(N_("{verb} in the period"), verb=verb(self.verb))

    def failed(self, met: Met) -> Phrase:
        """Say what is true of a row that fails."""
        found = met.get(self.name)
        if self.verb == SEEN:
            return phrase(N_("after the end of the data"))
        if self.condition is None:
            if found is None:
                return phrase(N_("not {verb}"), verb=verb(self.verb))
            after = N_("{verb} after the period")
            return phrase(N_("{verb} before the period") if found < 0 else after,
                          verb=verb(self.verb))  # fmt: skip
        if self.reason:
            return phrase(self.reason.replace("_", " "))
        return unknown(self.condition) if found is None else said(self.condition, met=False)


class Reasons:
    """Finds reasons for the rows of two numbers, each from its measures."""

    def __init__(
        self, scope: Scope, sides: dict[Place, list[Measure]], span: tuple[date, date] | None
    ) -> None:
        self._scope = scope
        self._sides = sides
        self._span = span
        self._met: dict[str, dict[tuple[Any, ...], Met]] = {}

    def why(self, row: Compared, inside: str, side: str | None) -> Phrase:
        """Say why a row is in one number (on a side) and not in the other (on that side)."""
        other = FROM if inside == TO else TO
        if side is None:
            side = BELOW if row.within(inside, BELOW) else ABOVE
        return self._between(row, row.measures[inside, side], self._on(other, side, row.entity))

    def _on(self, number: str, side: str, what: str) -> list[Measure]:
        """Return the measures of a side, or of either, that have rows of a kind."""
        there = [m for m in self._sides.get((number, side), []) if entity(m) == what]
        either = [m for (at, _), ms in self._sides.items() if at == number for m in ms]
        return there or [m for m in either if entity(m) == what]

    def _between(self, row: Compared, inside: Measure, outside: list[Measure]) -> Phrase:
        mine = {test.name: test for test in _tests(inside)}
        met = self._of(inside).get(row.key, {})
        for measure in outside:
            if _base(measure) != _base(inside):
                continue
            asked = {test.name: test for test in _tests(measure)}
            failed = [test.failed(met) for test in asked.values() if not test.passes(met)]
            failed = failed or list(_structure(inside, measure))
            own = [test for name, test in mine.items() if name not in asked]
            placed = [test.passed() for test in own if test.condition is None]
            rest = [test.passed() for test in own if test.tells]
            found = [p for p in (*placed, *failed, *rest) if p is not None]
            if found:
                return joined(found)
        return joined([p for measure in outside[:1] for p in _apart(inside, measure)])

    def _of(self, measure: Measure) -> dict[tuple[Any, ...], Met]:
        base = _base(measure)
        if base not in self._met:
            self._met[base] = self._read(base, measure)
        return self._met[base]

    def _read(self, base: str, measure: Measure) -> dict[tuple[Any, ...], Met]:
        """Read what each row meets of all that any measure on the same rows asks."""
        measures = [m for several in self._sides.values() for m in several if _base(m) == base]
        asked = {test.name: test for m in measures for test in _tests(m)}
        conditions = {n: t.condition for n, t in asked.items() if t.condition is not None}
        days = {n: _day(measure, t) for n, t in asked.items() if t.condition is None}
        names = {name: f"t{position}" for position, name in enumerate(asked)}
        scope = self._scope
        bounded = not any(test.to_date for test in asked.values())
        whole = raw(measure)
        made = compile_meets(
            measure.facts.table if whole else relation(measure.facts),
            {names[n]: condition for n, condition in conditions.items()},
            {names[n]: day for n, day in days.items()},
            scope.question,
            span=self._span,
            dialect=scope.asking.engine.dialect,
            bounded=bounded,
        )
        keys = key_columns(measure)
        return {
            tuple(row[key] for key in keys): {n: row[short] for n, short in names.items()}
            for row in fetch(scope.asking, made)
        }


def _day(measure: Measure, test: Test) -> str:
    return local_day(Facts(measure.facts.table, test.verb).moment)


def _base(measure: Measure) -> str:
    """Name the rows that the conditions of a measure are asked of."""
    return measure.facts.table if raw(measure) else str(relation(measure.facts))


def _tests(measure: Measure) -> Iterator[Test]:
    facts = measure.facts
    whole = raw(measure)
    if whole:
        to_date = any(isinstance(step, ToDate) for step in facts.steps)
        yield Test(f"{facts.verb}{' to date' if to_date else ''}", None, facts.verb,
                   to_date=to_date)  # fmt: skip
        moment = Deferred("column", facts.moment)
        if not READABLE[facts.table][facts.moment].scheduled:
            seen = moment < Deferred("observed_until")
            yield Test(f"seen {facts.verb}", seen, SEEN)
    held = tests(measure)
    if not whole:
        done = len(relation(facts).steps)
        held = [step for step in held if step not in facts.steps[:done]]
    readable = {c.name for c in READABLE[facts.table].columns}
    for step in held:
        for condition in [step.condition] if isinstance(step, LeaveOut) else parts(step.condition):
            if whole and not columns(condition) <= readable:
                continue
            if isinstance(step, LeaveOut):
                yield Test(f"without {condition}", condition, reason=step.reason)
            else:
                yield Test(str(condition), condition)


def _structure(inside: Measure, outside: Measure) -> Iterator[Phrase]:
    """Say what else the other measure does to its rows."""
    mine = {str(step) for step in inside.facts.steps}
    for step in outside.facts.steps:
        if isinstance(step, Latest) and str(step) not in mine:
            yield phrase(N_("not the latest of its {key}"), key=step.key)


def _apart(inside: Measure, outside: Measure) -> Iterator[Phrase]:
    """Say how two measures over rows of different making differ."""
    mine, others = ({str(s): s for s in m.facts.steps} for m in (inside, outside))
    same = (inside.facts.table, inside.facts.verb) == (outside.facts.table, outside.facts.verb)
    fewer = [step for name, step in others.items() if name not in mine]
    more = [step for name, step in mine.items() if name not in others]
    if (
        same
        and all(isinstance(step, Where | LeaveOut) for step in [*fewer, *more])
        and (len(fewer) == 1 or (not fewer and more))
    ):
        yield from (_kept_out(step) for step in fewer if isinstance(step, LeaveOut | Where))
        for step in more:
            if isinstance(step, Where):
                yield said(step.condition)
        return
    yield phrase(N_("among {rows}"), rows=rows_of(inside))
    yield phrase(N_("not among {rows}"), rows=rows_of(outside))


def _kept_out(step: LeaveOut | Where) -> Phrase:
    if isinstance(step, LeaveOut):
        return phrase(step.reason.replace("_", " "))
    if columns(step.condition) <= set(FLAGS):
        return phrase(N_("not {what}"), what=phrase(_FLAGS[str(step.condition)]))
    return said(step.condition, met=False)


def rows_of(measure: Measure) -> Phrase:
    """Name the rows of a measure in short: table, verb and what they are gathered by."""
    named = phrase("{table} {verb}", table=measure.facts.table, verb=verb(measure.facts.verb))
    for step in measure.facts.steps:
        if isinstance(step, Per):
            named = phrase(N_("{rows} per {key}"), rows=named, key=step.key)
        elif isinstance(step, Where) and columns(step.condition) <= set(FLAGS):
            flag = phrase(_FLAGS.get(str(step.condition), str(step.condition)))
            named = phrase("{rows} {flag}", rows=named, flag=flag)
        elif isinstance(step, Later) and isinstance(step.periods, int):
            named = phrase(N_("{rows} {number} periods before"), rows=named, number=step.periods)
        elif isinstance(step, Later):
            named = phrase(N_("{rows} some periods before"), rows=named)
    return named


_FLAGS = {
    "at_opening": N_("at the opening of the period"),
    "at_closing": N_("at the close of the period"),
    "during": N_("during the period"),
}
