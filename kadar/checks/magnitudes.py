"""Amounts of an implausible size: a slipped decimal mark, cents for units, another currency."""

from __future__ import annotations

from collections.abc import Iterator

from kadar.checks.finding import Affected, Company, Finding
from kadar.language import N_
from kadar.model import TABLES
from kadar.store.sql import literal

# table, column, day
MONEY = (
    ("deals", "amount", "created_on"),
    ("orders", "revenue", "ordered_on"),
    ("orders", "cost", "ordered_on"),
    ("subscriptions", "monthly_amount", "started_on"),
    ("spend", "amount", "spent_on"),
)
LEAST_ROWS = 50
BEYOND = 50  # times the largest but one in a hundred, for one row; times the others, for many


def check(company: Company) -> Iterator[Finding]:
    """Find single amounts far beyond all others, and currencies or months of another size."""
    for table, column, day in MONEY:
        if not company.has(table, column, day.removesuffix("_on") + "_at"):
            continue
        yield from _single(company, table, column)
        yield from _currency(company, table, column)
        yield from _months(company, table, column, day)


def _single(company: Company, table: str, column: str) -> Iterator[Finding]:
    keys = (
        f"SELECT {TABLES[table].key[0]} FROM crm.{table} JOIN "
        f"(SELECT source, quantile_cont(abs({column}), 0.99) AS large FROM crm.{table} "
        f"WHERE {column} <> 0 GROUP BY source HAVING count(*) >= {LEAST_ROWS}) "
        f"USING (source) WHERE abs({column}) > {BEYOND} * large"
    )
    count, examples = company.look(keys)
    if count:
        yield Finding(
            "KDR-CHK-017",
            N_("{table}: {rows} rows have a {column} more than {times} times beyond all others."),
            N_("Correct the amount in the source; set decimal if a decimal mark was misread."),
            "doubtful",
            table=table,
            column=column,
            details={"table": table, "rows": count, "column": column, "times": BEYOND},
            count=count,
            examples=examples,
            affected=Affected(table, (column,), keys),
        )


def _currency(company: Company, table: str, column: str) -> Iterator[Finding]:
    """Find a currency whose amounts, converted, are of another size than those of the others."""
    found = company.rows(
        f"""
        WITH medians AS (
            SELECT currency, median(abs({column})) AS size, count(*) AS n FROM crm.{table}
            WHERE {column} <> 0 AND NOT rate_missing AND currency IS NOT NULL GROUP BY currency
        )
        SELECT a.currency, a.n, a.size / median(b.size) FROM medians a JOIN medians b
            ON b.currency <> a.currency AND b.n >= a.n
        WHERE a.n >= 5 GROUP BY a.currency, a.n, a.size
        HAVING a.size > {BEYOND} * median(b.size) OR median(b.size) > {BEYOND} * a.size ORDER BY 1
        """
    )
    for currency, rows, ratio in found:
        keys = (
            f"SELECT {TABLES[table].key[0]} FROM crm.{table} WHERE currency = {literal(currency)}"
        )
        yield Finding(
            "KDR-CHK-018",
            N_(
                "{table}: the {rows} amounts in {currency} are, converted, {ratio} times the size "
                "of the others: another currency was probably written as {currency}."
            ),
            N_("Map the column that holds the currency of each row, and correct the rates."),
            "doubtful",
            table=table,
            column=column,
            details={
                "table": table, "rows": rows, "currency": currency,
                "ratio": f"{float(ratio):.3g}",
            },
            count=rows,
            examples=[str(currency)],
            affected=Affected(table, (column,), keys),
        )  # fmt: skip


def _months(company: Company, table: str, column: str, day: str) -> Iterator[Finding]:
    """Find sources whose usual amount jumped to another size and stayed there."""
    for source, months, sizes in company.rows(
        f"""
        SELECT source, list(month ORDER BY month), list(size ORDER BY month) FROM (
            SELECT source, strftime({day}, '%Y-%m') AS month, median(abs({column})) AS size
            FROM crm.{table} WHERE {column} <> 0 AND {day} IS NOT NULL
            GROUP BY 1, 2 HAVING count(*) >= 10
        ) GROUP BY source ORDER BY source
        """
    ):
        values = [float(size) for size in sizes]
        for at in range(len(values) - 1, 2, -1):
            before, after = sorted(values[:at]), sorted(values[at:])
            up = after[0] / before[-1] if before[-1] else 0.0
            down = before[0] / after[-1] if after[-1] else 0.0
            if max(up, down) >= 8:
                yield Finding(
                    "KDR-CHK-019",
                    N_(
                        "{source} ({table}): from {month} on the usual {column} is {ratio} times "
                        "what it was before, and stays so."
                    ),
                    N_("See whether the source changed its unit or currency in that month."),
                    "doubtful",
                    source,
                    table,
                    column=column,
                    details={
                        "source": source, "table": table, "month": months[at],
                        "column": column,
                        "ratio": f"{after[len(after) // 2] / before[len(before) // 2]:.3g}",
                    },
                    withholds=False,
                )  # fmt: skip
                break
