"""Formulas: measures over facts, joined by + - * /.

The tree is what every later question is answered from: the numerator and its rows, intervals,
lineage, decomposition. `str` of a formula is its meaning, and its hash is its version.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from kadar.measure.deferred import Deferred, columns
from kadar.measure.facts import Facts, Kind, Later, LeaveOut, Matching, Where

Number = int | float


class Formula:
    """A number per period and dimension: anything `+ - * /` may join."""

    def __add__(self, other: Formula | Number) -> Operation:
        return Operation("+", self, as_formula(other))

    def __radd__(self, other: Number) -> Operation:
        return Operation("+", as_formula(other), self)

    def __sub__(self, other: Formula | Number) -> Operation:
        return Operation("-", self, as_formula(other))

    def __rsub__(self, other: Number) -> Operation:
        return Operation("-", as_formula(other), self)

    def __mul__(self, other: Formula | Number) -> Operation:
        return Operation("*", self, as_formula(other))

    def __rmul__(self, other: Number) -> Operation:
        return Operation("*", as_formula(other), self)

    def __truediv__(self, other: Formula | Number) -> Operation:
        return Operation("/", self, as_formula(other))

    def __rtruediv__(self, other: Number) -> Operation:
        return Operation("/", as_formula(other), self)

    @property
    def children(self) -> tuple[Formula, ...]:
        """The formulas directly inside this one."""
        return ()

    def mature_after(self, days: int | Measure) -> Cohort:
        """Each period is a cohort, mature `days` after it closes.

        A measure of days is taken over all time and the whole company.
        """
        return Cohort(self, days=days)

    def unfinished(self, count: Formula) -> Cohort:
        """Each period is a cohort, mature once `count` of it is 0."""
        return Cohort(self, open_rows=count)


@dataclass(frozen=True, eq=False)
class Waiting:
    """How the time of a row ends: in what is waited for, in something else, or not yet.

    `ended` and `other` are conditions; a row that meets neither is waiting still, one that meets
    both has ended. `within` is the time up to which a share is meant or a cohort is followed, in
    the unit of the time; a measure of days is taken over all time and the whole company.
    """

    ended: Deferred
    other: Deferred | None = None
    within: float | Measure | None = None

    def __str__(self) -> str:
        other = "" if self.other is None else f" or otherwise when {self.other}"
        within = "" if self.within is None else f", within {self.within}"
        return f"ended when {self.ended}{other}{within}"


@dataclass(frozen=True, eq=False)
class Measure(Formula):
    """One aggregate over facts; `waiting` is there for those of a time that may not be over."""

    facts: Facts
    kind: Kind
    expression: Deferred | None = None
    condition: Deferred | None = None
    share: float | None = None
    waiting: Waiting | None = None

    @property
    def totals(self) -> bool:
        """Whether it counts or adds: of no rows it is 0, where others are nothing."""
        return self.kind in ("count", "sum", "nunique")

    def columns(self, *, required: bool = False) -> set[str]:
        """Names of the columns it reads of its facts; see `deferred.columns`."""
        read = [self.expression, self.condition]
        if self.waiting is not None:
            read += [self.waiting.ended, self.waiting.other]
        return {name for one in read for name in columns(one, required=required)}

    def __str__(self) -> str:
        what = "" if self.expression is None else str(self.expression)
        if self.share is not None:
            what += f", {self.share}"
        if self.waiting is not None:
            what += f", {self.waiting}"
        when = "" if self.condition is None else f" if {self.condition}"
        return f"{self.kind}({what}{when}) of [{self.facts}]"


@dataclass(frozen=True, eq=False)
class Constant(Formula):
    """A fixed number."""

    number: Number

    def __str__(self) -> str:
        return repr(self.number)


@dataclass(frozen=True, eq=False)
class Operation(Formula):
    """Two formulas joined; what is divided by nothing is null."""

    symbol: Literal["+", "-", "*", "/"]
    left: Formula
    right: Formula

    @property
    def children(self) -> tuple[Formula, ...]:
        return (self.left, self.right)

    def __str__(self) -> str:
        return f"({self.left} {self.symbol} {self.right})"


@dataclass(frozen=True, eq=False)
class Months(Formula):
    """Length of the period in months, so far as it is observed."""

    def __str__(self) -> str:
        return "months of the period"


@dataclass(frozen=True, eq=False)
class SumOfDays(Formula):
    """A formula's daily values summed over the days of the period."""

    daily: Formula

    @property
    def children(self) -> tuple[Formula, ...]:
        return (self.daily,)

    def __str__(self) -> str:
        return f"sum over days of {self.daily}"


