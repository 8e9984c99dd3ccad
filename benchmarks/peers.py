"""What the same work costs by hand: one statement written for the one question."""

from __future__ import annotations

import time
from pathlib import Path

import duckdb

LOAD = """
create table orders as select * from read_csv('{path}', types = {{
    'Order ID': 'VARCHAR', 'Customer ID': 'VARCHAR', 'Order Date': 'TIMESTAMP',
    'Net Amount': 'DECIMAL(18,4)', 'Cost': 'DECIMAL(18,4)', 'Channel': 'VARCHAR'}})
"""
MONTH = """date_trunc('month', "Order Date")"""
BY_HAND = {
    "revenue": f"""select {MONTH}, sum("Net Amount") from orders group by 1""",
    "margin_per_customer": f"""
        select {MONTH}, sum("Net Amount" - "Cost") / count(distinct "Customer ID")
        from orders group by 1""",
    "repeat_purchase_rate": f"""
        select m, avg((n > 1)::int) from (
            select {MONTH} m, "Customer ID", count(*) n from orders group by 1, 2) group by 1""",
    "retention_rate": f"""
        with months as (select distinct {MONTH} m from orders),
        base as (
            select distinct m, "Customer ID" c from months, orders
            where "Order Date" < m and "Order Date" >= m - interval 90 day),
        kept as (
            select distinct m, "Customer ID" c from months, orders
            where "Order Date" < m + interval 1 month
            and "Order Date" >= m + interval 1 month - interval 90 day)
        select m, count(kept.c) / count(*) from base left join kept using (m, c) group by 1""",
}


def load(path: Path, database: Path) -> float:
    """Load the file into a fresh DuckDB table; return the seconds."""
    database.unlink(missing_ok=True)
    started = time.perf_counter()
    with duckdb.connect(str(database)) as connection:
        connection.execute(LOAD.format(path=path))
    return time.perf_counter() - started


def ask(database: Path, kpi: str) -> float:
    """Run the hand-written statement of a KPI twice; return the better seconds."""
    with duckdb.connect(str(database), read_only=True) as connection:
        times = []
        for _ in range(2):
            started = time.perf_counter()
            connection.execute(BY_HAND[kpi]).fetchall()
            times.append(time.perf_counter() - started)
    return min(times)
