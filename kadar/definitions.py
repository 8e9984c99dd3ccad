"""What each KPI of a project means now, ready to be kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kadar.measure.written import version, write
from kadar.store.definitions import Definition

if TYPE_CHECKING:
    from kadar.kpi import Kpi
    from kadar.project import Project


def definition(made: Kpi, variant: str, settings: dict[str, Any] | None = None) -> Definition:
    """Return what a variant means under a company's settings of the KPI."""
    known = made.get(variant).settings
    formula = made.formula(variant, settings)
    try:
        text: str | None = write(formula)
    except TypeError:  # a KPI of the user's own, with a value of a type of its own
        text = None
    given = {name: (settings or {}).get(name, default) for name, default in known.items()}
    return Definition(made.name, variant, version(formula), text, given)


def definitions(project: Project) -> list[Definition]:
    """Return what every variant of every KPI of a project means now.

    One whose own code fails is left out: whoever asks for it learns why. Raises KDR-KPI-005 where
    a file of the project's KPIs cannot be read.
    """
    from kadar.catalogue import catalogue

    found = []
    for made in catalogue(project.folder):
        for variant in made.variants:
            try:
                found.append(definition(made, variant, project.kpi.get(made.name)))
            except Exception:  # noqa: S112  (a KPI is anybody's code)
                continue
    return found