@dataclass(frozen=True, eq=False)
class Cohort(Formula):
    """A formula whose periods are cohorts: when one counts as mature."""

    formula: Formula
    days: int | Measure | None = None
    open_rows: Formula | None = None

    @property
    def children(self) -> tuple[Formula, ...]:
        inner = [self.formula, self.open_rows, self.days]
        return tuple(part for part in inner if isinstance(part, Formula))

    def __str__(self) -> str:
        until = f"none of {self.open_rows}" if self.days is None else f"{self.days} days"
        return f"{self.formula}, mature after {until}"


def as_formula(value: Formula | Number) -> Formula:
    """Return a number as a formula; a formula as it is."""
    return value if isinstance(value, Formula) else Constant(value)


def sum_of_days(daily: Formula) -> SumOfDays:
    """Sum a formula's daily values over the days of the period."""
    return SumOfDays(daily)


def measures(formula: Formula) -> Iterator[Measure]:
    """Every measure of a formula's own value, those of daily sums left out."""
    if isinstance(formula, Measure):
        yield formula
    if isinstance(formula, Cohort):
        yield from measures(formula.formula)
    elif not isinstance(formula, SumOfDays):
        for child in formula.children:
            yield from measures(child)


def all_measures(formula: Formula) -> Iterator[Measure]:
    """Every measure a formula needs, those within daily sums, matches and delays too."""
    if isinstance(formula, Measure):
        yield formula
        for step in formula.facts.steps:
            if isinstance(step, Matching):
                yield Measure(step.other, "count")
            if isinstance(step, Later) and isinstance(step.periods, Formula):
                yield from all_measures(step.periods)
        if formula.waiting is not None and isinstance(formula.waiting.within, Measure):
            yield from all_measures(formula.waiting.within)
    for child in formula.children:
        yield from all_measures(child)


def map_facts(formula: Formula, change: Any) -> Formula:
    """Return the formula with `change` applied to the facts of each measure."""
    if isinstance(formula, Measure):
        return replace(formula, facts=change(formula.facts))
    if isinstance(formula, Operation):
        return Operation(
            formula.symbol,
            map_facts(formula.left, change),
            map_facts(formula.right, change),
        )
    if isinstance(formula, SumOfDays):
        return SumOfDays(map_facts(formula.daily, change))
    if isinstance(formula, Cohort):
        return Cohort(
            map_facts(formula.formula, change),
            formula.days,
            None if formula.open_rows is None else map_facts(formula.open_rows, change),
        )
    return formula


def excluded(formula: Formula) -> dict[str, list[Measure]]:
    """For each reason for which a formula leaves rows out, the counts of those rows."""
    found: dict[str, dict[str, Measure]] = {}
    for measure in measures(formula):
        for position, step in enumerate(measure.facts.steps):
            if isinstance(step, LeaveOut):
                before = replace(measure.facts, steps=measure.facts.steps[:position])
                count = Measure(before, "count", None, step.condition)
                found.setdefault(step.reason, {})[str(count)] = count
    return {reason: list(counts.values()) for reason, counts in found.items()}


def conditions(facts: Facts) -> list[Deferred]:
    """Conditions after the last structural step: what a measure's own filter must include."""
    held: list[Deferred] = []
    for step in reversed(facts.steps):
        if isinstance(step, Where):
            held.append(step.condition)
        elif isinstance(step, LeaveOut):
            held.append(~known_true(step.condition))
        else:
            break
    return held[::-1]


def known_true(condition: Deferred) -> Deferred:
    """Return the condition with null taken as false."""
    return Deferred("known_true", condition)


def relation(facts: Facts) -> Facts:
    """Return the facts up to the last structural step: what measures can share one scan of."""
    end = len(facts.steps)
    while end and isinstance(facts.steps[end - 1], Where | LeaveOut):
        end -= 1
    return replace(facts, steps=facts.steps[:end])
