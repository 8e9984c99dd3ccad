"""Checks of a company's data: one check, one file, found by its place in this package.

A module with a function `check(company) -> Iterable[Finding]` is a check; its name is the
module's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import TYPE_CHECKING

from kadar.answer import Withheld
from kadar.checks.finding import SEVERITIES, Bound, Company, Finding, Severity
from kadar.errors import KadarError, nearest
from kadar.language import N_

if TYPE_CHECKING:
    from kadar.workspace import Workspace

__all__ = ["SEVERITIES", "Bound", "Company", "Finding", "Severity", "examine", "names", "run"]


def names() -> list[str]:
    """Return the name of every check."""
    return [name for name, _ in _checks()]


def run(company: Company, only: Iterable[str] | None = None) -> list[Finding]:
    """Run every check (or those named) over one version of a company's data.

    `[checks] severity` of kadar.toml overrides a check's own; "off" leaves it out. Raises
    KDR-CHK-030 for a check that does not exist.
    """
    said = company.workspace.project.checks.severity
    wanted = None if only is None else set(only)
    _known([*said, *(wanted or ())])
    found: list[Finding] = []
    for name, module in _checks():
        if (wanted is None and said.get(name) == "off") or (wanted and name not in wanted):
            continue
        for one in module.check(company):
            severity = said.get(name, one.severity)
            chosen = one.severity if severity == "off" else severity
            found.append(replace(one, check=name, severity=chosen))
    return found


def examine(workspace: Workspace, only: Iterable[str] | None = None) -> list[Finding]:
    """Run checks over the current data, and bound the core KPIs by what they find.

    Run over all checks, what is found is remembered beside the data: until the next version, a
    KPI whose bound exceeds the limit is withheld from answers.
    """
    from kadar import contents
    from kadar.checks.bounding import Bounding
    from kadar.checks.limits import exceeds
    from kadar.checks.touched import touches
    from kadar.measure.currency import without_unknown_rates
    from kadar.withheld import remember

    project = workspace.project
    with contents.opened(project) as connection:
        company = Company(workspace, connection)
        found = run(company, only)
        formulas = {
            (made.name, variant): without_unknown_rates(
                made.formula(variant, project.kpi.get(made.name))
            )
            for made in workspace.kpis
            for variant in made.variants
        }
        touched: list[dict[str, list[str]]] = [{} for _ in found]
        for number, finding in enumerate(found):
            if finding.affected is not None:
                for (kpi, variant), formula in formulas.items():
                    if touches(formula, finding.affected):
                        touched[number].setdefault(kpi, []).append(variant)
        concerned = {kpi for one in touched for kpi in one}
        wanted = [(m, m.usual) for m in workspace.kpis if m.core and m.name in concerned]
        bounds: dict[int | None, list[Bound]] = {}
        if wanted:
            with workspace.asking() as asking:
                for key, bound in Bounding(company, asking, found).bounds(wanted):
                    marked = replace(bound, exceeds=exceeds(bound, project.checks))
                    bounds.setdefault(key, []).append(marked)
    made = [
        replace(finding, touches=touched[number], bounds=bounds.get(number, ()))
        for number, finding in enumerate(found)
    ]
    if only is None:
        remember(
            project, [_withheld(bound, made) for bound in bounds.get(None, ()) if bound.exceeds]
        )
        results, _ = workspace.results()
        results.keep(_key(workspace), made)
    return made


def examined(workspace: Workspace) -> list[Finding]:
    """Return what checking the current data found; it is checked where nobody did yet."""
    results, _ = workspace.results()
    kept = results.kept(_key(workspace), list[Finding])
    return examine(workspace) if kept is None else kept


def _key(workspace: Workspace) -> str:
    from kadar.measure.question import Question

    results, _ = workspace.results()
    project = workspace.project
    return results.key([], Question("all"), None, "findings", project.checks, project.kpi)


def _withheld(bound: Bound, found: Iterable[Finding]) -> Withheld:

    reasons = [
        one.code
        for one in found
        if one.withholds and any((b.kpi, b.grain) == (bound.kpi, bound.grain) for b in one.bounds)
    ]
    return Withheld(
        bound.kpi, bound.variant, bound.grain, bound.opens.isoformat(), bound.lower, bound.upper,
        tuple(dict.fromkeys(reasons)),
    )  # fmt: skip


def _checks() -> Iterator[tuple[str, ModuleType]]:
    for info in sorted(iter_modules(__path__), key=lambda info: info.name):
        module = import_module(f"{__name__}.{info.name}")
        if hasattr(module, "check"):
            yield info.name, module


def _known(wanted: Iterable[str]) -> None:
    there = names()
    for name in wanted:
        if name not in there:
            raise KadarError(
                "KDR-CHK-030",
                N_("There is no check {name}."),
                N_("These exist: {names}."),
                name=name,
                names=nearest(name, there),
            )
