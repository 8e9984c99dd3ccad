"""A company's rows as plain Python, derived as `shared/design/model.md` words it.

A second calculation beside kadar's, without SQL, ibis or the engine: slow, and easy to read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from kadar.model import TABLES
from tests.kpis.plain_tickets import complete_ticket

Row = dict[str, Any]
EVER = datetime(1, 1, 2, tzinfo=UTC)
NEVER = datetime(9999, 12, 30, tzinfo=UTC)
MONEY_MOMENTS: dict[str, Callable[[Row], datetime | None]] = {
    "deals": lambda row: row["closed_at"] or row["created_at"],
    "orders": lambda row: row["ordered_at"],
    "subscriptions": lambda row: row["started_at"],
    "spend": lambda row: row["spent_at"],
}


@dataclass(frozen=True)
class Settings:
    """What a company says about itself."""

    time_zone: str = "UTC"
    week_starts: int = 0  # Monday
    fiscal_year_starts: tuple[int, int] = (1, 1)
    contract: bool = False
    inactive_after_days: int = 90
    grace_days: int = 0
    observed_until: date = date(2025, 3, 31)  # the end of this day
    holidays: str | None = None

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def toml(self) -> str:
        """Return the lines under `[company]`."""
        week = {0: "monday", 6: "sunday", 5: "saturday"}[self.week_starts]
        month, day = self.fiscal_year_starts
        lines = [
            'currency = "EUR"',
            f'time_zone = "{self.time_zone}"',
            f'week_starts = "{week}"',
            f'fiscal_year_starts = "{month:02}-{day:02}"',
            f"contract = {str(self.contract).lower()}",
            f"inactive_after_days = {self.inactive_after_days}",
            f"grace_days = {self.grace_days}",
            f'observed_until = "{self.observed_until}"',
        ]
        return "\n".join([*lines, *([f'holidays = "{self.holidays}"'] if self.holidays else [])])

    def day(self, moment: datetime) -> date:
        """Local day of a moment."""
        return moment.astimezone(self.zone).date()

    def midnight(self, day: date) -> datetime:
        """Moment at which a local day begins."""
        return datetime(day.year, day.month, day.day, tzinfo=self.zone).astimezone(UTC)

    def later(self, moment: datetime, days: int) -> datetime:
        """The same time of day so many local days later."""
        day = self.day(moment)
        past = moment - self.midnight(day)
        there = day + timedelta(days=days)
        return min(self.midnight(there) + past, self.midnight(there + timedelta(days=1)))

    def begins(self, grain: str, day: date) -> date:
        """First day of the period that holds a day."""
        if grain == "week":
            return day - timedelta(days=(day.weekday() - self.week_starts) % 7)
        if grain == "month":
            return day.replace(day=1)
        if grain == "day":
            return day
        month, first = self.fiscal_year_starts
        starts = [
            date(year, (month - 1 + step) % 12 + 1, first)
            for year in (day.year - 1, day.year, day.year + 1)
            for step in (range(0, 12, 3) if grain == "quarter" else (0,))
        ]
        return max(start for start in starts if start <= day)

    def period(self, grain: str, day: date) -> Period:
        """The period that holds a day."""
        opens = self.begins(grain, day)
        closes = opens + timedelta(days=1)
        while self.begins(grain, closes) == opens:
            closes += timedelta(days=1)
        return self.span(opens, closes, grain)

    def span(self, opens: date, closes: date, grain: str = "all") -> Period:
        return Period(self, grain, opens, closes, self.midnight(opens), self.midnight(closes))


@dataclass(frozen=True)
class Period:
    """A period of local days, `closes` exclusive; or only its `first` days of so many."""

    settings: Settings
    grain: str
    opens: date
    closes: date
    opens_at: datetime
    closes_at: datetime
    first: int | None = None

    def first_days(self, days: int) -> Period:
        """The first days of the period; all of a shorter one."""
        closes = min(self.closes, self.opens + timedelta(days=days))
        return replace(self, closes=closes, closes_at=self.settings.midnight(closes), first=days)

    @property
    def seen_until(self) -> datetime:
        """The close, or the end of what is known."""
        known = self.settings.midnight(self.settings.observed_until + timedelta(days=1))
        return min(self.closes_at, known)

    def before(self, periods: int = 1) -> Period:
        """The period of the same grain so many before."""
        made = self
        for _ in range(periods):
            made = self.settings.period(self.grain, made.opens - timedelta(days=1))
        return made if self.first is None else made.first_days(self.first)

    def days(self) -> Iterable[Period]:
        """The known days of the period."""
        day = self.opens
        while day < self.closes and self.settings.midnight(day) < self.seen_until:
            yield self.settings.span(day, day + timedelta(days=1), "day")
            day += timedelta(days=1)

    @property
    def months(self) -> float:
        """Known length in months."""
        whole = {"day": 12 / 365.25, "week": 84 / 365.25, "month": 1, "quarter": 3, "year": 12}
        whole_period = self if self.first is None else self.settings.period(self.grain, self.opens)
        length = whole_period.closes_at - self.opens_at
        share = (self.seen_until - self.opens_at) / length
        years = (self.closes - self.opens).days / 365.25
        return whole.get(self.grain, 12 * years) * max(share, 0.0)


@dataclass
class World:
    """The derived tables of a company; `only` narrows them to one value of a dimension."""

    settings: Settings
    tables: dict[str, list[Row]]
    whole: World | None = None
    kpi: dict[str, dict[str, Any]] = field(default_factory=dict)
    by: tuple[str, Any] | None = None  # the dimension and the value it is narrowed to

    @classmethod
    def of(cls, settings: Settings, tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> World:
        """Derive a company from the rows of its model."""
        rows = {name: _complete(name, tables.get(name, ())) for name in TABLES}
        survivor = _survivors(rows["customers"])
        for name, made in TABLES.items():
            if name != "customers" and "customer_id" in made:
                for row in rows[name]:
                    row["customer_id"] = survivor(row["customer_id"])
        _leads_of_deals(rows)
        _contacts_of_leads(rows)
        purchases = [r for r in rows["orders"] if r["revenue"] is None or r["revenue"] > 0]
        purchases = [r for r in purchases if r["customer_id"] is not None]
        _money(rows)
        for ticket in rows["tickets"]:
            complete_ticket(ticket, rows)
        for row in rows["surveys"]:
            if row["scale_min"] is None:
                row["scale_min"] = 0 if row["kind"] == "nps" else 1
            if row["scale_max"] is None:
                row["scale_max"] = 10 if row["kind"] == "nps" else 5
        _customers(rows, survivor, purchases)
        bought = [(r["customer_id"], r["ordered_at"]) for r in purchases]
        rows["spells"] = (
            _contract_spells(settings, rows["subscriptions"])
            if settings.contract
            else _order_spells(settings, bought)
        )
        return cls(settings, rows)

    def only(self, dimension: str, value: Any) -> World:
        """Keep the rows of which a dimension has this value."""
        tables = {
            name: [row for row in rows if self.dimension(name, row, dimension) == value]
            for name, rows in self.tables.items()
        }
        return replace(self, tables=tables, whole=self.whole or self, by=(dimension, value))

    def dimension(self, table: str, row: Row, name: str) -> Any:
        """Value of a dimension: the row's own, its customer's, or its owner's team."""
        if name == "owner.team":
            return self._people.get(row.get("owner_id"), {}).get("team")
        if name in row:
            return row[name]
        if table == "deal_stages":
            deal = self._deals.get(row["deal_id"])
            return self.dimension("deals", deal, name) if deal else None
        return self._customers.get(row.get("customer_id"), {}).get(name)

    def of_lead(self, deal: Row, name: str) -> Any:
        """Value of a dimension of the lead a deal names, else of the first that names the deal."""
        whole = self.whole or self
        leads = {row["lead_id"]: row for row in whole.tables["leads"]}
        naming = [row for row in leads.values() if row["deal_id"] == deal["deal_id"]]
        dated = [row for row in naming if row["created_at"] is not None]
        first = min(dated, key=lambda r: (r["created_at"], r["lead_id"]), default=None)
        lead = leads.get(deal["lead_id"]) if deal["lead_id"] is not None else first
        return self.dimension("leads", lead, name) if lead else None

    @cached_property
    def _customers(self) -> dict[Any, Row]:
        return {row["customer_id"]: row for row in (self.whole or self).tables["customers"]}

    @cached_property
    def _people(self) -> dict[Any, Row]:
        return {row["person_id"]: row for row in (self.whole or self).tables["people"]}

    @cached_property
    def _deals(self) -> dict[Any, Row]:
        return {row["deal_id"]: row for row in (self.whole or self).tables["deals"]}

    @property
    def observed(self) -> datetime:
        return self.settings.midnight(self.settings.observed_until + timedelta(days=1))

    def placed(self, table: str, moment: str, period: Period | None) -> list[Row]:
        """Rows whose moment lies in the period (ever, without one) and is known."""
        known = TABLES.get(table)
        scheduled = known[moment].scheduled if known and moment in known else table == "spells"
        return [
            row
            for row in self.tables[table]
            if row[moment] is not None
            and (scheduled or row[moment] < self.observed)
            and (period is None or period.opens <= self.settings.day(row[moment]) < period.closes)
        ]

    def to_date(self, table: str, moment: str, period: Period) -> list[Row]:
        """Rows whose moment lies before the period's close and is known."""
        return [
            row
            for row in self.placed(table, moment, None)
            if self.settings.day(row[moment]) < period.closes
        ]


