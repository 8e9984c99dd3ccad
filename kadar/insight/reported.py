"""A number as it was reported at a moment: the rows, the policies and the definition of then."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from kadar.asking import Asking
from kadar.definitions import definition
from kadar.engines.duckdb import DuckDB
from kadar.errors import NO, KadarError
from kadar.filtered import check_values
from kadar.insight.contributions import Lines, contributions
from kadar.kpi import Kpi, Variant
from kadar.language import N_
from kadar.measure.formula import Formula
from kadar.measure.lineage import tables
from kadar.measure.period import Period, find_period
from kadar.measure.question import Filter, Question
from kadar.measure.written import read
from kadar.store import Store
from kadar.store.definitions import Definition, definition_at, policies_at, under

if TYPE_CHECKING:
    from kadar.answer import Row
    from kadar.project import Project
    from kadar.store.between import Between

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
_CHANGED = "new + changed + gone > 0"
_ABSENT = ("KDR-ASK-010", "KDR-ASK-021")  # a value or a period that was not known yet


@dataclass(frozen=True)
class State:
    """The number in one state of the data; no row where it was not there."""

    row: Row | None
    lines: Lines | None
    period: Period | None

    @property
    def value(self) -> float | None:
        return None if self.row is None else self.row.value


@dataclass(frozen=True)
class Number:
    """The number asked about."""

    project: Project
    kpi: Kpi
    variant: str
    label: str
    where: tuple[Filter, ...]
    zone: ZoneInfo

    def check(self, last: datetime | None) -> None:
        """Raise what asking for the number at the later moment raises."""
        with Asking(self.project, last) as asking:
            found = find_period(self.label, asking.engine.run)
            asking.answer([(self.kpi, self.variant)], found.question((), self.where))

    def first_known(self, last: datetime | None) -> datetime:
        """Return the first moment at which the period was complete and had a number."""
        with Asking(self.project, last) as asking:
            closes = find_period(self.label, asking.engine.run).closes
        loads = [moment for moment in self.loads() if last is None or moment <= last]
        moments = loads
        if closes is not None:
            ended = datetime(closes.year, closes.month, closes.day, tzinfo=self.zone)
            moments = [ended] if any(moment <= ended for moment in loads) else []
            moments += [moment for moment in loads if moment > ended]
            moments = [moment for moment in moments if last is None or moment <= last]
        low, high = 0, len(moments)
        while low < high:  # once complete, a period stays so
            middle = (low + high) // 2
            row = self.at(moments[middle]).row
            if row is not None and row.complete and row.value is not None:
                high = middle
            else:
                low = middle + 1
        if low == len(moments):
            raise KadarError(
                "KDR-RST-003",
                N_("{period} is not complete yet: no number of it was final."),
                N_("Name the moment the number was reported at with --from-as-of."),
                exit_code=NO,
                period=self.label,
            )
        return moments[low]

    def at(self, moment: datetime) -> State:
        """Return the number as it was reported at a moment."""
        with Store(self.project.folder).between(self.project, moment) as between:
            between.reach(self.policies(between, moment)[0], moment)
            return self.ask(between, self.formula(self.meaning(between, moment)))

    def check_values(self, last: datetime | None) -> None:
        """Raise KDR-ASK-010 where a filter names a value that no row has."""
        with Asking(self.project, last) as asking:
            read = tables(asking.formula(self.kpi, self.variant))
            check_values(asking.engine, read, Question(where=self.where))

    def there(self, state: State, moment: datetime | None) -> Row:
        """Return the row of a state. Raises KDR-RST-002 where it has no value."""
        if state.row is None or state.row.value is None:
            raise KadarError(
                "KDR-RST-002",
                N_("There was no number for {period} at {moment}."),
                N_("Name a later moment, or a period that kadar ask --as-of shows."),
                exit_code=NO,
                period=self.label,
                moment=moment.isoformat() if moment else "now",
            )
        return state.row

    def ask(self, between: Between, formula: Formula, *, lines: bool = False) -> State:
        """Ask the state of the data as it is now."""
        before = self.kpi.get(self.variant)
        fixed = Variant(self.variant, lambda crm: formula, before.unit)
        kpi = replace(self.kpi, variants={**self.kpi.variants, self.variant: fixed})
        asking = Asking(self.project, engine=DuckDB(between.connection))
        try:
            found = find_period(self.label, asking.engine.run)
            question = found.question((), self.where)
            rows = asking.answer([(kpi, self.variant)], question).rows
        except KadarError as error:
            if error.code not in _ABSENT:
                raise
            return State(None, None, None)
        if not rows:
            return State(None, None, found)
        row = rows[0]
        made = contributions(asking, kpi, self.label, self.where, row) if lines else None
        return State(row, made, found)

    def formula(self, meant: Definition) -> Formula:
        """Return the formula of a definition, today's or an old one."""
        today = self._today()
        if meant.version == today.version:
            return self.kpi.formula(self.variant, self.project.kpi.get(self.kpi.name))
        try:
            if meant.formula is None:
                raise ValueError(meant.version)
            return read(meant.formula)
        except ValueError as error:
            raise KadarError(
                "KDR-RST-004",
                N_("Version {version} of {kpi} ({variant}) cannot be read any more: {detail}."),
                N_("Choose a moment after {moment}, when the definition was already today's."),
                exit_code=NO,
                version=meant.version,
                kpi=self.kpi.name,
                variant=self.variant,
                detail=str(error),
                moment=meant.recorded_at.isoformat() if meant.recorded_at else "-",
            ) from error

    def _today(self) -> Definition:
        return definition(self.kpi, self.variant, self.project.kpi.get(self.kpi.name))

    def meaning(self, between: Between, moment: datetime | None) -> Definition:
        found = definition_at(
            between.connection, self.kpi.name, self.variant, moment or FOREVER, "today.meta"
        )
        today = self._today()
        if found is None or (moment is None and found.version != today.version):
            return today  # no sync has seen it yet
        return found

    def policies(
        self, between: Between, moment: datetime | None
    ) -> tuple[Project, dict[str, Any] | None]:
        """Return the project under the policies of a moment; now: those last derived under."""
        found = policies_at(between.connection, moment or FOREVER, "today.meta")
        if found is None:
            return self.project, None
        return under(self.project, found[0]), found[0]

    def loads(self) -> list[datetime]:
        """Return the moments at which some load changed rows, in order."""
        return self._moments("select epoch_us(started_at) from meta.loads where " + _CHANGED)

    def moments(self) -> list[datetime]:
        """Return the moments at which rows, policies or the definition changed, in order."""
        recorded = self._moments(
            "select epoch_us(recorded_at) from meta.policies union all "
            "select epoch_us(recorded_at) from meta.definitions where kpi = ? and variant = ?",
            [self.kpi.name, self.variant],
        )
        return sorted({*self.loads(), *recorded})

    def sources(self, moment: datetime) -> tuple[str, ...]:
        """Return the sources whose rows changed at a moment."""
        found = self._column(
            f"select distinct source from meta.loads where {_CHANGED} "
            "and epoch_us(started_at) = ? order by 1",
            [microseconds(moment)],
        )
        return tuple(map(str, found))

    def _moments(self, query: str, given: list[Any] | None = None) -> list[datetime]:
        return [
            EPOCH + timedelta(microseconds=one) for one in sorted(set(self._column(query, given)))
        ]

    def _column(self, query: str, given: list[Any] | None = None) -> list[Any]:
        connection = Store(self.project.folder).reader()
        assert connection is not None  # noqa: S101  (there is data: it was asked)
        with connection:
            return [value for (value,) in connection.execute(query, given or []).fetchall()]


def microseconds(moment: datetime) -> int:
    """Return a moment (aware) in microseconds since 1970, UTC."""
    return (moment - EPOCH) // timedelta(microseconds=1)
