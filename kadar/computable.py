"""Which KPIs some columns can carry: by lineage alone, before any row is loaded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kadar.kpi import Catalogue, Kpi
    from kadar.measure.formula import Formula
    from kadar.project import Project, Source

Columns = set[tuple[str, str]]


def lacking(project: Project, kpis: Iterable[Kpi], mapped: Columns) -> dict[str, list[str]]:
    """For each KPI the columns its usual variant would lack (`table.column`); none where it works.

    `mapped` are the columns that some source maps; what kadar derives from them is added.
    """
    from kadar.derive.carried import carried
    from kadar.measure.lineage import reads

    there = carried(mapped, contract=project.company.contract)
    return {
        made.name: sorted(
            f"{table}.{column}"
            for table, column in reads(_plain(made, project))
            if (table, column) not in there
        )
        for made in kpis
    }


def _plain(made: Kpi, project: Project) -> Formula:
    """Return the usual formula; of a forecast, what stands in its place without one."""
    usual = made.get()
    return made.formula(usual.otherwise or usual.name, project.kpi.get(made.name))


def mapped_by(sources: Iterable[Source]) -> Columns:
    """Return the columns that sources map, with the keys that are made where none is mapped."""
    from kadar.model import TABLES

    found: Columns = set()
    for source in sources:
        if source.table in TABLES:
            found |= {(source.table, column) for column in source.columns}
            found |= {(source.table, column) for column in TABLES[source.table].key}
    return found


def mapped_now(project: Project) -> Columns:
    """Return the columns that the loaded data maps, and those that kadar.toml does."""
    from kadar.store import Store

    found = mapped_by(project.sources)
    connection = Store(project.folder).reader()
    if connection is not None:
        with connection:
            found |= set(
                connection.execute('SELECT DISTINCT "table", "column" FROM meta.carried').fetchall()
            )
    return found


def gained(
    project: Project, kpis: Catalogue, sources: Iterable[Source]
) -> tuple[list[str], dict[str, list[str]]]:
    """Return the core KPIs that can be computed once `sources` are added, and what others lack."""
    core = [made for made in kpis if made.core]
    found = lacking(project, core, mapped_now(project) | mapped_by(sources))
    return [name for name, lacks in found.items() if not lacks], {
        name: lacks for name, lacks in found.items() if lacks
    }
