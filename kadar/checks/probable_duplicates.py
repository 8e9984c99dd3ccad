"""Customers that are probably one and were entered twice."""

from __future__ import annotations

from collections.abc import Iterator

from kadar.checks.finding import EXAMPLES, Affected, Company, Finding
from kadar.language import N_
from kadar.store.sql import literal


def check(company: Company) -> Iterator[Finding]:
    """Find the pairs nobody decided on; they stay two customers until somebody does."""
    from kadar.decisions import standing
    from kadar.duplicates import find

    project = company.workspace.project
    proposals = find(company.connection, standing(project.folder), project.checks.similarity)
    if not proposals:
        return
    merged = sorted({one.merged for one in proposals})
    keys = ", ".join(map(literal, merged))
    yield Finding(
        "KDR-CHK-005",
        N_("{rows} customers are probably entered twice: {names}"),
        N_("See kadar duplicates; then kadar duplicates accept ID or reject ID."),
        "doubtful",
        table="customers",
        details={
            "rows": len(merged),
            "names": "; ".join(
                f"{one.merged_name} = {one.survivor_name} ({one.id})"
                for one in proposals[:EXAMPLES]
            )
            + ("; …" if len(proposals) > EXAMPLES else "."),
        },
        count=len(merged),
        examples=[one.id for one in proposals[:EXAMPLES]],
        affected=Affected(
            "customers", ("customer_id",), f"SELECT unnest([{keys}]::VARCHAR[])", "twice"
        ),
    )
