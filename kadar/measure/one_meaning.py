"""Within a ratio the name of a dimension means one thing: what it means below the line.

Customers by channel are those who came through it; an order has a channel of its own, where it
was placed. Lifetime value by channel, orders per customer, is by the channel of the customers.
"""

from __future__ import annotations

from dataclasses import replace

from kadar.measure.facts import Facts, Matching
from kadar.measure.formula import Cohort, Formula, Measure, Operation, map_facts


def one_meaning(formula: Formula) -> Formula:
    """Let all facts of a formula be divided by the dimensions of what stands below its line.

    Facts whose look-ups do not lead there keep their own.
    """
    below = _below(formula)
    if below is None:
        return formula

    def change(facts: Facts) -> Facts:
        steps = tuple(
            replace(step, other=change(step.other)) if isinstance(step, Matching) else step
            for step in facts.steps
        )
        return replace(facts, steps=steps, dimensions_of=None if facts.table == below else below)

    return map_facts(formula, change)


def _below(formula: Formula) -> str | None:
    """Return the table of the first measure below the line; of a formula without one, none."""
    if isinstance(formula, Cohort):
        return _below(formula.formula)
    if not isinstance(formula, Operation):
        return None
    if formula.symbol == "/" and _first(formula.right):
        return _below(formula.right) or _first(formula.right)
    return _below(formula.left) or _below(formula.right)


def _first(formula: Formula) -> str | None:
    if isinstance(formula, Measure):
        return formula.facts.table
    return next((found for child in formula.children if (found := _first(child))), None)
