"""How a question is answered: lineage, one statement, the engine, the arithmetic."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np

from kadar.answer import Answer, Refusal, Row
from kadar.compiled import compiled
from kadar.daily_sums import daily_sums
from kadar.engines.duckdb import DuckDB
from kadar.engines.engine import Engine
from kadar.errors import NO, KadarError
from kadar.fetched import Fetched
from kadar.filtered import check_values
from kadar.kpi import Kpi
from kadar.language import N_
from kadar.measure.currency import without_unknown_rates
from kadar.measure.evaluate import Evaluation, measures_of
from kadar.measure.formula import Cohort, Formula, Measure, excluded
from kadar.measure.intervals import Array
from kadar.measure.lineage import kinds, reads, reads_for, tables
from kadar.measure.one_meaning import one_meaning
from kadar.measure.question import Elapsed, Question
from kadar.measure.running import Running, running
from kadar.measure.tables import FORECAST
from kadar.not_computable import not_computable
from kadar.project import Project
from kadar.store import Store
from kadar.waiting import estimates

if TYPE_CHECKING:
    from kadar.forecasts.predictions import Predictions

MONTHS = {"day": 12 / 365.25, "week": 84 / 365.25, "month": 1.0, "quarter": 3.0, "year": 12.0}


@dataclass(frozen=True)
class Asked:
    """One KPI of a question, as a formula."""

    kpi: Kpi
    variant: str
    formula: Formula
    notes: tuple[str, ...] = ()


class Asking:
    """One data version of a project, open for questions: the current, or as of a past moment.

    With an `engine` what that holds is asked instead: the schema `crm` and the table
    `meta.version`, as a published version has them.
    """

    def __init__(
        self, project: Project, as_of: datetime | None = None, *, engine: Engine | None = None
    ) -> None:
        self.project = project
        self.as_of = as_of
        self._predicted: Predictions | KadarError | None = None
        self.published = engine is None  # else it may be derived for one question
        self.engine = _published(project, as_of) if engine is None else engine
        company = self.engine.run(
            "SELECT observed_until, observed_until_assumed, time_zone, data_version "
            "FROM crm.company CROSS JOIN meta.version"
        )
        self.data_version = str(company["data_version"][0])
        until = company["observed_until"].astype(object)[0]
        self.observed_until = None if until is None else until.replace(tzinfo=UTC)
        self.assumed = bool(company["observed_until_assumed"][0])
        self.zone = ZoneInfo(str(company["time_zone"][0]))
        carried = self.engine.run('SELECT "table", "column" FROM crm.carried')
        self.carried = set(zip(carried["table"], carried["column"], strict=True))
        self._values: dict[tuple[str, str], set[str | None]] = {}

    def __enter__(self) -> Asking:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.engine.close()

    def formula(self, kpi: Kpi, variant: str) -> Formula:
        """Return the formula of a variant under the company's settings: see `meant`."""
        return self.meant(kpi, variant).formula

    def meant(self, kpi: Kpi, variant: str) -> Asked:
        """Return a variant with its formula under the company's settings and what is to be said.

        In the place of a forecast that the records do not carry stands its `otherwise`; where it
        has none, the KDR-FCT error that says why is raised.
        """
        made = kpi.formula(variant, self.project.kpi.get(kpi.name))
        formula, note = one_meaning(without_unknown_rates(made)), kpi.get(variant).note
        asked = Asked(kpi, variant, formula, (note,) if note else ())
        if FORECAST not in tables(formula):
            return asked
        from kadar.forecasts.standing import predicted_or_otherwise

        return predicted_or_otherwise(self, asked)

    def predictions(self) -> Predictions:
        """Return the predictions, which statements may read from then on.

        Raises the KDR-FCT error that says why there are none.
        """
        if self._predicted is None:
            from kadar.forecasts.standing import predictions

            self._predicted = predictions(self)
        if isinstance(self._predicted, KadarError):
            raise self._predicted
        return self._predicted

    def lacking(self, kpi: Kpi, variant: str) -> list[str]:
        """Return what a variant needs and the company's data lacks.

        Columns as `table.column`; kinds of rows as `table.column = value`, where there are rows
        but none of that kind.
        """
        try:
            formula = self.formula(kpi, variant)
        except KadarError as error:
            if not error.code.startswith("KDR-FCT"):
                raise
            return [FORECAST]
        return self.missing(formula)

    def missing(self, formula: Formula) -> list[str]:
        """Return what a formula needs and the company's data lacks, as `lacking` does."""
        return self._absent(reads(formula)) or sorted(
            f"{table}.{column} = {'/'.join(values)}"
            for table, column, values in kinds(formula)
            if (occurring := self._occurring(table, column)) and not occurring & {*values}
        )

    def _occurring(self, table: str, column: str) -> set[str | None]:
        """Return the values of a column that rows have; none where there are no rows."""
        if (table, column) not in self._values:
            found = self.engine.run(f'SELECT DISTINCT "{column}" AS value FROM crm."{table}"')
            self._values[table, column] = set(found["value"])
        return self._values[table, column]

    def _absent(self, needed: set[tuple[str, str]]) -> list[str]:
        there = self.carried
        return sorted(f"{t}.{c}" for t, c in needed if t != FORECAST and (t, c) not in there)

    def to_date(self, grain: str, *, working: bool = False, back: int = 1) -> Running:
        """Return the period the data ends in, and how many days of it can be compared.

        Raises KDR-ASK-030 for a grain without days, KDR-ASK-031 where no whole day is known.
        """
        Question(grain, elapsed=Elapsed(1, working))  # refuses what has no first days
        found = running(self.engine.run, grain, working=working, back=back)
        if found is None:
            raise KadarError(
                "KDR-ASK-031",
                N_("No whole day of the last {grain} is known that an earlier one has too."),
                N_("Ask without --to-date, or again tomorrow."),
                exit_code=NO,
                grain=grain,
            )
        return found

    def answer(
        self, wanted: Sequence[tuple[Kpi, str]], question: Question, *, collect: bool = False
    ) -> Answer:
        """Answer KPIs under one question, by one statement (and one more for daily sums)."""
        asked, refused = [], []
        for kpi, variant in wanted:
            try:
                asked.append(self._asked(kpi, variant, question))
            except KadarError as error:
                if not collect:
                    raise
                refused.append(Refusal(kpi.name, variant, error))
        rows = self._rows(asked, question) if asked else []
        if asked and not rows and question.where:
            read = {table for one in asked for table in tables(one.formula)}
            check_values(self.engine, read, question)
        notes = dict.fromkeys(note for made in asked for note in made.notes)
        return Answer(
            rows,
            question,
            self.observed_until,
            self.assumed,
            self.data_version,
            list(notes),
            refused,
        )

    def _asked(self, kpi: Kpi, variant: str, question: Question) -> Asked:
        lacking = self.lacking(kpi, variant)
        if lacking:
            others = [v for v in kpi.variants if v != variant and not self.lacking(kpi, v)]
            raise not_computable(kpi, variant, lacking, others)
        meant = self.meant(kpi, variant)
        self.check_reach(kpi, meant.formula, question)
        return meant

    def check_reach(self, kpi: Kpi, formula: Formula, question: Question) -> None:
        """Raise KDR-ASK-004 or KDR-ASK-005 where a formula cannot be divided or filtered so."""
        missing = self._absent(reads_for(formula, question))
        if missing:
            raise KadarError(
                "KDR-ASK-005",
                N_("{kpi} cannot be divided so: the data has no {columns}."),
                N_("Map them in kadar.toml, or ask by another dimension."),
                exit_code=NO,
                kpi=kpi.name,
                columns=", ".join(missing),
            )

    def _rows(self, asked: list[Asked], question: Question) -> list[Row]:
        wanted: list[Measure] = []
        daily: list[Formula] = []
        left_out = {str(one.formula): excluded(one.formula) for one in asked}
        for one in asked:
            measures, days = measures_of(one.formula)
            wanted += measures
            daily += days
            wanted += [m for counts in left_out[str(one.formula)].values() for m in counts]
        if not wanted:  # daily sums alone: something must lead the periods
            wanted = measures_of(daily[0])[0]
        fetched = self._fetch(wanted, question)
        sums = (
            daily_sums(daily, question, fetched, fetch=self._fetch, months=self._months)
            if daily
            else {}
        )
        evaluation = Evaluation(
            fetched.measure,
            lambda measure, side: fetched.measure(measure, f"_{side}"),
            lambda formula: sums[str(formula)],
            self._months(fetched, question),
        )
        rows: list[Row] = []
        for one in asked:
            rows += self._made(one, evaluation, fetched, question, left_out[str(one.formula)])
        return rows

    def _fetch(self, wanted: list[Measure], question: Question) -> Fetched:
        if any(measure.facts.table == FORECAST for measure in wanted):
            self.predictions()
        made = compiled(wanted, question, self.engine.dialect, self.project.folder)
        columns = dict(self.engine.run(made.sql))
        for measure in {str(m): m for m in wanted if m.waiting is not None}.values():
            name = made.names[str(measure)]
            columns[f"{name}_n"] = np.nan_to_num(columns[name], nan=0.0)
            found = estimates(
                measure,
                question,
                columns,
                columns[f"{name}_n"],
                engine=self.engine,
                folder=self.project.folder,
                within=self._within,
            )
            columns[name] = found.pop("value")
            columns |= {f"{name}_{side}": values for side, values in found.items()}
        return Fetched(columns, made.names)

    def _within(self, limit: float | Measure | None) -> float:
        """Return a time as a number, a measure of days by its value; NaN where there is none."""
        if isinstance(limit, Measure):
            window = self._window(limit)
            return math.nan if window is None else float(window.days)
        return math.nan if limit is None else float(limit)

    def _made(
        self,
        one: Asked,
        evaluation: Evaluation,
        fetched: Fetched,
        question: Question,
        left_out: dict[str, list[Measure]],
    ) -> list[Row]:
        result = evaluation.result(one.formula)
        complete, mature = self._finished(one.formula, evaluation, fetched, question)
        mature = mature & result.settled
        groups = [fetched.columns[f"by_{i}"] for i in range(len(question.by))]
        counts = {
            reason: sum((fetched.measure(m) for m in several), np.zeros(len(fetched)))
            for reason, several in left_out.items()
        }
        opens, closes = (fetched.columns[n].astype(object) for n in ("opens", "closes"))
        unit = one.kpi.get(one.variant).unit
        return [
            Row(
                one.kpi.name,
                one.variant,
                question.grain,
                opens[i],
                closes[i],
                {name: group[i] for name, group in zip(question.by, groups, strict=True)},
                _number(result.value[i]),
                _number(result.numerator[i]),
                _number(result.denominator[i]),
                None if np.isnan(result.n[i]) else int(result.n[i]),
                _number(result.lower[i]),
                _number(result.upper[i]),
                bool(complete[i]),
                bool(mature[i]),
                {reason: int(count[i]) for reason, count in counts.items() if count[i]},
                unit,
                _number(result.at_least[i]),
                None if np.isnan(result.waiting[i]) else int(result.waiting[i]),
            )
            for i in range(len(fetched))
        ]

    def _finished(
        self, formula: Formula, evaluation: Evaluation, fetched: Fetched, question: Question
    ) -> tuple[Any, Any]:
        """Whether each period is complete, and each cohort mature."""
        closes = fetched.columns["closes"].astype(object)
        complete = np.array([self._observed(day) for day in closes], dtype=bool)
        if question.grain == "all" and question.until is None:  # it ends where the data does
            complete = np.full(len(fetched), self.observed_until is not None)
        if isinstance(formula, Cohort) and formula.days is not None:
            window = self._window(formula.days)
            mature = [window is not None and self._observed(day + window) for day in closes]
            return complete, np.array(mature, dtype=bool)
        if isinstance(formula, Cohort) and formula.open_rows is not None:
            return complete, complete & (evaluation.value(formula.open_rows) == 0)
        return complete, complete

    def _window(self, days: int | Measure) -> timedelta | None:
        """Return how long a cohort takes to mature; None where the data cannot tell."""
        if isinstance(days, Measure):
            over_all = self._fetch([days], Question("all"))
            value = over_all.measure(days)
            if not len(value) or np.isnan(value[0]):
                return None
            return timedelta(days=math.ceil(value[0]))
        return timedelta(days=days)

    def _observed(self, day: date) -> bool:
        """Whether the data is known up to the start of a local day."""
        return self.observed_until is not None and self._midnight(day) <= self.observed_until

    def _midnight(self, day: date) -> datetime:
        return datetime(day.year, day.month, day.day, tzinfo=self.zone).astimezone(UTC)

    def _months(self, fetched: Fetched, question: Question) -> Array:
        """Months of each period so far as it is observed; of first days, the part they are."""
        months = np.zeros(len(fetched))
        columns = fetched.columns
        ends = columns.get("whole_closes", columns["closes"]).astype(object)
        cuts = columns["closes"].astype(object)
        for i, opens in enumerate(columns["opens"].astype(object)):
            closes = ends[i]
            start, end = self._midnight(opens), self._midnight(closes)
            cut = self._midnight(cuts[i])
            seen = min(cut, self.observed_until or cut)
            share = max((seen - start) / (end - start), 0.0)
            whole = MONTHS.get(question.grain, (closes - opens).days * 12 / 365.25)
            months[i] = whole * share
        return months


def _published(project: Project, as_of: datetime | None) -> Engine:
    """Open a version of the project's own store. Raises KDR-ASK-007 where there is none."""
    store = Store(project.folder)
    connection = store.reader() if as_of is None else store.as_of(project, as_of)
    if connection is None:
        raise KadarError(
            "KDR-ASK-007",
            N_("{folder} holds no data yet."),
            N_("Run kadar import FILE… or kadar sync."),
            folder=str(project.folder),
        )
    return DuckDB(connection)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
