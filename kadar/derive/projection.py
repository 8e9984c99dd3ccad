"""The query that makes a derived table of a model table."""

from __future__ import annotations

from dataclasses import dataclass

from kadar.derive.currency import Rates, money_columns
from kadar.derive.current import Current
from kadar.derive.derivation import Derivation, day_column, quote
from kadar.model import TABLES


@dataclass
class Shared:
    """What the queries of all tables share: current rows, merges and rates."""

    work: Derivation
    current: Current
    merges: str | None
    rates: Rates


class Projection:
    """A query over the current rows `t` of a table.

    `columns` (name → SQL over `t` and the joins) can be changed and added to before `sql` is
    asked for; the day of every moment is then computed from what the columns have become, and
    `later` (name → SQL over the columns' names) from those.
    """

    def __init__(self, shared: Shared, table: str) -> None:
        self.shared = shared
        self.table = table
        self.columns = {name: f"t.{quote(name)}" for name in TABLES[table].column_names}
        self.columns["source"] = "t.source"
        self.columns["recorded_at"] = "t.recorded_at"
        self.joins: list[str] = []
        self.later: dict[str, str] = {}
        self.lenders = [table]  # tables the moments come from
        self.moments = list(TABLES[table].moments)
        if shared.merges and table != "customers" and "customer_id" in self.columns:
            self.joins.append(f"LEFT JOIN {shared.merges} m ON m.customer_id = t.customer_id")
            self.columns["customer_id"] = "coalesce(m.survivor_id, t.customer_id)"

    def convert(self) -> Projection:
        """Turn the money columns into the company's currency."""
        rates = self.shared.rates
        if self.table not in rates.foreign:
            return self
        self.columns["rate_missing"] = "FALSE"
        join = rates.join(self.table)
        if join is None:
            return self
        self.joins.append(join)
        self.columns["rate_missing"] = rates.missing()
        for column in money_columns(self.table):
            self.columns[column] = rates.converted(f"t.{quote(column)}")
        return self

    def sql(self) -> str:
        """Return the query, with the day of every moment."""
        columns = ", ".join(f"{sql} AS {quote(name)}" for name, sql in self.columns.items())
        inner = f"SELECT {columns} FROM {self.shared.current[self.table]} t " + " ".join(self.joins)
        work = self.shared.work
        later = {
            day_column(m): work.day(quote(m), *self.lenders) for m in self.moments
        } | self.later
        outer = "".join(f", {sql} AS {quote(name)}" for name, sql in later.items())
        return f"SELECT *{outer} FROM ({inner})"

    def create(self) -> None:
        """Make the derived table."""
        self.shared.work.run(f"CREATE TABLE {self.shared.work.crm(self.table)} AS {self.sql()}")
