"""Names for the branches of a formula, in words."""

from __future__ import annotations

from kadar.insight.reasons import rows_of
from kadar.insight.wording import Phrase, bare, phrase, said
from kadar.language import N_
from kadar.measure.formula import Cohort, Constant, Formula, Measure, Months, Operation, SumOfDays

_JOINED = {"+": "{left} + {right}", "-": "{left} - {right}", "*": "{left} x {right}",
           "/": "{left} / {right}"}  # fmt: skip


def named(formula: Formula) -> Phrase:
    """Return what a formula is, in words."""
    if isinstance(formula, Measure):
        return _measure(formula)
    if isinstance(formula, Operation):
        left, right = (_within(child) for child in formula.children)
        return phrase(_JOINED[formula.symbol], left=left, right=right)
    if isinstance(formula, Cohort):
        return named(formula.formula)
    if isinstance(formula, Months):
        return phrase(N_("months of the period"))
    if isinstance(formula, SumOfDays):
        return phrase(N_("sum over the days of {what}"), what=named(formula.daily))
    return phrase("{what}", what=f"{formula.number:g}" if isinstance(formula, Constant) else "-")


def _within(formula: Formula) -> Phrase:
    made = named(formula)
    return phrase("({what})", what=made) if isinstance(formula, Operation) else made


def _measure(measure: Measure) -> Phrase:
    rows = rows_of(measure)
    if measure.expression is not None:
        what = bare(measure.expression)
        if measure.kind == "quantile":
            middle = measure.share == 0.5
            kind = N_("median of {what}") if middle else N_("quantile of {what}")
            rows = phrase("{kind}, {rows}", kind=phrase(kind, what=what), rows=rows)
        else:
            rows = phrase(N_("{what} of {rows}"), what=what, rows=rows)
    if measure.condition is not None:
        rows = phrase("{rows}, {condition}", rows=rows, condition=said(measure.condition))
    return rows
