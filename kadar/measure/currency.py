"""Money without a known exchange rate stays out of a number, and is counted as left out."""

from __future__ import annotations

from dataclasses import replace

from kadar.measure.deferred import Deferred, columns
from kadar.measure.facts import Facts, LeaveOut, Per
from kadar.measure.formula import Formula, Measure, all_measures, map_facts
from kadar.measure.tables import READABLE

REASON = "no_exchange_rate"


def without_unknown_rates(formula: Formula) -> Formula:
    """Leave rows without an exchange rate out of every measure over a table whose money is read."""
    paid = {m.facts.table for m in all_measures(formula) if _reads_money(m)}
    paid = {table for table in paid if "rate_missing" in READABLE[table]}

    def change(facts: Facts) -> Facts:
        if facts.table not in paid:
            return facts
        known = LeaveOut(REASON, Deferred("column", "rate_missing"))
        return replace(facts, steps=(known, *facts.steps))

    return map_facts(formula, change)


def _reads_money(measure: Measure) -> bool:
    read = measure.columns()
    for step in measure.facts.steps:
        if isinstance(step, Per):
            for _name, aggregate in step.aggregates:
                read |= columns(aggregate.expression)
        else:
            read |= columns(getattr(step, "condition", None))
    made = READABLE[measure.facts.table]
    return any(name in made and made[name].type == "money" for name in read)
