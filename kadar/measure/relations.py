"""Facts as relations: rows with their period, their dimensions and the columns a measure reads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import ibis

from kadar.measure import functions
from kadar.measure.deferred import columns, resolve
from kadar.measure.facts import (
    Aggregate,
    Facts,
    Later,
    Latest,
    LeaveOut,
    Matching,
    Per,
    ToDate,
    Where,
)
from kadar.measure.placement import FIRST_DAY, OPENS, Placement
from kadar.measure.question import Question
from kadar.measure.tables import READABLE

DAYS = {"day": 1.0, "week": 7.0, "month": 30.4375, "quarter": 91.3125, "year": 365.25}


class Relations:
    """Builds the relations of one question; equal facts are built once."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.placement = Placement(question)
        self.by = self.placement.by
        self._built: dict[str, Any] = {}

    @property
    def keys(self) -> list[str]:
        """Columns that identify a group: period and dimensions."""
        return [OPENS, *self.by]

    def resolve(self, rows: Any, expression: Any) -> Any:
        """Do a recorded expression on the rows of a relation."""
        return resolve(
            expression,
            lambda name: rows[name],
            lambda name, *args: functions.call(name, args, self.placement.observed),
        )

    def build(self, facts: Facts, read: set[str], *, unbounded: bool = False) -> Any:
        """Rows of facts with OPENS, the dimensions and the columns `read`.

        `unbounded` keeps what lies before the question's span.
        """
        mark = f"{facts} {sorted(read)} {unbounded}"
        if mark not in self._built:
            self._built[mark] = self._build(facts, read, unbounded)
        return self._built[mark]

    def _build(self, facts: Facts, read: set[str], unbounded: bool) -> Any:
        back = ToDate if self.question.grain == "all" else Later | ToDate
        unbounded = unbounded or any(isinstance(s, back) for s in facts.steps)
        wanted = read | _read_by_steps(facts)
        rows = self.placement.place(facts, wanted, unbounded)
        for step in facts.steps:
            rows = self._step(rows, facts, step, read)
        return rows

    def _step(self, rows: Any, facts: Facts, step: Any, read: set[str]) -> Any:
        if isinstance(step, Where):
            return rows.filter(self.resolve(rows, step.condition))
        if isinstance(step, LeaveOut):
            return rows.filter(~ibis.coalesce(self.resolve(rows, step.condition), False))
        if isinstance(step, Per):
            return self._per(rows, step)
        if isinstance(step, Latest):
            ties = [k for k in READABLE[facts.table].key if k != facts.moment]
            order = [ibis.desc(rows[facts.moment]), *(rows[k] for k in ties)]
            ranked = rows.mutate(
                kadar_rank=ibis.row_number().over(group_by=[*self.keys, step.key], order_by=order)
            )
            return ranked.filter(ranked.kadar_rank == 0).drop("kadar_rank")
        if isinstance(step, Matching):
            return self._matching(rows, step)
        if isinstance(step, Later):
            return self._later(rows, step)
        raise NotImplementedError(f"{step} must be the last step")

    def _per(self, rows: Any, step: Per) -> Any:
        alone = f"alone_{step.key}"
        keys = [*self.keys, step.key]
        made = {name: self._aggregate(rows, a) for name, a in step.aggregates}
        if self.question.grain == "all":
            made[FIRST_DAY] = rows[FIRST_DAY].min()
        if alone not in rows.columns:
            return rows.group_by(keys).aggregate(**made)
        # Rows that are their key's only one in the period need no grouping, and are nearly all.
        shared = rows.filter(~rows[alone])
        made = {name: self._aggregate(shared, a) for name, a in step.aggregates}
        single = rows.filter(rows[alone])
        whole = {name: self._single(single, a) for name, a in step.aggregates}
        if self.question.grain == "all":
            made[FIRST_DAY] = shared[FIRST_DAY].min()
            whole[FIRST_DAY] = single[FIRST_DAY]
        return ibis.union(
            shared.group_by(keys).aggregate(**made),
            single.select(*(single[key] for key in keys), **whole),
        )

    def _aggregate(self, rows: Any, aggregate: Aggregate) -> Any:
        if aggregate.kind == "rows":
            return rows.count()
        value = self.resolve(rows, aggregate.expression)
        return value.any() if aggregate.kind == "any" else value.sum()

    def _single(self, rows: Any, aggregate: Aggregate) -> Any:
        """Return what an aggregate comes to over one row."""
        if aggregate.kind == "rows":
            return ibis.literal(1, type="int64")
        value = self.resolve(rows, aggregate.expression)
        return ibis.coalesce(value, False) if aggregate.kind == "any" else value

    def _matching(self, rows: Any, step: Matching) -> Any:
        # rows meet those of their own period; of the whole span, that is only what lies in it
        other = self.build(step.other, {step.key}, unbounded=self.question.grain != "all")
        other = other.select([*self.keys, step.key]).distinct()
        names = {f"other_{name}": name for name in [*self.keys, step.key]}
        other = other.rename(names).mutate(kadar_there=ibis.literal(True))
        joined = rows.left_join(
            other,
            [
                rows[OPENS] == other[f"other_{OPENS}"],
                rows[step.key] == other[f"other_{step.key}"],
                *(rows[name].identical_to(other[f"other_{name}"]) for name in self.by),
            ],
        )
        return joined.mutate(matched=ibis.coalesce(joined.kadar_there, False)).drop(
            [*names, "kadar_there"]
        )

    def _later(self, rows: Any, step: Later) -> Any:
        if self.question.grain == "all":  # there is one period: none is a whole one later
            return rows.filter(ibis.literal(False)) if isinstance(step.periods, int) else rows
        shift = step.periods if isinstance(step.periods, int) else self._delay(step.periods)
        mine = self.placement.grain()
        start = mine.select(from_opens=mine.opens, from_position=mine.position)
        goal = mine.select(to_opens=mine.opens, to_position=mine.position)
        moved = start.join(goal, start.from_position + shift == goal.to_position)
        moved = moved.select("from_opens", "to_opens")
        joined = rows.join(moved, rows[OPENS] == moved.from_opens)
        return joined.drop(OPENS, "from_opens").rename({OPENS: "to_opens"})

    def _delay(self, days: Any) -> Any:
        """Whole periods that the overall value of a formula in days comes to, as a scalar."""
        overall = Relations(Question("all"))
        rows = overall.build(days.facts, columns(days.expression) | columns(days.condition))
        if days.condition is not None:
            rows = rows.filter(overall.resolve(rows, days.condition))
        value = overall.resolve(rows, days.expression).cast("float64").quantile(days.share)
        periods = (value / DAYS[self.question.grain]).round().cast("int32")
        return rows.aggregate(kadar_delay=ibis.coalesce(periods, 0)).as_scalar()

    def accumulate(
        self,
        made: Callable[[Relations], Any],
        measures: Sequence[str],
        more: Sequence[str] = (),
    ) -> Any:
        """Each period's measures, those of itself and of all before it, summed.

        `made` aggregates the rows of some relations by period, dimensions and the keys `more`. Of
        first days, the periods before count whole.
        """
        own = made(self)
        if self.question.grain == "all":
            return own
        mine = self.placement.grain()
        mine = self._within(mine.filter(mine.opens_at < self.placement.observed_until))
        mine = mine.select(to_opens=mine.opens)
        keys = ["to_opens", *self.by, *more]
        if self.question.elapsed is None:
            joined = mine.join(own, own[OPENS] <= mine.to_opens)
        else:
            whole = made(Relations(replace(self.question, elapsed=None)))
            columns = [*keys, *measures]
            before = mine.join(whole, whole[OPENS] < mine.to_opens).select(columns)
            joined = ibis.union(before, mine.join(own, own[OPENS] == mine.to_opens).select(columns))
        return (
            joined.group_by(keys)
            .aggregate(**{name: joined[name].sum() for name in measures})
            .rename({OPENS: "to_opens"})
        )

    # the periods of the answer

    def spine(self, results: list[Any]) -> Any:
        """Every period of the answer, with `kadar_shown` (opens) and `kadar_closes`."""
        q = self.question
        if q.grain == "all":
            return self._whole(results)
        mine = self.placement.grain()
        mine = self._within(mine.filter(mine.opens_at < self.placement.observed_until))
        if q.since is None:
            first = ibis.union(*[r.select(OPENS) for r in results], results[0].select(OPENS))
            mine = mine.filter(mine.opens >= first[OPENS].min().as_scalar())
        chosen = {OPENS: mine.opens, "kadar_shown": mine.opens, "kadar_closes": mine.closes}
        if q.elapsed is None:
            return mine.select(**chosen)
        enough = mine.filter(mine.days >= q.elapsed.days)
        return enough.select(**chosen, whole_closes=mine.whole_closes)

    def _within(self, periods: Any) -> Any:
        """Keep the periods that open in the question's span."""
        if self.question.since is not None:
            periods = periods.filter(periods.opens >= ibis.literal(self.question.since))
        if self.question.until is not None:
            periods = periods.filter(periods.opens < ibis.literal(self.question.until))
        return periods

    def _whole(self, results: list[Any]) -> Any:
        q = self.question
        days = self.placement.calendar
        seen = days.filter(days.opens_at < self.placement.observed_until)
        closes = (seen.day.max() + ibis.interval(days=1)).cast("date").as_scalar()
        first = ibis.union(*[r.select(FIRST_DAY) for r in results], results[0].select(FIRST_DAY))
        opens = first[FIRST_DAY].min().as_scalar()
        whole = self.placement.company.select(
            **{OPENS: ibis.date("0001-01-01")},
            kadar_shown=ibis.literal(q.since) if q.since else opens,
            kadar_closes=ibis.literal(q.until) if q.until else closes,
        )
        return whole.filter(whole.kadar_shown < whole.kadar_closes)  # none without a row or a day


def _read_by_steps(facts: Facts) -> set[str]:
    read: set[str] = set()
    for step in facts.steps:
        if isinstance(step, Where | LeaveOut):
            read |= columns(step.condition)
        elif isinstance(step, Per):
            read.add(step.key)
            for _name, aggregate in step.aggregates:
                read |= columns(aggregate.expression)
        elif isinstance(step, Latest | Matching):
            read.add(step.key)
    return read


__all__ = ["FIRST_DAY", "OPENS", "Relations"]
