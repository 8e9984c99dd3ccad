"""Everything there is to say about a KPI: what it means, what it reads, how it is computed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kadar.kpi import Kpi
    from kadar.measure.formula import Formula, Measure
    from kadar.workspace import Workspace

Lacking = dict[str, list[str]]  # by variant, as `table.column`
Columns = set[tuple[str, str]]


@dataclass(frozen=True)
class Definition:
    """One variant of a KPI.

    `lacks` are the columns the company's data would need, None where there is no data to look
    at. `formula` is built under the company's settings.
    """

    name: str
    wording: str
    unit: str
    usual: bool
    reported_by: str | None
    formula: Formula
    lacks: list[str] | None = None

    @property
    def version(self) -> str:
        """What tells this meaning from every other: see `kadar.measure.written.version`."""
        from kadar.measure.written import version

        return version(self.formula)


@dataclass(frozen=True)
class Explanation:
    """A KPI explained, one of its variants in depth.

    `settings` has (default, in force) by name; `reads` the columns of each table it cannot do
    without, with their meanings; `sql` the statement for a question by month.
    """

    kpi: Kpi
    chosen: Definition
    variants: list[Definition]
    settings: dict[str, tuple[Any, Any]]
    target: float | None
    reads: dict[str, dict[str, str]]
    dimensions: list[str]
    sql: str
    sums_days: bool = False  # the statement is for the days, which are then summed


def explain(
    made: Kpi, variant: str | None = None, workspace: Workspace | None = None
) -> Explanation:
    """Explain a KPI and one variant (the usual one by default), with or without a project.

    Raises KDR-KPI-004 for a variant it has not.
    """
    from kadar.measure.currency import without_unknown_rates
    from kadar.measure.evaluate import measures_of
    from kadar.measure.lineage import divisible_by
    from kadar.measure.one_meaning import one_meaning
    from kadar.measure.readable import readable

    given = workspace.project.kpi.get(made.name, {}) if workspace else {}
    lacking, carried = _here(workspace, made)
    definitions = {
        name: Definition(
            name,
            each.wording,
            each.unit,
            name == made.usual,
            each.reported_by,
            made.formula(name, given),
            lacking.get(name) if lacking is not None else None,
        )
        for name, each in made.variants.items()
    }
    chosen = definitions[made.get(variant).name]
    formula = one_meaning(without_unknown_rates(chosen.formula))
    wanted, daily = measures_of(formula)
    wanted = wanted or [measure for each in daily for measure in measures_of(each)[0]]
    return Explanation(
        made,
        chosen,
        list(definitions.values()),
        {name: (default, given.get(name, default)) for name, default in made.settings.items()},
        given.get("target"),
        _reads(chosen.formula),
        divisible_by(formula, carried),
        readable(_statement(wanted)),
        bool(daily),
    )


def _statement(wanted: list[Measure]) -> str:
    """Return the statement by month; of a time that may not be over, that of its life table."""
    from kadar.measure.compile import compile_measures
    from kadar.measure.life_table import compile_life_table
    from kadar.measure.question import Question

    for measure in wanted:
        if measure.waiting is not None:
            return compile_life_table(measure, Question("month"))
    return compile_measures(wanted, Question("month")).sql


def _here(workspace: Workspace | None, made: Kpi) -> tuple[Lacking | None, Columns | None]:
    """Return the columns each variant lacks and those there are; None where there is no data."""
    from kadar.store import Store

    if workspace is None or Store(workspace.project.folder).version() is None:
        return None, None
    from kadar.asking import Asking

    with Asking(workspace.project, workspace.as_of) as asking:
        return {name: asking.lacking(made, name) for name in made.variants}, asking.carried


def _reads(formula: Formula) -> dict[str, dict[str, str]]:
    from kadar.measure.lineage import reads
    from kadar.measure.tables import READABLE

    found: dict[str, dict[str, str]] = {}
    for table, column in sorted(reads(formula)):
        found.setdefault(table, {})[column] = READABLE[table][column].meaning
    return found
