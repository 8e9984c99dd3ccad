"""A fixed part of a large company's customers: enough to learn a model from and to test it on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from kadar.engines.duckdb import DuckDB

if TYPE_CHECKING:
    from kadar.asking import Asking

LARGEST = 100_000  # customers; what a model learns from more moves its forecasts by about 1 %
SAMPLED = "sampled_orders"
_READ = ("customer_id", "ordered_at", "ordered_on", "revenue", "margin", "rate_missing")
_DIGITS = 8  # of the hash, in base 16


@dataclass(frozen=True)
class Sample:
    """The orders of about `LARGEST` of a company's `customers`, as a `table` beside the records.

    A customer is in it by the MD5 of the id alone: always the same ones, whatever else is asked.
    """

    table: str
    customers: int


_made: WeakKeyDictionary[DuckDB, Sample | None] = WeakKeyDictionary()


def sample(asking: Asking) -> Sample | None:
    """Return a sample where a company has more customers with orders than `LARGEST`; else None.

    It is made once for each connection, in memory, and only on the embedded engine.
    """
    engine = asking.engine
    if not isinstance(engine, DuckDB):
        return None
    if engine not in _made:
        customers = _customers(engine)
        _made[engine] = None if customers <= LARGEST else _drawn(engine, customers)
    return _made[engine]


def _customers(engine: DuckDB) -> int:
    if engine.run("SELECT count(*) AS n FROM crm.orders")["n"][0] <= LARGEST:
        return 0  # few orders are of few customers
    return int(engine.run("SELECT count(DISTINCT customer_id) AS n FROM crm.orders")["n"][0])


def _drawn(engine: DuckDB, customers: int) -> Sample:
    below = f"{16**_DIGITS * LARGEST // customers:0{_DIGITS}x}"
    columns = ", ".join(_READ)
    engine.lend(SAMPLED, f"SELECT {columns} FROM crm.orders WHERE md5(customer_id) < '{below}'")
    return Sample(SAMPLED, customers)


def table_of(some: Sample | None) -> str:
    """Return the table that holds the orders of a sample; of everybody where there is none."""
    return "orders" if some is None else some.table
