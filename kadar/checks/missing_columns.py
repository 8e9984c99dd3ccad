"""Core KPIs that the data cannot carry, and the columns they lack."""

from __future__ import annotations

from collections.abc import Iterator

from kadar.checks.finding import Company, Finding
from kadar.language import N_


def check(company: Company) -> Iterator[Finding]:
    """Find the core KPIs whose usual variant cannot be computed; told, not counted."""
    computable = company.workspace.computable()
    for made in company.workspace.kpis:
        lacks = computable[made.name][made.usual]
        if not made.core or not lacks:
            continue
        others = [name for name, lack in computable[made.name].items() if not lack]
        yield Finding(
            "KDR-CHK-003",
            N_("{kpi} cannot be computed: the data has no {columns}."),
            N_("Map them in kadar.toml. Variants that can be computed: {variants}."),
            "told",
            details={
                "kpi": made.name,
                "columns": ", ".join(lacks),
                "variants": ", ".join(others) or "-",
            },
        )
