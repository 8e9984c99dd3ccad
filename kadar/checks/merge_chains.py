"""Records merged in a circle, or into a customer that is not there."""

from __future__ import annotations

from collections.abc import Iterator

from kadar.checks.finding import Affected, Company, Finding
from kadar.language import N_
from kadar.store.sql import literal


def check(company: Company) -> Iterator[Finding]:
    """Follow every merge to its end."""
    links: dict[str, str] = dict(
        company.rows(
            "SELECT customer_id, any_value(merged_into ORDER BY source) FROM model.customers "
            "WHERE merged_into IS NOT NULL AND merged_into <> customer_id GROUP BY customer_id"
        )
    )
    there = {key for (key,) in company.rows("SELECT customer_id FROM model.customers")}
    circling, lost = ends(links, there)
    for keys, code, reason, remedy in (
        (
            circling,
            "KDR-CHK-006",
            N_("{rows} customers are merged in a circle: each counts by itself."),
            N_("Correct merged_into in the source: one of the circle must stay."),
        ),
        (
            lost,
            "KDR-CHK-007",
            N_("{rows} customers are merged into one that no source lists."),
            N_("Export the customer they were merged into as well."),
        ),
    ):
        if keys:
            quoted = ", ".join(map(literal, keys))
            yield Finding(
                code,
                reason,
                remedy,
                "doubtful",
                table="customers",
                column="merged_into",
                details={"rows": len(keys)},
                count=len(keys),
                examples=keys[:5],
                affected=Affected(
                    "customers",
                    ("customer_id", "merged_into"),
                    f"SELECT unnest([{quoted}]::VARCHAR[])",
                    "twice",
                ),
                withholds=code == "KDR-CHK-006",
            )


def ends(links: dict[str, str], there: set[str]) -> tuple[list[str], list[str]]:
    """Return the customers whose chain never ends, and those whose chain ends at nobody listed."""
    state: dict[str, str] = {}  # customer → "circle", or the customer its chain ends at
    for start in links:
        path, seen, at = [], set[str](), start
        while at in links and at not in state and at not in seen:
            path.append(at)
            seen.add(at)
            at = links[at]
        end = "circle" if at in seen else state.get(at, f"={at}")
        state.update(dict.fromkeys(path, end))
    circling = sorted(key for key, end in state.items() if end == "circle")
    lost = sorted(k for k, end in state.items() if end != "circle" and end[1:] not in there)
    return circling, lost
