"""From measures and a question to one SQL statement.

Each fact is aggregated by itself, all measures over the same facts in one query; the small
results are joined on period and dimensions. So no row is ever counted twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from kadar.measure.compiled import Compiled
from kadar.measure.deferred import columns
from kadar.measure.facts import Facts, ToDate
from kadar.measure.formula import Measure, conditions, relation
from kadar.measure.question import Question
from kadar.measure.relations import FIRST_DAY, OPENS, Relations

Z95 = 1.959963984540054


@dataclass
class Plan:
    """Measures over one relation, and the names of their columns in the result."""

    facts: Facts
    measures: list[tuple[str, Measure]] = field(default_factory=list)


def compile_measures(
    wanted: Sequence[Measure], question: Question, dialect: str = "duckdb"
) -> Compiled:
    """Compile measures under one question to one statement of a dialect."""
    import ibis

    unique = list({str(measure): measure for measure in wanted}.values())
    names = {str(measure): f"m{position}" for position, measure in enumerate(unique)}
    relations = Relations(question)
    results = [
        *_aggregates(relations, _plans(unique, names)),
        *(_quantile(relations, m, names[str(m)]) for m in unique if m.kind == "quantile"),
    ]
    expression = _joined(relations, results, question)
    return Compiled(str(ibis.to_sql(expression, dialect=dialect)), names)


def _plans(unique: list[Measure], names: dict[str, str]) -> list[Plan]:
    plans: dict[str, Plan] = {}
    for measure in unique:
        if measure.kind != "quantile":
            facts = relation(measure.facts)
            plan = plans.setdefault(str(facts), Plan(facts))
            plan.measures.append((names[str(measure)], measure))
    return list(plans.values())


def needed(measures: Sequence[Measure]) -> set[str]:
    """Columns of the facts that some measures read after the last structural step."""
    names: set[str] = set()
    for measure in measures:
        names |= measure.columns()
        for held in conditions(measure.facts):
            names |= columns(held)
    return names


def _aggregates(relations: Relations, plans: list[Plan]) -> list[Any]:
    results = []
    for plan in plans:
        cumulative = bool(plan.facts.steps) and isinstance(plan.facts.steps[-1], ToDate)
        steps = plan.facts.steps[:-1] if cumulative else plan.facts.steps
        facts = replace(plan.facts, steps=steps)
        made = partial(_aggregated, Plan(facts, plan.measures), cumulative)
        names = [name for name, _ in plan.measures]
        results.append(relations.accumulate(made, names) if cumulative else made(relations))
    return results


def _aggregated(plan: Plan, unbounded: bool, relations: Relations) -> Any:
    read = needed([measure for _, measure in plan.measures])
    rows = relations.build(plan.facts, read, unbounded=unbounded)
    made = {name: _aggregate(relations, rows, measure) for name, measure in plan.measures}
    if relations.question.grain == "all":
        made[FIRST_DAY] = rows[FIRST_DAY].min()
    return rows.group_by([OPENS, *relations.by]).aggregate(**made)


def condition(relations: Relations, rows: Any, measure: Measure) -> Any:
    """Return what a measure demands of the rows of its relation; None where it takes all."""
    held = [relations.resolve(rows, c) for c in conditions(measure.facts)]
    if measure.condition is not None:
        held.append(relations.resolve(rows, measure.condition))
    together = None
    for one in held:
        together = one if together is None else together & one
    return together


def _aggregate(relations: Relations, rows: Any, measure: Measure) -> Any:
    import ibis

    where = condition(relations, rows, measure)
    if measure.kind in ("count", "projected"):
        return rows.count(where=where)
    value = relations.resolve(rows, measure.expression)
    if measure.waiting is not None:
        known = value >= 0
        return rows.count(where=known if where is None else where & known)
    if measure.kind == "nunique":
        return value.nunique(where=where)
    if isinstance(value, ibis.Scalar):  # every row adds the same
        return rows.count(where=where) * value
    return value.sum(where=where)


def _quantile(relations: Relations, measure: Measure, name: str) -> Any:
    """Quantile as a weighted sum of the two order statistics around its rank.

    Interpolated like `quantile_cont`; the bounds are order statistics at the ranks
    n p ± 1.96 √(n p (1-p)) + ½, null where the sample is too small to have them
    (Hahn & Meeker 1991, section 5.2). The same on every engine.
    """
    import ibis

    share = measure.share or 0.5
    rows = relations.build(relation(measure.facts), needed([measure]))
    where = condition(relations, rows, measure)
    if where is not None:
        rows = rows.filter(where)
    value = relations.resolve(rows, measure.expression).cast("float64")
    keys = [OPENS, *relations.by]
    ranked = rows.mutate(kadar_value=value).filter(lambda t: t.kadar_value.notnull())
    ranked = ranked.mutate(
        kadar_rank=ibis.row_number().over(group_by=keys, order_by=ranked.kadar_value) + 1,
        kadar_n=ranked.kadar_value.count().over(ibis.window(group_by=keys)),
    )
    n, rank = ranked.kadar_n.cast("float64"), ranked.kadar_rank

    def at(position: Any) -> Any:
        distance = (rank - position).abs()
        return (ranked.kadar_value * ibis.ifelse(distance < 1, 1 - distance, 0.0)).sum()

    extra = {FIRST_DAY: ranked[FIRST_DAY].min()} if relations.question.grain == "all" else {}
    result = ranked.group_by(keys).aggregate(
        **{
            name: at((n - 1) * share + 1),
            f"{name}_lower": at(_rank(n, share, -1)),
            f"{name}_upper": at(_rank(n, share, +1)),
            f"{name}_n": ranked.count(),
        },
        **extra,
    )
    n = result[f"{name}_n"].cast("float64")
    nothing = ibis.null("float64")
    lower, upper = result[f"{name}_lower"], result[f"{name}_upper"]
    return result.mutate(
        **{
            f"{name}_lower": ibis.ifelse(_rank(n, share, -1) >= 1, lower, nothing),
            f"{name}_upper": ibis.ifelse(_rank(n, share, +1) <= n, upper, nothing),
        }
    )


def _rank(n: Any, share: float, side: int) -> Any:
    """Rank of the order statistic that bounds a quantile of n values at 95 %."""
    return n * share + (n * (share * (1 - share))).sqrt() * (side * Z95) + 0.5


def _joined(relations: Relations, results: list[Any], question: Question) -> Any:
    import ibis

    keys = [OPENS, *relations.by]
    spine = relations.spine(results)
    if relations.by:
        groups = (
            ibis.union(*[result.select(relations.by) for result in results], distinct=True)
            if len(results) > 1
            else results[0].select(relations.by).distinct()
        )
        spine = spine.cross_join(groups)
    # one chain of joins: a join of a join of … would nest as deep as there are results
    joined = spine.select(*spine.columns)
    for position, result in enumerate(results):
        renamed = result.drop(FIRST_DAY) if FIRST_DAY in result.columns else result
        renamed = renamed.rename({f"{key}_{position}": key for key in keys})
        joined = joined.left_join(
            renamed,
            [
                joined[OPENS] == renamed[f"{OPENS}_{position}"],
                *(joined[k].identical_to(renamed[f"{k}_{position}"]) for k in relations.by),
            ],
        )
    measures = [c for c in joined.columns if c.startswith("m")]
    chosen = [
        joined.kadar_shown.name("opens"),
        joined.kadar_closes.name("closes"),
        *([joined.whole_closes] if question.elapsed else []),
        *(joined[name] for name in relations.by),
        *(joined[name].cast("float64").name(name) for name in measures),
    ]
    return joined.select(chosen).order_by(["opens", *relations.by])
