"""The bounds of KPIs under what the checks found, from the rows themselves.

Of each finding the affected rows are known; of each measure the rows that make it, with what each
adds. Rows in both may be wrong: they may go, or count otherwise where what decides it is wrong.
Affected rows that are placed in the period, or whose moment is wrong, may come in; where they add
an amount nobody knows, it is taken to be at most the largest of the period's others.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from kadar.checks.bounds import (
    Doubtful,
    Interval,
    joined,
    quantile_bounds,
    ratio_bounds,
    sum_bounds,
)
from kadar.checks.finding import Affected, Bound, Company, Finding
from kadar.checks.leaf import Leaf, alone, together
from kadar.checks.touched import (
    CUSTOMER,
    by_customer,
    deciding,
    own,
    placing,
    row_key,
    touched,
    touches,
)
from kadar.compiled import compiled_rows
from kadar.insight.records import added_terms
from kadar.measure.facts import Later, Per, ToDate
from kadar.measure.formula import (
    Constant,
    Formula,
    Measure,
    Months,
    Operation,
    all_measures,
)
from kadar.measure.question import Question

if TYPE_CHECKING:
    from kadar.answer import Answer, Row
    from kadar.asking import Asking
    from kadar.kpi import Kpi

GRAINS = ("month", "quarter", "year")
Group = list[tuple[int, Affected]]  # findings by their number


class Bounding:
    """Bounds of one company's KPIs; `findings` are those with affected rows."""

    def __init__(self, company: Company, asking: Asking, findings: Sequence[Finding]) -> None:
        self.company = company
        self.asking = asking
        self.findings = findings
        company.connection.execute(
            "CREATE OR REPLACE TEMP TABLE kadar_doubtful "
            "(finding INTEGER, key VARCHAR, customer_id VARCHAR, days VARCHAR)"
        )
        for number, finding in enumerate(findings):
            if finding.affected is not None:
                self._keep(number, finding.affected)

    def _keep(self, number: int, affected: Affected) -> None:
        from kadar.measure.tables import READABLE

        table, days = READABLE[affected.table], "NULL"
        if affected.how == "absent":
            rows, days, customer = f"({affected.keys})", "days", "NULL"
        elif affected.table == "customers":
            rows, customer = f"(SELECT COLUMNS(*)::VARCHAR AS key FROM ({affected.keys}))", "key"
        else:
            keyed = f"SELECT COLUMNS(*)::VARCHAR AS key FROM ({affected.keys})"
            owner = CUSTOMER if CUSTOMER in table else "NULL"
            rows = (
                f"(SELECT {table.key[0]} AS key, any_value({owner}) AS owner "
                f"FROM crm.{affected.table} SEMI JOIN ({keyed}) k ON k.key = {table.key[0]} "
                "GROUP BY 1)"
            )
            customer = "owner"
        self.company.connection.execute(
            f"INSERT INTO kadar_doubtful SELECT {number}, key, {customer}, {days} FROM {rows}"
        )

    def bounds(self, wanted: Sequence[tuple[Kpi, str]]) -> Iterator[tuple[int | None, Bound]]:
        """Yield each finding's number and the bound it gives of a KPI's last whole periods.

        The number None is all findings together that may have a KPI withheld.
        """
        together = [n for n, finding in enumerate(self.findings) if finding.withholds]
        for grain in GRAINS:
            answered = self._answered(Question(grain))
            last: dict[str, Row] = {}
            for row in answered:
                whole = row.complete and row.mature and row.value is not None
                if whole and (row.kpi not in last or last[row.kpi].opens < row.opens):
                    last[row.kpi] = row
            for kpi, variant in wanted:
                if kpi.name in last:
                    formula = own(self.asking.formula(kpi, variant))
                    yield from self._of(kpi, formula, last[kpi.name], together)

    def _answered(self, question: Question) -> Answer:
        """Answer every core KPI, as the scoreboard asks them: its answer is kept already."""
        workspace = self.company.workspace
        core = [(made, made.usual) for made in workspace.kpis if made.core]
        answered = workspace.answer(core, question, collect=True)
        if answered.data_version == self.asking.data_version:
            return answered
        return self.asking.answer(core, question, collect=True)  # a sync came between

    def _of(
        self, kpi: Kpi, formula: Formula, row: Row, together: Sequence[int]
    ) -> Iterator[tuple[int | None, Bound]]:
        concerned: Group = [
            (number, finding.affected)
            for number, finding in enumerate(self.findings)
            if finding.affected is not None and touches(formula, finding.affected)
        ]
        question = Question(row.grain, (), (), row.opens, row.closes)
        rows = _Rows(self.company, question, row.opens, row.closes)
        groups: list[tuple[int | None, Group]] = [(n, [(n, a)]) for n, a in concerned]
        groups.append((None, [(n, a) for n, a in concerned if n in together]))
        for number, group in groups:
            if not any(rows.possible(measure, group) for measure in all_measures(formula)):
                continue
            try:
                found = rows.bound(formula, group)
            except NotImplementedError:
                continue
            low, high = found if found is not None else (-math.inf, math.inf)
            value = row.value if row.value is not None else math.nan
            slack = 1e-9 * max(1.0, abs(value))
            if high - value <= slack and value - low <= slack:
                continue  # none of the rows is of this period
            yield number, Bound(
                kpi.name, row.variant, row.grain, row.opens, row.closes,
                row.value, min(low, value), max(high, value), row.unit,
            )  # fmt: skip


