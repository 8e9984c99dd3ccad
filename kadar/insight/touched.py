"""Which records that came, went or changed are behind the rows of a number that did."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from kadar.decisions import FILE as JOURNAL
from kadar.decisions import accepted
from kadar.derive.currency import MOMENTS
from kadar.derive.feeds import FEEDS
from kadar.insight.contributions import Effect, Id
from kadar.measure.dimensions import dimension
from kadar.measure.facts import Matching
from kadar.measure.formula import Formula, all_measures
from kadar.measure.lineage import reads, tables
from kadar.model import TABLES
from kadar.store.between import MERGED, RATES, Between, Decided, after, before, changed
from kadar.store.sql import literal, quoted

if TYPE_CHECKING:
    from datetime import tzinfo

    from kadar.measure.question import Filter

# What one row shares with thousands: naming the same one makes no two rows belong together.
_BROAD = ("people", "campaigns")


@dataclass(frozen=True)
class Touched:
    """A record that came, went or changed, and by that a row of the number.

    `columns` has (before, after) of what differs; of a record that came or went, of all it says.
    `parts` has (before, after) of what its rows add to the numerator and the denominator, empty
    where no row is its alone. `recorded_at` (aware) is when it was learnt.
    """

    table: str
    key: dict[str, Any]
    source: str
    recorded_at: datetime | None
    columns: dict[str, tuple[Any, Any]]
    parts: dict[str, tuple[float, float]] = field(default_factory=dict)
    edited: bool = True  # it was there before, and is there now


@dataclass
class _Record:
    touched: Touched
    identity: tuple[str, tuple[Any, ...]]
    own: set[Id]
    ids: set[Id]
    effects: list[Effect] = field(default_factory=list)


class Tracer:
    """Finds the records behind the effects of a cause.

    `span` is the period in microseconds, None where the number is not made of the period's rows
    alone.
    """

    def __init__(
        self,
        between: Between,
        zone: tzinfo,
        formulas: Sequence[Formula],
        where: Sequence[Filter],
        span: tuple[int, int] | None,
    ) -> None:
        self.between, self.zone, self.span = between, zone, span
        self.reads = tables_behind(formulas, where)
        self.needs = {need for formula in formulas for need in reads(formula)}
        self.run = between.connection.execute
        self._one: dict[Any, Any] = {}  # customer → the one that stands for all merged with it

    def touched(self, causes: Sequence[str], found: list[Effect]) -> list[Touched]:
        """Return the records of some causes that touch the number, with what is theirs alone.

        A row's own record goes before records it names and records that name it. To be asked
        when the causes are applied and derived.
        """
        if not found:
            return []
        self._merge()
        links = self._rates(found) if RATES in causes else self._rows(causes, found)
        records: dict[int, _Record] = {}
        for effect, several in links:
            for record in several:
                records[id(record)] = record
            if len(several) == 1:
                several[0].effects.append(effect)
        for record in records.values():
            for effect in record.effects:
                for part, pair in effect.parts.items():
                    held = record.touched.parts.get(part, (0.0, 0.0))
                    record.touched.parts[part] = (held[0] + pair[0], held[1] + pair[1])
        return sorted(
            (record.touched for record in records.values()),
            key=lambda one: (one.table, str(one.recorded_at), [str(v) for v in one.key.values()]),
        )

    def _rows(
        self, causes: Sequence[str], found: list[Effect]
    ) -> Iterator[tuple[Effect, list[_Record]]]:
        """Link each effect with the records behind it."""
        wanted = self._wanted(found)
        records = [
            record
            for cause in causes
            for table in self.between.changes.get(cause, ())
            if table in self.reads
            for record in self._changed(cause, table, wanted)
        ]
        if MERGED in causes:
            records += [self._decision(one) for one in self.between.decided]
        direct: dict[Any, list[_Record]] = defaultdict(list)
        by_own: dict[Id, list[_Record]] = defaultdict(list)
        by_id: dict[Id, list[_Record]] = defaultdict(list)
        for record in records:
            direct[record.identity].append(record)
            for one in record.own:
                by_own[one].append(record)
            for one in record.ids:
                by_id[one].append(record)
        for effect in found:
            linked = direct.get(effect.identity, [])
            if not linked:
                several = [r for one in self._ones(effect.ids) for r in by_own.get(one, ())]
                several += [r for one in self._ones(effect.own) for r in by_id.get(one, ())]
                linked = list({id(record): record for record in several}.values())
            if linked:
                yield effect, linked

    def _wanted(self, found: list[Effect]) -> dict[str, set[Any]]:
        """Keys by table that a record must have or name to be behind an effect."""
        wanted: dict[str, set[Any]] = defaultdict(set)
        for effect in found:
            for table, key in effect.ids:
                wanted[table].add(key)
        merged = wanted["customers"]
        ones = {self._one[c] for c in merged if c in self._one}
        merged |= {c for c, one in self._one.items() if one in ones}
        return wanted

    def _changed(self, cause: str, name: str, wanted: dict[str, set[Any]]) -> Iterator[_Record]:
        table = TABLES[name]
        identity = ("source", *table.key)
        names = [*table.column_names, "source", "recorded_at"]
        moments = {*table.moments, "recorded_at", "superseded_at"}
        money = {c.name for c in table.columns if c.type == "money"}

        def read(side: str, column: str) -> str:
            one = f"{side}.{quoted(column)}"
            if column in moments:
                return f"epoch_us({one})"
            return f"{one}::double" if column in money else one

        tests, given = [], []
        for column, kind in self._links(name).items():
            values = [v for v in wanted.get(kind, ()) if isinstance(v, str)]
            if values:
                given.append(values)
                at = f"${len(given)}::varchar[]"
                tests += [f"list_contains({at}, {side}.{quoted(column)})" for side in "ba"]
        if not tests:
            return
        keys = ", ".join(map(quoted, identity))
        chosen = [read(side, column) for side in "ba" for column in names]
        rows = self.run(
            f"select {', '.join(chosen)}, epoch_us(b.superseded_at) from {changed(name)} c "
            f"left join {before(name)} b using ({keys}) left join {after(name)} a using ({keys}) "
            f"where c.cause = {literal(cause)} and ({' or '.join(tests)})",
            given,
        ).fetchall()
        for *cells, superseded_at in rows:
            values = [self._value(n in moments, v) for n, v in zip(names * 2, cells, strict=True)]
            old = dict(zip(names, values[: len(names)], strict=True))
            new = dict(zip(names, values[len(names) :], strict=True))
            yield self._record(name, old, new, self._value(True, superseded_at))

    def _record(
        self, name: str, old: dict[str, Any], new: dict[str, Any], superseded_at: datetime | None
    ) -> _Record:
        table = TABLES[name]
        there = new if new["source"] is not None else old
        key = {column: there[column] for column in table.key}
        columns = {
            column: (old[column], new[column])
            for column in sorted(table.column_names, key=lambda c: (name, c) not in self.needs)
            if column not in table.key and old[column] != new[column]
        }
        touched = Touched(
            name,
            key,
            there["source"],
            new["recorded_at"] or superseded_at,
            columns,
            edited=None not in (old["source"], new["source"]),
        )
        ids = {
            (kind, side[column])
            for side in (old, new)
            for column, kind in self._links(name).items()
            if side[column] is not None
        }
        own = {one for one in ids if one[0] == name and one[1] in key.values()}
        return _Record(touched, (name, tuple(key.values())), self._ones(own), self._ones(ids))

    def _decision(self, one: Decided) -> _Record:
        key = {"customer_id": one.customer}
        said = {"merged_into": (one.before, one.after)}
        touched = Touched("customers", key, JOURNAL, one.at.astimezone(self.zone), said)
        own = {("customers", one.customer)}
        ids = own | {("customers", into) for into in (one.before, one.after) if into}
        return _Record(touched, ("customers", (one.customer,)), self._ones(own), self._ones(ids))

    def _links(self, name: str) -> dict[str, str]:
        """Columns of a table whose values tell what its rows belong to, and the table they name."""
        table = TABLES[name]
        own = {table.key[0]: name} if len(table.key) == 1 else {}
        return own | {c: kind for c, kind in table.references.items() if kind not in _BROAD}

    def _ones(self, ids: Iterable[Id]) -> set[Id]:
        """Take a merged customer for the one it was merged into, then or now."""
        return {(t, self._one.get(v, v) if t == "customers" else v) for t, v in ids}

    def _merge(self) -> None:
        """Learn who was merged with whom, in the state before or after."""
        links = [("customer_id, merged_into", "model.customers where merged_into is not null")]
        if "customers" in self.between.changes.get(MERGED, {}):
            links.append(
                ("customer_id, merged_into", f"{before('customers')} where merged_into is not null")
            )
        self._one = {}
        pairs = [
            pair
            for columns, place in links
            for pair in self.run(f"select {columns} from {place}").fetchall()
        ]
        standing = accepted(self.between.project.folder, self.between.known)
        parted = [(one.customer, one.before) for one in self.between.decided if one.before]
        for one, other in [*pairs, *standing, *parted]:
            first, second = self._root(one), self._root(other)
            self._one.setdefault(first, first)
            self._one[first] = second
            self._one.setdefault(second, second)
        self._one = {customer: self._root(customer) for customer in self._one}

    def _root(self, customer: Any) -> Any:
        while (following := self._one.get(customer, customer)) != customer:
            customer = following
        return customer

    def _rates(self, found: list[Effect]) -> Iterator[tuple[Effect, list[_Record]]]:
        """Link each effect with the rates that were or are applied to its row's moment."""
        rows = self.run(
            "select upper(currency), epoch_us(valid_at), source, b.rate, a.rate, "
            "epoch_us(a.recorded_at), epoch_us(b.superseded_at) "
            f"from {changed('fx_rates')} c left join {before('fx_rates')} b "
            f"using (source, currency, valid_at) left join {after('fx_rates')} a "
            "using (source, currency, valid_at) order by all"
        ).fetchall()
        records: dict[tuple[str, int], _Record] = {}
        olds: dict[str, set[int]] = defaultdict(set)
        news: dict[str, set[int]] = defaultdict(set)
        for currency, at in self.run(
            "select upper(currency), epoch_us(valid_at) from model.fx_rates"
        ).fetchall():
            olds[currency].add(at)
            news[currency].add(at)
        for currency, at, source, old, new, recorded_at, superseded_at in rows:
            learnt = self._value(True, recorded_at or superseded_at)
            key = {"currency": currency, "valid_at": self._value(True, at)}
            touched = Touched("fx_rates", key, source, learnt, {"rate": (old, new)})
            records[currency, at] = _Record(touched, ("fx_rates", ()), set(), set())
            if old is None:
                olds[currency].discard(at)
            else:
                olds[currency].add(at)
        moments = self._moments(found, {currency for currency, _ in records})
        for place, effect in enumerate(found):
            several = []
            for currency, moment in sorted(moments.get(place, ())):
                for known in (olds, news):
                    at = max((one for one in known[currency] if one <= moment), default=None)
                    if at is not None and (currency, at) in records:
                        several.append(records[currency, at])
            if several:
                yield effect, list({id(record): record for record in several}.values())

    def _moments(self, found: list[Effect], used: set[str]) -> dict[int, set[tuple[str, int]]]:
        """Currencies and moments (microseconds) of the money behind each effect, by its place."""
        places: dict[Id, list[int]] = defaultdict(list)
        wanted: dict[str, set[str]] = defaultdict(set)
        for place, effect in enumerate(found):
            whole = {one for one in effect.own if one[0] in (*MOMENTS, "customers")}
            for table, key in whole or effect.ids:
                if isinstance(key, str):
                    wanted[table].add(key)
                    for own in self._ones([(table, key)]):
                        places[own].append(place)
        moments: dict[int, set[tuple[str, int]]] = defaultdict(set)
        for name, moment in MOMENTS.items():
            for column, kind in self._links(name).items():
                if name not in self.reads or not wanted.get(kind):
                    continue
                within = ""
                if kind != name and self.span is not None:  # a customer's money of other periods
                    within = f"and epoch_us({moment}) >= {self.span[0]} "
                    within += f"and epoch_us({moment}) < {self.span[1]}"
                rows = self.run(
                    f"select distinct t.{quoted(column)}, upper(t.currency), epoch_us({moment}) "
                    f"from crm.{quoted(name)} t where list_contains($1, upper(t.currency)) "
                    f"and list_contains($2, t.{quoted(column)}) {within}",
                    [sorted(used), sorted(wanted[kind])],
                ).fetchall()
                for key, currency, at in rows:
                    for one in self._ones([(kind, key)]):
                        for place in places.get(one, ()):
                            moments[place].add((currency, at))
        return moments

    def _value(self, moment: bool, value: Any) -> Any:
        if not moment or value is None:
            return value
        from datetime import UTC, timedelta

        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=value)).astimezone(
            self.zone
        )


def tables_behind(formulas: Iterable[Formula], where: Iterable[Filter]) -> set[str]:
    """Return the tables of the model whose rows can touch a number."""
    read: set[str] = set()
    conditions = list(where)
    for formula in formulas:
        read |= tables(formula)
        for measure in all_measures(formula):
            read |= {s.other.table for s in measure.facts.steps if isinstance(s, Matching)}
        for table in tables(formula):
            for condition in conditions:
                read |= {to for _, to in dimension(table, condition.dimension).path}
    fed = {model for table in read for model in FEEDS.get(table, ())}
    return (read | fed | {"customers", "fx_rates"}) & set(TABLES)