def _complete(name: str, rows: Sequence[Mapping[str, Any]]) -> list[Row]:
    nothing = dict.fromkeys(TABLES[name].column_names)
    first = TABLES[name].key[0]
    return [{**nothing, first: f"{name}-{i}", **row} for i, row in enumerate(rows)]


def _survivors(customers: list[Row]) -> Callable[[Any], Any]:
    into = {
        row["customer_id"]: row["merged_into"]
        for row in customers
        if row["merged_into"] not in (None, row["customer_id"])
    }

    def survivor(customer: Any) -> Any:
        seen, at = {customer}, customer
        while at in into:
            at = into[at]
            if at in seen:
                return customer  # merged in a circle: who knows into whom
            seen.add(at)
        return at

    return survivor


def _leads_of_deals(rows: dict[str, list[Row]]) -> None:
    for deal in rows["deals"]:
        of_deal = [
            lead["created_at"]
            for lead in rows["leads"]
            if lead["created_at"] is not None
            and (lead["lead_id"] == deal["lead_id"] or lead["deal_id"] == deal["deal_id"])
        ]
        deal["lead_created_at"] = min(of_deal, default=None)


def _contacts_of_leads(rows: dict[str, list[Row]]) -> None:
    for lead in rows["leads"]:
        by_people = [
            contact["occurred_at"]
            for contact in rows["interactions"]
            if contact["lead_id"] == lead["lead_id"]
            and contact["direction"] == "outbound"
            and contact["automated"] is not True
        ]
        lead["contacted_at"] = min(by_people, default=None)


