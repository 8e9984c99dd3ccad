"""Which measures of a KPI a finding touches, and how: by lineage, without a query."""

from __future__ import annotations

from kadar.checks.finding import Affected
from kadar.measure.deferred import columns
from kadar.measure.facts import Facts, Latest, LeaveOut, Matching, Per, Where
from kadar.measure.formula import Cohort, Formula, Measure, all_measures

CUSTOMER = "customer_id"


def own(formula: Formula) -> Formula:
    """Return a formula without what only says when its cohorts are mature."""
    while isinstance(formula, Cohort):
        formula = formula.formula
    return formula


def touches(formula: Formula, affected: Affected) -> bool:
    """Whether any measure of a formula reads what is affected."""
    return any(touched(measure, affected) for measure in all_measures(own(formula)))


def touched(measure: Measure, affected: Affected) -> bool:
    """Whether a measure reads what is affected."""
    if affected.how == "twice":
        return by_customer(measure)
    facts = measure.facts
    matched = [step.other for step in facts.steps if isinstance(step, Matching)]
    if any(touched(Measure(other, "count"), affected) for other in matched):
        return True
    if facts.table != affected.table:
        return affected.table == "orders" and facts.table == "spells" and affected.how == "absent"
    if affected.how == "absent":
        return True
    return bool(set(affected.columns) & (placing(facts) | deciding(measure) | valued(measure)))


def by_customer(measure: Measure) -> bool:
    """Whether a measure counts or compares customers, so that one entered twice counts twice."""
    facts = measure.facts
    keyed = any(
        isinstance(step, Per | Latest | Matching) and step.key == CUSTOMER for step in facts.steps
    )
    distinct = measure.kind == "nunique" and CUSTOMER in columns(measure.expression)
    return keyed or distinct or facts.table in ("customers", "spells")


def placing(facts: Facts) -> set[str]:
    """Columns that place the rows in time, and the name of the verb."""
    names = set(facts.state or (facts.moment,))
    return names | {_moment(name) for name in names} | ({facts.verb} if facts.state else set())


def deciding(measure: Measure) -> set[str]:
    """Columns that decide whether a row counts."""
    read = columns(measure.condition)
    for step in measure.facts.steps:
        if isinstance(step, Where | LeaveOut):
            read |= columns(step.condition)
        elif isinstance(step, Latest | Per | Matching):
            read.add(step.key)
    return read | {_moment(name) for name in read}


def valued(measure: Measure) -> set[str]:
    """Columns that say what a row adds."""
    read = columns(measure.expression)
    for step in measure.facts.steps:
        if isinstance(step, Per):
            for _name, aggregate in step.aggregates:
                read |= columns(aggregate.expression)
    if "margin" in read:
        read |= {"revenue", "cost"}
    return read | {_moment(name) for name in read}


def row_key(facts: Facts) -> str | None:
    """Column that names the rows of a measure; None where they have no key of one column."""
    from kadar.measure.tables import READABLE

    per = [step for step in facts.steps if isinstance(step, Per)]
    if per:
        return per[-1].key
    key = READABLE[facts.table].key
    return key[0] if key else None


def _moment(name: str) -> str:
    return f"{name.removesuffix('_on')}_at" if name.endswith("_on") else name
