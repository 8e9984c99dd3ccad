"""Money in a currency without an exchange rate: it is in no number."""

from __future__ import annotations

from collections.abc import Iterator

from kadar.checks.finding import Affected, Company, Finding
from kadar.language import N_
from kadar.model import TABLES


def check(company: Company) -> Iterator[Finding]:
    """Find the currencies of rows that have no rate on their day; told, not counted."""
    tables = company.connection.execute(
        "SELECT table_name FROM information_schema.columns WHERE table_schema = 'crm' "
        "AND column_name IN ('rate_missing', 'currency') GROUP BY 1 HAVING count(*) = 2 ORDER BY 1"
    ).fetchall()
    for (table,) in tables:
        found = company.connection.execute(
            f'SELECT currency, count(*) FROM crm."{table}" WHERE rate_missing GROUP BY 1 ORDER BY 1'
        ).fetchall()
        for currency, rows in found:
            yield Finding(
                "KDR-CHK-004",
                N_(
                    "{table}: no exchange rate of {currency} for {rows} of its rows; "
                    "their money is left out of every number."
                ),
                N_("Map rates of {currency} into the table fx_rates, from before the first row."),
                "told",
                table=table,
                details={"table": table, "rows": rows, "currency": currency},
                count=rows,
                affected=Affected(
                    table,
                    ("rate_missing",),
                    f'SELECT "{TABLES[table].key[0]}" FROM crm."{table}" WHERE rate_missing '
                    f"AND currency = '{str(currency).replace(chr(39), chr(39) * 2)}'",
                ),
            )
