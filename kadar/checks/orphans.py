"""Facts whose customer, owner or deal exists nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from kadar.checks.finding import Affected, Company, Finding
from kadar.language import N_
from kadar.model import TABLES


def check(company: Company) -> Iterator[Finding]:
    """Find references into tables that sources list and that do not hold them."""
    listed = {name for name in TABLES if company.rows(f"SELECT 1 FROM model.{name} LIMIT 1")}
    for table in TABLES.values():
        for column, to in table.references.items():
            if to not in listed or (table.name, column) not in company.mapped:
                continue
            if table.name == "customers" and column == "merged_into":
                continue  # merge_chains follows these
            own = "AND source <> 'kadar'" if to == "customers" else ""
            nowhere = (
                f"FROM crm.{table.name} WHERE {column} IS NOT NULL AND {column} NOT IN "
                f"(SELECT {TABLES[to].key[0]} FROM crm.{to} WHERE {TABLES[to].key[0]} IS NOT NULL "
                f"{own})"
            )
            missing, examples = company.look(f"SELECT {column} {nowhere}")
            if not missing:
                continue
            (rows,) = company.rows(f"SELECT count(*) {nowhere}")[0]
            yield Finding(
                "KDR-CHK-012",
                N_("{table}: {rows} rows name {missing} {column} that {to} does not list."),
                N_("Export {to} whole, or map the column that holds the same ids."),
                "doubtful",
                table=table.name,
                column=column,
                details={
                    "table": table.name, "rows": rows, "missing": missing,
                    "column": column, "to": to,
                },
                count=rows,
                examples=examples,
                affected=Affected(
                    table.name, (column,), f"SELECT {table.key[0]} {nowhere}"
                ),
                withholds=False,
            )  # fmt: skip
