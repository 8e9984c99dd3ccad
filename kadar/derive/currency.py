"""Money in the company's currency, at the rate of the row's own moment."""

from __future__ import annotations

from kadar.derive.current import Current
from kadar.derive.derivation import Derivation, literal
from kadar.model import TABLES

# The moment of a row whose rate counts. A deal is worth what it was when it closed; an open
# one, what it was when it was opened.
MOMENTS = {
    "deals": "coalesce(t.closed_at, t.created_at)",
    "orders": "t.ordered_at",
    "subscriptions": "t.started_at",
    "spend": "t.spent_at",
}


def money_columns(table: str) -> list[str]:
    """Names of a table's money columns."""
    return [column.name for column in TABLES[table].columns if column.type == "money"]


class Rates:
    """The exchange rates of the currencies in use, by day."""

    def __init__(self, work: Derivation, current: Current) -> None:
        self.work = work
        self.own = work.company.currency.strip().upper()
        self.foreign: dict[str, set[str]] = {}
        for table in TABLES:
            if table in MOMENTS and "currency" in TABLES[table]:
                found = work.rows(f"SELECT DISTINCT upper(currency) FROM {work.model(table)}")
                self.foreign[table] = {row[0] for row in found if row[0]} - {self.own}
        self.table = self._table(current, set().union(*self.foreign.values()))

    def _table(self, current: Current, used: set[str]) -> str | None:
        if not used:
            return None
        # through text: 4.47 is then 4.47 and no neighbour of it
        rate = "TRY_CAST(CAST(rate AS VARCHAR) AS DECIMAL(20,12))"
        rates = self.work.temporary(
            "rates",
            f"""
            SELECT upper(currency) AS currency, {rate} AS rate, valid_at,
                lead(valid_at) OVER (PARTITION BY upper(currency) ORDER BY valid_at) AS until_at
            FROM {current["fx_rates"]} WHERE list_contains($used, upper(currency))
            """,
            {"used": sorted(used)},
        )
        calendar = self.work.crm("calendar")
        # Split at midnights, a rate is found by its day (a hash join, no sorting of ten million
        # rows); within a day the rate's own hours decide.
        return self.work.temporary(
            "rates by day",
            f"""
            SELECT r.currency, c.day, r.rate, greatest(r.valid_at, c.opens_at) AS from_at,
                least(r.until_at, c.closes_at) AS until_at
            FROM (
                SELECT *, unnest(generate_series({self.work.day("valid_at", "fx_rates")},
                    coalesce({self.work.day("until_at", "fx_rates")},
                        (SELECT max(day) FROM {calendar})), INTERVAL 1 DAY)) AS day
                FROM {rates}
            ) r JOIN {calendar} c ON c.day = CAST(r.day AS DATE)
            WHERE greatest(r.valid_at, c.opens_at) < least(r.until_at, c.closes_at)
            """,
        )

    def join(self, table: str) -> str | None:
        """SQL that joins each row `t` with its rate `r`; `None` where no rate is needed."""
        if not self.foreign.get(table):
            return None
        moment = MOMENTS[table]
        return (
            f"LEFT JOIN {self.table} r ON r.currency = upper(t.currency) "
            f"AND r.day = {self.work.day(moment, table)} AND {moment} >= r.from_at "
            f"AND {moment} < r.until_at"
        )

    def is_foreign(self, currency: str) -> str:
        """SQL: a currency is known and is not the company's."""
        return f"coalesce(upper({currency}) <> {literal(self.own)}, FALSE)"

    def missing(self, row: str = "t", rate: str = "r") -> str:
        """SQL: the row is in a foreign currency, and no rate is known for its moment."""
        return f"({self.is_foreign(row + '.currency')} AND {rate}.rate IS NULL)"

    def converted(self, amount: str, row: str = "t", rate: str = "r") -> str:
        """SQL for an amount in the company's currency, rounded half away from zero."""
        return (
            f"CASE WHEN {self.is_foreign(row + '.currency')} "
            f"THEN CAST({amount} * {rate}.rate AS DECIMAL(18,4)) ELSE {amount} END"
        )
