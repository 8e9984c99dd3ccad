"""Two definitions of a KPI reconciled: a bridge from the one number to the other, with its rows.

Derived from the two formulas and the rows of their measures; a KPI says nothing for it. The
numbers are fractions of the rows' own amounts, so the steps add up exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from math import isclose
from typing import TYPE_CHECKING, Any

from kadar.errors import NO, KadarError
from kadar.insight.bridge import FORMULA, Change, Step
from kadar.insight.by_sums import BySums
from kadar.insight.by_values import ByValues
from kadar.insight.compared import End, Scope, exact, key_columns
from kadar.insight.records import CONTRIBUTION, group_filters
from kadar.insight.sides import Sums, Values, entity, mean, sides
from kadar.insight.wording import Phrase, Translate, phrase
from kadar.language import N_
from kadar.measure.formula import measures
from kadar.measure.period import find_period

if TYPE_CHECKING:
    from kadar.asking import Asking
    from kadar.kpi import Kpi
    from kadar.measure.period import Period
    from kadar.measure.question import Filter


@dataclass(frozen=True)
class Number:
    """One end of a bridge: a variant of a KPI, of the period or of another convention of it."""

    variant: str
    value: Fraction
    numerator: float | None
    denominator: float | None
    convention: Phrase | None = None


@dataclass(frozen=True)
class Reconciled:
    """A bridge: `start`'s value plus the effects of the steps is `end`'s value, exactly.

    Values and effects are fractions in the KPI's unit: rates of 1, money of the company, hours
    or days.
    """

    kpi: str
    unit: str
    period: str
    grain: str
    opens: date | None
    where: tuple[Filter, ...]
    start: Number
    end: Number
    steps: tuple[Step, ...] = field(repr=False)

    def records(self, translate: Translate = str) -> list[dict[str, Any]]:
        """Return flat records: a line for the start, one for each step, one for the end."""
        made = [self._line(0, "start", self.start.variant, self.start.value)]
        for number, step in enumerate(self.steps, 1):
            line = self._line(number, step.kind, step.reason.text(translate), step.value)
            line |= {"effect": float(step.effect), "rows": step.rows}
            line |= {"numerator": _float(step.above), "denominator": _float(step.below)}
            made.append(line)
        end = self.end.variant
        if self.end.convention is not None:
            end = f"{end}, {self.end.convention.text(translate)}"
        return [*made, self._line(len(made), "end", end, self.end.value)]

    def rows(self, translate: Translate = str) -> list[dict[str, Any]]:
        """Return the rows of all steps, with what each adds to numerator and denominator."""
        listed = []
        for number, step in enumerate(self.steps, 1):
            for made in step.changes:
                row = {k: v for k, v in made.row.items() if k != CONTRIBUTION}
                head = {"step": number, "kind": step.kind, "reason": step.reason.text(translate)}
                listed.append(
                    {**head, "table": made.table, **row,
                     "numerator": _float(made.above), "denominator": _float(made.below)}
                )  # fmt: skip
        columns = dict.fromkeys(name for row in listed for name in row)
        return [{name: row.get(name) for name in columns} for row in listed]

    def _line(self, number: int, kind: str, what: str, value: Fraction) -> dict[str, Any]:
        return {
            "kpi": self.kpi, "period": self.period, "from": self.start.variant,
            "to": self.end.variant, "step": number, "kind": kind, "what": what,
            "numerator": None, "denominator": None, "rows": None, "effect": None,
            "value": float(value), "unit": self.unit,
        }  # fmt: skip


def reconcile(
    asking: Asking,
    kpi: Kpi,
    variant: str,
    other: str,
    period: str,
    *,
    by: Mapping[str, Any] | Iterable[str] = (),
    where: Sequence[Filter] = (),
) -> Reconciled:
    """Lead from one variant of a KPI to another in a period.

    `by` picks one group: `{"owner_id": "42"}`, or texts such as `owner_id=42`.

    Raises KDR-REC-001 where the units differ, KDR-REC-002 where a number has no value, and what
    `ask` raises.
    """
    units = {name: kpi.get(name).unit for name in (variant, other)}
    if len(set(units.values())) > 1:
        same = [n for n in kpi.variants if n != variant and kpi.get(n).unit == units[variant]]
        raise KadarError(
            "KDR-REC-001",
            N_("{kpi} is in {unit} as {variant}, in {others} as {other}: there is no way across."),
            N_("Variants that can be reconciled with {variant}: {variants}."),
            exit_code=NO,
            kpi=kpi.name,
            unit=units[variant],
            variant=variant,
            others=units[other],
            other=other,
            variants=", ".join(same) or "-",
        )
    found = find_period(period, asking.engine.run)
    kept = (*where, *group_filters(by))
    scope = Scope(asking, found.question((), kept))
    answered = asking.answer([(kpi, name) for name in dict.fromkeys((variant, other))],
                             scope.question)  # fmt: skip
    rows = {row.variant: row for row in answered}
    for name in (variant, other):
        if name not in rows or rows[name].value is None:
            raise KadarError(
                "KDR-REC-002",
                N_("{kpi} ({variant}) has no value in {period}: there is nothing to reconcile."),
                N_("Choose a period that kadar ask shows a value for."),
                exit_code=NO,
                kpi=kpi.name,
                variant=name,
                period=found.label,
            )
    first, second = (
        End(name, asking.formula(kpi, name), scope, rows[name]) for name in (variant, other)
    )
    start, end, steps = between(first, second, found)
    return Reconciled(
        kpi.name, units[variant], found.label, found.grain, found.opens, kept, start, end, steps
    )


def between(first: End, second: End, period: Period) -> tuple[Number, Number, tuple[Step, ...]]:
    """Return both ends and the steps from the one to the other."""
    span = (period.opens, period.closes) if period.opens and period.closes else None
    made = _by_rows(first, second, span)
    if made is None:
        start, end = (exact(one.row.value) or Fraction(0) for one in (first, second))
        same = str(first.formula) == str(second.formula)
        made = start, [] if same else [_whole(first, second, start, end)]
    start, steps = made
    end = steps[-1].value if steps else start
    return _number(first, start), _number(second, end), tuple(steps)


def _number(end: End, value: Fraction) -> Number:
    return Number(end.variant, value, end.row.numerator, end.row.denominator)


def _by_rows(
    first: End, second: End, span: tuple[date, date] | None
) -> tuple[Fraction, list[Step]] | None:
    """Go by the rows; None where the rows do not make both numbers."""
    one, other = sides(first.formula), sides(second.formula)
    if isinstance(one, Values) != isinstance(other, Values):
        one = one if isinstance(one, Values) else mean(first.formula)
        other = other if isinstance(other, Values) else mean(second.formula)
    if isinstance(one, Values) and isinstance(other, Values):
        made = ByValues((first, second), (one, other)).steps(span)
    elif isinstance(one, Sums) and isinstance(other, Sums):
        made = BySums((first, second), (one, other)).steps(span)
    else:
        return None
    if made is None:
        return None
    start, steps = made
    reached = steps[-1].value if steps else start
    agrees = all(
        isclose(float(value), end.row.value or 0.0, rel_tol=1e-9, abs_tol=1e-9)
        for value, end in ((start, first), (reached, second))
    )
    return (start, steps) if agrees else None


def _whole(first: End, second: End, start: Fraction, end: Fraction) -> Step:
    """Return the one step between formulas whose rows cannot be told apart."""
    from kadar.show.formula import written

    reason = phrase(
        N_("another formula: {new} instead of {old}"),
        new=written(second.formula).arithmetic,
        old=written(first.formula).arithmetic,
    )
    mine, theirs = (_read(side) for side in (first, second))
    changes = [*(c for k, c in mine.items() if k not in theirs),
               *(c for k, c in theirs.items() if k not in mine)]  # fmt: skip
    return Step(FORMULA, reason, None, None, end - start, end, tuple(changes))


def _read(side: End) -> dict[tuple[Any, ...], Change]:
    """Return every row that a formula reads, by what it is."""
    return {
        (entity(m), *(row[name] for name in key_columns(m))): Change(m.facts.table, row, None, None)
        for m in measures(side.formula)
        for row in side.scope.rows(m)
    }


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
