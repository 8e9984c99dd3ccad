"""What each row adds to a number, and which rows add something else in another state of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kadar.errors import KadarError
from kadar.insight.records import CONTRIBUTION, TABLE, TERM, records
from kadar.measure.deferred import Deferred
from kadar.measure.facts import Per
from kadar.measure.tables import READABLE

if TYPE_CHECKING:
    from kadar.answer import Row
    from kadar.asking import Asking
    from kadar.kpi import Kpi
    from kadar.measure.formula import Measure
    from kadar.measure.question import Filter

MOST = 200_000  # rows of a number beyond which none is looked at
NUMERATOR, DENOMINATOR = "numerator", "denominator"
Id = tuple[str, Any]  # a table and the key of one of its rows
Identity = tuple[str, tuple[Any, ...]]  # a table and what tells the rows of a measure over it apart


@dataclass(frozen=True)
class Line:
    """One row of a part: what it adds, what it is a row of, whom and what it names."""

    adds: float
    own: frozenset[Id]
    ids: frozenset[Id]


@dataclass
class Effect:
    """A row that adds something else than before: each part's (before, after)."""

    identity: Identity
    own: frozenset[Id]
    ids: frozenset[Id]
    parts: dict[str, tuple[float, float]] = field(default_factory=dict)


Lines = dict[str, dict[Identity, Line]]  # by part


def contributions(
    asking: Asking, kpi: Kpi, period: str, where: Sequence[Filter], row: Row
) -> Lines | None:
    """Return the rows of a number's numerator and denominator by what they are.

    None where a number is not made of rows one can list, or of too many.
    """
    if row.n is not None and row.n > MOST:
        return None
    found: Lines = {}
    for part in (NUMERATOR,) if row.denominator is None else (NUMERATOR, DENOMINATOR):
        try:
            made = records(asking, kpi, row.variant, period, part=part, where=where, answered=[row])
        except KadarError:  # a sum over days, or an estimate
            return None
        lines = found.setdefault(part, {})
        for one in made:
            measure = made.terms[one.get(TERM, 1) - 1].measure
            identity, line = _line(one[TABLE], measure, one)
            before = lines.get(identity)
            if before is not None:
                line = Line(before.adds + line.adds, before.own | line.own, before.ids | line.ids)
            lines[identity] = line
    return found


def effects(before: Lines, after: Lines) -> list[Effect]:
    """Return the rows that add something else in the one than in the other."""
    found: dict[Identity, Effect] = {}
    for part in sorted({*before, *after}):
        old, new = before.get(part, {}), after.get(part, {})
        for identity in {**old, **new}:
            pair = [lines.get(identity) for lines in (old, new)]
            adds = tuple(0.0 if line is None else line.adds for line in pair)
            if adds[0] == adds[1] and None not in pair:
                continue
            there = [line for line in pair if line is not None]
            effect = found.setdefault(identity, Effect(identity, frozenset(), frozenset()))
            effect.own |= frozenset().union(*(line.own for line in there))
            effect.ids |= frozenset().union(*(line.ids for line in there))
            effect.parts[part] = (adds[0], adds[1])
    return list(found.values())


def _line(table: str, measure: Measure, row: dict[str, Any]) -> tuple[Identity, Line]:
    made = READABLE[table]
    ids = frozenset(_ids(table, row))
    per = [step.key for step in measure.facts.steps if isinstance(step, Per)]
    counted = measure.expression
    names: tuple[str, ...]
    if (
        measure.kind == "nunique"
        and isinstance(counted, Deferred)
        and counted.operation == "column"
    ):
        names = (counted.args[0],)  # each value once, whichever of its rows stands for it
    elif per:
        names = (per[-1],)
    elif table == "spells":  # their numbers are given anew each time
        names = ("customer_id", "started_at")
    else:
        names = made.key
    values = tuple(row.get(name) for name in names)
    adds = row[CONTRIBUTION]
    identity = (table if names == made.key else f"{table} by {names[0]}", values)
    kind = made.references.get(names[0], table if (names[0],) == made.key else None)
    own = frozenset([(table, values if len(values) > 1 else values[0])])
    if names != made.key:
        own = frozenset() if kind is None else frozenset([(kind, values[0])])
    return identity, Line(0.0 if adds is None else float(adds), own, ids | own)


def _ids(table: str, row: dict[str, Any]) -> Iterator[Id]:
    made = READABLE[table]
    for name, value in row.items():
        if value is None:
            continue
        if (name,) == made.key and table != "spells":
            yield table, value
        elif name in made.references:
            yield made.references[name], value
