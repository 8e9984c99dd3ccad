"""Customers that two sources give under one id and by names that have nothing in common."""

from __future__ import annotations

from collections.abc import Iterator

from kadar.checks.finding import EXAMPLES, Affected, Company, Finding
from kadar.language import N_
from kadar.store.sql import literal


def check(company: Company) -> Iterator[Finding]:
    """Compare the names that sources give to one id: equal ids count as one customer."""
    from kadar.duplicates.names import words

    rows = company.rows(
        "SELECT customer_id, list(source ORDER BY source), list(name ORDER BY source) "
        "FROM model.customers WHERE name IS NOT NULL GROUP BY customer_id HAVING count(*) > 1 "
        "ORDER BY customer_id"
    )
    found = [
        (key, sources, names)
        for key, sources, names in rows
        if any(not set(words(names[0])) & set(words(other)) for other in names[1:])
    ]
    if not found:
        return
    keys = ", ".join(literal(key) for key, *_ in found)
    yield Finding(
        "KDR-CHK-022",
        N_("{rows} customers of several sources have one id and different names: {names}"),
        N_('If they are not the same, give one source ids of its own: ids = "…" in kadar.toml.'),
        "doubtful",
        table="customers",
        details={
            "rows": len(found),
            "names": "; ".join(
                f"{key}: " + ", ".join(f"{n} ({s})" for n, s in zip(names, sources, strict=True))
                for key, sources, names in found[:EXAMPLES]
            )
            + ("; …" if len(found) > EXAMPLES else "."),
        },
        count=len(found),
        examples=[key for key, *_ in found[:EXAMPLES]],
        affected=Affected(
            "customers", ("customer_id",), f"SELECT unnest([{keys}]::VARCHAR[])", "twice"
        ),
        withholds=False,
    )
