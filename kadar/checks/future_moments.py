"""Moments that had not come yet when they were recorded."""

from __future__ import annotations

from collections.abc import Iterator

from kadar.checks.finding import Affected, Company, Finding
from kadar.language import N_
from kadar.model import TABLES


def check(company: Company) -> Iterator[Finding]:
    """Find what is said to have happened more than a day after it was learnt."""
    for table in TABLES.values():
        for column in table.columns:
            if column.type != "moment" or column.scheduled or table.planned:
                continue
            if (table.name, column.name) not in company.mapped or table.name == "fx_rates":
                continue
            keys = (
                f"SELECT {table.key[0]} FROM crm.{table.name} "
                f"WHERE {column.name} > recorded_at + INTERVAL 1 DAY"
            )
            count, examples = company.look(keys)
            if count:
                yield Finding(
                    "KDR-CHK-010",
                    N_("{table}: {rows} rows have a {column} after the day they were loaded."),
                    N_("Correct the year in the source, or set date_format if it was misread."),
                    "doubtful",
                    table=table.name,
                    column=column.name,
                    details={"table": table.name, "rows": count, "column": column.name},
                    count=count,
                    examples=examples,
                    affected=Affected(table.name, (column.name,), keys),
                )