class _Rows:
    """The rows of the measures in one period."""

    def __init__(self, company: Company, question: Question, opens: date, closes: date) -> None:
        self.company = company
        self.question = question
        self.opens, self.closes = opens, closes
        self.listed: dict[str, tuple[str, float, float, float]] = {}
        # asked for each finding alone, and again for all together
        self.insides: dict[tuple[str, int], dict[str, float]] = {}
        self.outsides: dict[str, frozenset[str]] = {}

    def possible(self, measure: Measure, group: Group) -> bool:
        """Whether an affected row can be of this period at all, seen without the measure's rows."""
        for number, affected in group:
            if not touched(measure, affected):
                continue
            near = affected.how == "wrong" and measure.facts.table == affected.table
            if affected.how != "absent" and not near:
                return True
            moved = bool(set(affected.columns) & placing(measure.facts))
            if self._outside(measure, number, affected, moved):
                return True
        return False

    def bound(self, formula: Formula, group: Group) -> Interval | None:
        """Bounds of a formula; None where it cannot be bounded."""
        if isinstance(formula, Constant):
            return float(formula.number), float(formula.number)
        if isinstance(formula, Months):
            from kadar.asking import MONTHS

            return MONTHS[self.question.grain], MONTHS[self.question.grain]
        if isinstance(formula, Measure):
            return self._measure(formula, group)
        if isinstance(formula, Operation):
            if formula.symbol == "/":
                above, below = added_terms(formula.left), added_terms(formula.right)
                if above and below:
                    return self._ratio(above, below, group)
            left, right = self.bound(formula.left, group), self.bound(formula.right, group)
            if left is None or right is None:
                return None
            return joined(formula.symbol, left, right)
        raise NotImplementedError(type(formula).__name__)  # of no rows that add up

    def _measure(self, measure: Measure, group: Group) -> Interval | None:
        leaf = self._leaf(measure, group)
        if measure.kind not in ("count", "sum", "nunique", "quantile"):
            raise NotImplementedError(measure.kind)
        if measure.kind == "quantile":
            listed = self._listed(measure)[0]
            values = [v for (v,) in self.company.rows(f"SELECT contribution FROM ({listed})")]
            share = 0.5 if measure.share is None else measure.share
            inside = len(leaf.inside)
            return quantile_bounds([float(v) for v in values if v is not None], share,
                                   inside, leaf.outside())  # fmt: skip
        return sum_bounds(leaf.total, list(alone(leaf)))

    def _ratio(
        self, above: list[tuple[float, Measure]], below: list[tuple[float, Measure]], group: Group
    ) -> Interval | None:
        tops = [(factor, self._leaf(measure, group)) for factor, measure in above]
        bottoms = [(factor, self._leaf(measure, group)) for factor, measure in below]
        top = sum(factor * leaf.total for factor, leaf in tops)
        bottom = sum(factor * leaf.total for factor, leaf in bottoms)
        facts = {str(measure.facts) for _, measure in (*above, *below)}
        if len(facts) == 1:
            return ratio_bounds(top, bottom, together(tops, bottoms))
        rows = [
            Doubtful((factor * row.now[0], 0.0), [(factor * n, 0.0) for n, _ in row.options],
                     row.times)
            for factor, leaf in tops
            for row in alone(leaf)
        ] + [
            Doubtful((0.0, factor * row.now[0]), [(0.0, factor * n) for n, _ in row.options],
                     row.times)
            for factor, leaf in bottoms
            for row in alone(leaf)
        ]  # fmt: skip
        return ratio_bounds(top, bottom, rows)

    def _listed(self, measure: Measure) -> tuple[str, float, float, float]:
        """Statement of a measure's rows; their total, and the largest and least they add."""
        meaning = str(measure)
        if meaning not in self.listed:
            folder = self.company.workspace.project.folder
            sql = compiled_rows(measure, self.question.grain, self.opens, self.closes, folder)
            (total, largest, smallest) = self.company.rows(
                f"SELECT coalesce(sum(contribution), 0), coalesce(max(contribution), 0), "
                f"coalesce(min(contribution), 0) FROM ({sql})"
            )[0]
            self.listed[meaning] = sql, float(total), float(largest), float(smallest)
        return self.listed[meaning]

    def _leaf(self, measure: Measure, group: Group) -> Leaf:
        sql, total, largest, smallest = self._listed(measure)
        inside: dict[str, float] = {}
        twice: set[str] = set()
        near: set[str] = set()
        absent, flips = 0, False
        for number, affected in group:
            if not touched(measure, affected):
                continue
            found = {} if affected.how == "absent" else self._inside(sql, measure, number, affected)
            inside |= found
            if affected.how == "twice":
                twice |= set(found)
                continue
            wrong = set(affected.columns)
            moved = bool(wrong & placing(measure.facts))
            decided = bool(wrong & deciding(measure))
            flips |= decided
            if affected.how == "absent":
                absent += len(self._outside(measure, number, affected, moved))
            elif moved or decided:
                near |= self._outside(measure, number, affected, moved)
        return Leaf(total, inside, frozenset(twice), frozenset(near), absent, max(largest, 0.0),
                    min(smallest, 0.0), flips, measure)  # fmt: skip

    def _inside(
        self, sql: str, measure: Measure, number: int, affected: Affected
    ) -> dict[str, float]:
        """What each affected row among the measure's adds."""
        place = (str(measure), number)
        if place not in self.insides:
            self.insides[place] = self._found_inside(sql, measure, number, affected)
        return self.insides[place]

    def _found_inside(
        self, sql: str, measure: Measure, number: int, affected: Affected
    ) -> dict[str, float]:
        key = row_key(measure.facts)
        per = any(isinstance(step, Per) for step in measure.facts.steps)
        if key is None:
            return {}
        of = "key"
        if affected.how == "twice":
            if measure.kind == "nunique" or (not per and by_customer(measure)):
                key = CUSTOMER
            of = CUSTOMER
        elif per or measure.facts.table != affected.table:
            if key != CUSTOMER:
                return {}
            of = CUSTOMER
        rows = self.company.rows(
            f'SELECT l."{key}", sum(contribution) FROM ({sql}) l WHERE l."{key}" IN '
            f"(SELECT {of} FROM kadar_doubtful WHERE finding = {number}) GROUP BY 1"
        )
        return {str(name): float(added or 0.0) for name, added in rows}

    def _outside(
        self, measure: Measure, number: int, affected: Affected, moved: bool
    ) -> frozenset[str]:
        """Return the affected rows that the period holds, or might where their moment is wrong."""
        facts = measure.facts
        anywhere = moved or any(isinstance(step, Later) for step in facts.steps)
        to_date = any(isinstance(step, ToDate) for step in facts.steps)
        mine = f"FROM kadar_doubtful d WHERE d.finding = {number}"
        if affected.how == "absent":
            day = f"(d.days ->> '{facts.moment}')"
            since = "TRUE" if to_date else f"try_cast({day} AS DATE) >= DATE '{self.opens}'"
            years = f"BETWEEN '{'0000' if to_date else self.opens.year}' AND '{self.closes.year}'"
            if facts.table == affected.table and facts.state is None and not anywhere:
                mine += (
                    f" AND ({day} = '?' OR (length({day}) = 4 AND {day} {years}) OR "
                    f"({since} AND try_cast({day} AS DATE) < DATE '{self.closes}'))"
                )
            return self._keys(mine)
        if facts.table != affected.table:
            return frozenset()
        if not anywhere:
            from kadar.measure.tables import READABLE

            key = READABLE[facts.table].key[0]
            days = [f"{name.removesuffix('_at')}_on" for name in facts.state or (facts.moment,)]
            since = (
                "TRUE"
                if to_date
                else f"coalesce({days[-1]}, DATE '9999-12-31') >= DATE '{self.opens}'"
            )
            if facts.state is None and not to_date:
                since = f"{days[0]} >= DATE '{self.opens}'"
            mine += (
                f" AND d.key IN (SELECT {key} FROM crm.{facts.table} "
                f"WHERE {since} AND {days[0]} < DATE '{self.closes}')"
            )
        return self._keys(mine)

    def _keys(self, of: str) -> frozenset[str]:
        if of not in self.outsides:
            rows = self.company.rows(f"SELECT DISTINCT d.key {of}")
            self.outsides[of] = frozenset(key for (key,) in rows)
        return self.outsides[of]
