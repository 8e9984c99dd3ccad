"""Things that end before they begin: closed before created, answered before asked."""

from __future__ import annotations

from collections.abc import Iterator

from kadar.checks.finding import Affected, Company, Finding
from kadar.language import N_
from kadar.model import TABLES

PAIRS = (
    ("deals", "created_at", "closed_at"),
    ("leads", "created_at", "converted_at"),
    ("leads", "created_at", "disqualified_at"),
    ("tickets", "created_at", "responded_at"),
    ("tickets", "created_at", "resolved_at"),
    ("surveys", "sent_at", "answered_at"),
    ("campaigns", "started_at", "ended_at"),
    ("deal_stages", "entered_at", "left_at"),
)


def check(company: Company) -> Iterator[Finding]:
    """Find the rows of each pair of moments that stand the wrong way round.

    The beginning is trusted, for systems write it by themselves; what may be wrong is the end.
    """
    for table, begins, ends in PAIRS:
        if not company.has(table, begins, ends):
            continue
        keys = wrong_way_round(table, begins, ends)
        count, examples = company.look(keys)
        if count:
            yield Finding(
                "KDR-CHK-009",
                N_("{table}: {rows} rows have their {ends} before their {begins}."),
                N_("Correct the dates in the source, or map the right columns."),
                "doubtful",
                table=table,
                column=ends,
                details={"table": table, "rows": count, "begins": begins, "ends": ends},
                count=count,
                examples=examples,
                affected=Affected(table, (ends,), keys),
            )


def wrong_way_round(table: str, begins: str, ends: str) -> str:
    """Query of the keys; where either moment is only a date, days are compared."""
    days = f"{begins.removesuffix('_at')}_on", f"{ends.removesuffix('_at')}_on"
    return (
        f"SELECT {TABLES[table].key[0]} FROM crm.{table} WHERE {days[1]} < {days[0]} "
        f"OR ({ends} < {begins} AND {days[1]} = {days[0]} AND source NOT IN "
        f"(SELECT source FROM meta.carried WHERE \"table\" = '{table}' AND date_only "
        f"AND \"column\" IN ('{begins}', '{ends}')))"
    )
