"""Rows that contradict themselves: won without a close date, resolved without a resolution."""

from __future__ import annotations

from collections.abc import Iterator

from kadar.checks.finding import Affected, Company, Finding
from kadar.language import N_
from kadar.model import TABLES

# table, columns, condition, reason
RULES = (
    (
        "deals",
        ("outcome", "closed_at"),
        "outcome IN ('won', 'lost') AND closed_at IS NULL",
        N_("{rows} deals are won or lost, and nobody wrote when."),
    ),
    (
        "deals",
        ("outcome", "closed_at"),
        "outcome = 'open' AND closed_at IS NOT NULL",
        N_("{rows} deals are open, and have a date of closing."),
    ),
    (
        "tickets",
        ("status", "resolved_at"),
        "status = 'resolved' AND resolved_at IS NULL",
        N_("{rows} tickets are resolved, and nobody wrote when."),
    ),
    (
        "leads",
        ("converted_at", "disqualified_at"),
        "converted_at IS NOT NULL AND disqualified_at > converted_at",
        N_("{rows} leads were converted and given up after that."),
    ),
    (
        "surveys",
        ("score", "answered_at"),
        "score IS NOT NULL AND answered_at IS NULL",
        N_("{rows} surveys have a score, and no moment of the answer."),
    ),
)


def check(company: Company) -> Iterator[Finding]:
    """Find the rows of each rule whose columns some source maps."""
    for table, columns, condition, reason in RULES:
        if not company.has(table, *columns):
            continue
        keys = f"SELECT {TABLES[table].key[0]} FROM crm.{table} WHERE {condition}"
        count, examples = company.look(keys)
        if count:
            yield Finding(
                "KDR-CHK-011",
                reason,
                N_("Correct them in the source; until then they count as the model says."),
                "doubtful",
                table=table,
                column=columns[-1],
                details={"rows": count},
                count=count,
                examples=examples,
                affected=Affected(table, columns, keys),
                withholds=False,
            )