def _money(rows: dict[str, list[Row]]) -> None:
    for table, moment in MONEY_MOMENTS.items():
        for row in rows[table]:
            row["rate_missing"] = False
            currency = (row["currency"] or "EUR").upper()
            if currency != "EUR":
                at = moment(row)
                rates = [
                    (rate["valid_at"], rate["rate"])
                    for rate in rows["fx_rates"]
                    if rate["currency"] == currency and at and rate["valid_at"] <= at
                ]
                row["rate_missing"] = not rates
                rate = Decimal(str(max(rates)[1])) if rates else None
                for column in TABLES[table].columns:
                    if column.type == "money" and row[column.name] is not None:
                        row[column.name] = _converted(row[column.name], rate)
    for row in rows["orders"]:
        known = row["revenue"] is not None and row["cost"] is not None
        row["margin"] = row["revenue"] - row["cost"] if known else None


def _converted(amount: Decimal | int, rate: Decimal | None) -> Decimal | None:
    if rate is None:
        return None
    return (Decimal(amount) * rate).quantize(Decimal("0.0001"), ROUND_HALF_UP)


def _customers(
    rows: dict[str, list[Row]], survivor: Callable[[Any], Any], purchases: list[Row]
) -> None:
    firsts: dict[Any, list[datetime]] = {}
    for row in rows["orders"]:
        firsts.setdefault(row["customer_id"], [])
    for row in purchases:
        firsts.setdefault(row["customer_id"], []).append(row["ordered_at"])
    for row in rows["subscriptions"]:
        firsts.setdefault(row["customer_id"], []).append(row["started_at"])
    for row in rows["deals"]:
        if row["outcome"] == "won":
            closed = firsts.setdefault(row["customer_id"], [])
            closed += [row["closed_at"]] if row["closed_at"] else []
    firsts.pop(None, None)
    listed = {row["customer_id"]: row for row in rows["customers"]}
    made: dict[Any, Row] = {}
    for name, row in listed.items():
        one = made.setdefault(survivor(name), {**listed.get(survivor(name), row)})
        one["customer_id"] = survivor(name)
        given = [one["acquired_at"], row["acquired_at"]]
        one["acquired_at"] = min((m for m in given if m is not None), default=None)
    for name, moments in firsts.items():
        one = made.setdefault(name, {**dict.fromkeys(TABLES["customers"].column_names)})
        if one["customer_id"] is None:
            one["customer_id"] = name
            first = min(
                (r for r in purchases if r["customer_id"] == name), key=_order, default=None
            )
            won = [r for r in rows["deals"] if r["customer_id"] == name and r["outcome"] == "won"]
            won.sort(key=lambda r: (r["closed_at"] or NEVER, r["deal_id"]))
            one["channel"] = first["channel"] if first else won[0]["channel"] if won else None
        if one["acquired_at"] is None:
            one["acquired_at"] = min(moments, default=None)
    rows["customers"] = list(made.values())


