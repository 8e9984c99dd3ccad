"""A formula as people write one: measures joined by signs, each set of rows said once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from kadar.measure.facts import (
    Facts,
    Later,
    Latest,
    LeaveOut,
    Matching,
    Per,
    Step,
    ToDate,
    Where,
)
from kadar.measure.formula import (
    Cohort,
    Formula,
    Measure,
    Operation,
    SumOfDays,
    Waiting,
)

_SIGNS = {"+": "+", "-": "-", "*": "x", "/": "/"}
_STRENGTH = {"+": 1, "-": 1, "*": 2, "/": 2}


@dataclass
class Written:
    """The arithmetic, and the rows each letter in it stands for."""

    arithmetic: str = ""
    rows: dict[str, str] = field(default_factory=dict)  # letter → rows


def written(formula: Formula) -> Written:
    """Write a formula: `count of A where outcome = 'won' / count of A`, and what A is."""
    made = Written()
    letters: dict[str, str] = {}
    made.arithmetic = _arithmetic(formula, letters)
    made.rows = {letter: rows for rows, letter in letters.items()}
    return made


def _arithmetic(formula: Formula, letters: dict[str, str], within: int = 0) -> str:
    if isinstance(formula, Measure):
        return _measure(formula, letters)
    if isinstance(formula, Operation):
        strength = _STRENGTH[formula.symbol]
        left = _arithmetic(formula.left, letters, strength)
        right = _arithmetic(formula.right, letters, strength + (formula.symbol in "-/"))
        text = f"{left} {_SIGNS[formula.symbol]} {right}"
        return f"({text})" if strength < within else text
    if isinstance(formula, Cohort):
        return _arithmetic(formula.formula, letters, within)
    if isinstance(formula, SumOfDays):
        return f"sum over days ({_arithmetic(formula.daily, letters)})"
    return str(formula)  # a number, or the months of the period


def _measure(measure: Measure, letters: dict[str, str]) -> str:
    rows = _rows(measure.facts)
    letter = letters.setdefault(rows, chr(ord("A") + len(letters)))
    what = "" if measure.expression is None else bare(str(measure.expression))
    kind = {"nunique": "distinct", "share_by": "share"}.get(measure.kind, measure.kind)
    if measure.share is not None:
        kind = "median" if measure.share == 0.5 else f"quantile {measure.share}"
    if measure.waiting is not None:
        what += f" until {_ending(measure.waiting)}"
    when = "" if measure.condition is None else f" if {bare(str(measure.condition))}"
    return f"{kind}({what}{when})".replace("( if", "(if") + f" of {letter}"


def _ending(waiting: Waiting) -> str:
    text = bare(str(waiting.ended))
    if waiting.other is not None:
        text += f", not if {bare(str(waiting.other))}"
    if isinstance(waiting.within, Measure):
        return f"{text}, within {_inline(waiting.within)}"
    return text if waiting.within is None else f"{text}, within {waiting.within}"


def _rows(facts: Facts) -> str:
    return ", ".join([f"{facts.table} {facts.verb}", *(_step(step) for step in facts.steps)])


def _step(step: Step) -> str:
    return _STEPS[type(step)](step)


def _per(step: Per) -> str:
    made = ", ".join(
        f"{name} = {made.kind}({'' if made.expression is None else bare(str(made.expression))})"
        for name, made in step.aggregates
    )
    return f"per {step.key}" + (f" with {made}" if made else "")


def _later(step: Later) -> str:
    if isinstance(step.periods, int):
        return f"{step.periods} period later"
    return f"later by {_inline(step.periods)}"


_STEPS: dict[type, Callable[[Any], str]] = {
    Where: lambda step: f"where {bare(str(step.condition))}",
    LeaveOut: lambda step: f"without {step.reason} ({bare(str(step.condition))})",
    Per: _per,
    Latest: lambda step: f"the latest of each {step.key}",
    Matching: lambda step: f"matched by {step.key} to ({_rows(step.other)})",
    Later: _later,
    ToDate: lambda _step: "up to the close of the period",
}


def _inline(formula: Formula) -> str:
    """Write a formula inside another, its rows beside it."""
    made = written(formula)
    text = made.arithmetic
    for letter, rows in made.rows.items():
        text = text.replace(f" of {letter}", f" of ({rows})")
    return text


def bare(text: str) -> str:
    """Return an expression without the brackets around all of it."""
    if not (text.startswith("(") and text.endswith(")")):
        return text
    depth = 0
    for position, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0 and position < len(text) - 1:
            return text
    return text[1:-1]
