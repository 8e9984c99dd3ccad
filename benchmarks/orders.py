"""A large orders file, made by DuckDB from a fixed formula: the same rows on every machine."""

from __future__ import annotations

from pathlib import Path

import duckdb

HEADERS = "Order ID, Customer ID, Order Date, Net Amount, Cost, Channel"


def write(path: Path, rows: int) -> None:
    """Write `rows` orders of rows/10 customers over three years as CSV, as a shop exports them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    duckdb.connect().sql(
        f"""
        copy (
            select 'SO-' || lpad(i::varchar, 9, '0') as "Order ID",
                'C' || lpad((hash(i * 7) % {rows // 10})::varchar, 8, '0') as "Customer ID",
                strftime(timestamp '2023-07-01' + to_seconds((hash(i) % 94694400)::bigint),
                    '%Y-%m-%d %H:%M:%S') as "Order Date",
                10 + hash(i + 3) % 50000 / 100 as "Net Amount",
                5 + hash(i + 9) % 30000 / 100 as "Cost",
                ['web', 'shop', 'partner', 'event'][(1 + hash(i + 1) % 4)::int] as "Channel"
            from range({rows}) r(i)
        ) to '{path}' (header, delimiter ',')
        """
    )