def _order(row: Row) -> tuple[datetime, str]:
    return row["ordered_at"], row["order_id"]


def _contract_spells(settings: Settings, subscriptions: list[Row]) -> list[Row]:
    spells: list[Row] = []
    running = [r for r in subscriptions if (r["ended_at"] or NEVER) > r["started_at"]]
    for row in sorted(running, key=lambda r: (r["customer_id"], r["started_at"])):
        last = spells[-1] if spells and spells[-1]["customer_id"] == row["customer_id"] else None
        reach = last and (
            settings.later(last["ended_at"], settings.grace_days) if last["ended_at"] else NEVER
        )
        names = ("customer_id", "started_at", "ended_at", "end_reason", "involuntary")
        if not last or not reach or row["started_at"] > reach:
            spells.append({name: row[name] for name in names})
        elif (row["ended_at"] or NEVER) >= (last["ended_at"] or NEVER):
            last.update({name: row[name] for name in names[2:]})
    return spells


def _order_spells(settings: Settings, bought: list[tuple[Any, datetime]]) -> list[Row]:
    spells: list[Row] = []
    for customer, moment in sorted(bought):
        end = settings.later(moment, settings.inactive_after_days)
        if spells and spells[-1]["customer_id"] == customer and moment <= spells[-1]["ended_at"]:
            spells[-1]["ended_at"] = max(end, spells[-1]["ended_at"])
        else:
            spells.append({"customer_id": customer, "started_at": moment, "ended_at": end,
                           "end_reason": None, "involuntary": None})  # fmt: skip
    return spells
