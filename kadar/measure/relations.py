"""Facts as relations: rows with their period, their dimensions and the columns a measure reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import ibis

from kadar.measure import functions
from kadar.measure.deferred import Deferred, columns, resolve
from kadar.measure.dimensions import Dimension, dimension
from kadar.measure.facts import (
    FLAGS,
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
from kadar.measure.question import Filter, Question
from kadar.measure.tables import READABLE, local_day

OPENS = "kadar_opens"
FIRST_DAY = "first_day"
DAYS = {"day": 1.0, "week": 7.0, "month": 30.4375, "quarter": 91.3125, "year": 365.25}

_IBIS = {
    "text": "string",
    "moment": "timestamp('UTC', 6)",
    "day": "date",
    "money": "decimal(18, 4)",
    "number": "float64",
    "integer": "int64",
    "boolean": "boolean",
}
_CALENDAR = {
    "day": "date",
    "opens_at": "timestamp('UTC', 6)",
    "closes_at": "timestamp('UTC', 6)",
    "week": "date",
    "month": "date",
    "quarter": "date",
    "year": "date",
}
_PERIODS = {
    "grain": "string",
    "opens": "date",
    "closes": "date",
    "opens_at": "timestamp('UTC', 6)",
    "closes_at": "timestamp('UTC', 6)",
    "position": "int32",
}
_COMPANY = {"observed_until": "timestamp('UTC', 6)", "observed_until_assumed": "boolean"}
_FAR = "9999-12-31 00:00:00"


def _table(name: str, schema: dict[str, str]) -> Any:
    return ibis.table(schema, name=name, database="crm")


class Relations:
    """Builds the relations of one question; equal facts are built once."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.by = [f"by_{position}" for position in range(len(question.by))]
        self._built: dict[str, Any] = {}
        self._calendar = _table("calendar", _CALENDAR)
        self._periods = _table("periods", _PERIODS)
        self._company = _table("company", _COMPANY)

    @property
    def observed_until(self) -> Any:
        """Moment up to which the data is known, as a scalar."""
        return self._company.select("observed_until").as_scalar()

    @property
    def _assumed(self) -> Any:
        return self._company.select("observed_until_assumed").as_scalar()

    @property
    def keys(self) -> list[str]:
        """Columns that identify a group: period and dimensions."""
        return [OPENS, *self.by]

    def resolve(self, rows: Any, expression: Any) -> Any:
        """Do a recorded expression on the rows of a relation."""
        return resolve(
            expression,
            lambda name: rows[name],
            lambda name, *args: functions.call(name, args, self.observed_until),
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
        unbounded = unbounded or any(isinstance(s, Later | ToDate) for s in facts.steps)
        wanted = read | _read_by_steps(facts)
        rows = self._placed(facts, wanted, unbounded)
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
            order = [ibis.desc(rows[facts.moment]), *(rows[k] for k in READABLE[facts.table].key)]
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
        made = {name: self._aggregate(rows, a) for name, a in step.aggregates}
        if self.question.grain == "all":
            made[FIRST_DAY] = rows[FIRST_DAY].min()
        return rows.group_by([*self.keys, step.key]).aggregate(**made)

    def _aggregate(self, rows: Any, aggregate: Aggregate) -> Any:
        if aggregate.kind == "rows":
            return rows.count()
        value = self.resolve(rows, aggregate.expression)
        return value.any() if aggregate.kind == "any" else value.sum()

    def _matching(self, rows: Any, step: Matching) -> Any:
        other = self.build(step.other, {step.key}, unbounded=True)
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
        mine = self._grain()
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

    def accumulate(self, result: Any, measures: Sequence[str]) -> Any:
        """Each period's measures summed over itself and all before it."""
        if self.question.grain == "all":
            return result
        mine = self._grain()
        mine = mine.filter(mine.opens_at < self.observed_until).select(to_opens=mine.opens)
        joined = mine.join(result, result[OPENS] <= mine.to_opens)
        return (
            joined.group_by(["to_opens", *self.by])
            .aggregate(**{name: joined[name].sum() for name in measures})
            .rename({OPENS: "to_opens"})
        )

    def _grain(self) -> Any:
        return self._periods.filter(self._periods.grain == self.question.grain)

    # placing rows in time

    def _placed(self, facts: Facts, wanted: set[str], unbounded: bool) -> Any:
        made = READABLE[facts.table]
        own = {name for name in wanted if name in made}
        keep = sorted(own | {facts.moment, *made.key})
        rows = _table(facts.table, {c.name: _IBIS[c.type] for c in made.columns})
        rows, filtered = self._reach(rows, facts.table)
        rows = self._place_state(rows, facts) if facts.state else self._place_event(rows, facts)
        if not unbounded:
            rows = self._within_span(rows, facts)
        for condition, name in filtered:
            rows = rows.filter(_meets(rows[name], condition))
        chosen = [OPENS, *self.by, *keep]
        chosen += [f for f in FLAGS if f in rows.columns and facts.state]
        if self.question.grain == "all":
            chosen.append(FIRST_DAY)
        return rows.select(chosen)

    def _reach(self, rows: Any, table: str) -> tuple[Any, list[tuple[Filter, str]]]:
        """Add the dimensions and the columns that filters read, by left joins on keys."""
        for position, name in enumerate(self.question.by):
            rows = self._look_up(rows, dimension(table, name), f"by_{position}")
        filtered = []
        for position, condition in enumerate(self.question.where):
            name = f"filter_{position}"
            rows = self._look_up(rows, dimension(table, condition.dimension), name)
            filtered.append((condition, name))
        return rows, filtered

    def _look_up(self, rows: Any, reached: Dimension, name: str) -> Any:
        if not reached.path:
            return rows.mutate(**{name: rows[reached.column]})
        at = reached.path[0][0]
        for step, (_reference, to) in enumerate(reached.path):
            last = step == len(reached.path) - 1
            onward = reached.column if last else reached.path[step + 1][0]
            (key,) = READABLE[to].key[:1]
            there = _table(to, {c.name: _IBIS[c.type] for c in READABLE[to].columns})
            key_name, value_name = f"{name}_key_{step}", name if last else f"{name}_step_{step}"
            there = there.select(**{key_name: there[key], value_name: there[onward]})
            rows = rows.left_join(there, rows[at] == there[key_name]).drop(key_name)
            at = value_name
        return rows

    def _place_event(self, rows: Any, facts: Facts) -> Any:
        moment, day = facts.moment, local_day(facts.moment)
        if not READABLE[facts.table][moment].scheduled:
            rows = rows.filter((rows[moment] < self.observed_until) | self._assumed)
        if self.question.grain == "all":
            rows = rows.filter(rows[day].notnull())
            return rows.mutate(**{OPENS: ibis.date("0001-01-01"), FIRST_DAY: rows[day]})
        calendar = self._calendar.select(
            kadar_day=self._calendar.day, **{OPENS: self._calendar[self.question.grain]}
        )
        return rows.join(calendar, rows[day] == calendar.kadar_day).drop("kadar_day")

    def _place_state(self, rows: Any, facts: Facts) -> Any:
        start, end = facts.state or ("", "")
        rows = rows.mutate(
            kadar_start=rows[start],
            kadar_end=ibis.coalesce(rows[end], ibis.literal(_FAR).cast("timestamp('UTC', 6)")),
        )
        periods = self._span() if self.question.grain == "all" else self._state_periods()
        joined = rows.join(
            periods,
            [rows.kadar_start < periods.kadar_to, rows.kadar_end >= periods.kadar_from],
        )
        opening = joined.kadar_start < joined.kadar_from
        flags = {
            "at_opening": opening,
            "at_closing": joined.kadar_end >= joined.kadar_to,
            "during": (joined.kadar_end > joined.kadar_from)
            | (joined.kadar_start >= joined.kadar_from),
        }
        if self.question.grain == "all":
            flags[FIRST_DAY] = joined[local_day(start)]
        return joined.mutate(**flags)

    def _state_periods(self) -> Any:
        mine = self._grain()
        mine = mine.filter(mine.opens_at < self.observed_until)
        return mine.select(
            **{OPENS: mine.opens},
            kadar_from=mine.opens_at,
            kadar_to=ibis.least(mine.closes_at, self.observed_until),
        )

    def _span(self) -> Any:
        """Return the one period of the grain `all`; without `since` nothing is there at opening."""
        q = self.question
        first = ibis.literal("0001-01-01 00:00:00").cast("timestamp('UTC', 6)")
        opens = first if q.since is None else self._opens_at(q.since)
        until = self._company.observed_until
        if q.until is not None:
            until = ibis.least(until, self._opens_at(q.until))
        return self._company.select(
            **{OPENS: ibis.date("0001-01-01")}, kadar_from=opens, kadar_to=until
        )

    def _opens_at(self, day: date) -> Any:
        calendar = self._calendar.filter(self._calendar.day == ibis.literal(day))
        return calendar.select("opens_at").as_scalar()

    def _within_span(self, rows: Any, facts: Facts) -> Any:
        q = self.question
        if facts.state and q.grain == "all":
            return rows
        placed = rows[local_day(facts.moment)] if q.grain == "all" else rows[OPENS]
        if q.since is not None:
            rows = rows.filter(placed >= ibis.literal(q.since))
        if q.until is not None:
            rows = rows.filter(placed < ibis.literal(q.until))
        return rows

    # the periods of the answer

    def spine(self, results: list[Any]) -> Any:
        """Every period of the answer, with `kadar_shown` (opens) and `kadar_closes`."""
        q = self.question
        if q.grain == "all":
            return self._whole(results)
        mine = self._grain()
        mine = mine.filter(mine.opens_at < self.observed_until)
        if q.since is not None:
            mine = mine.filter(mine.opens >= ibis.literal(q.since))
        else:
            first = ibis.union(*[r.select(OPENS) for r in results], results[0].select(OPENS))
            mine = mine.filter(mine.opens >= first[OPENS].min().as_scalar())
        if q.until is not None:
            mine = mine.filter(mine.opens < ibis.literal(q.until))
        return mine.select(**{OPENS: mine.opens}, kadar_shown=mine.opens, kadar_closes=mine.closes)

    def _whole(self, results: list[Any]) -> Any:
        q = self.question
        days = self._calendar
        seen = days.filter(days.opens_at < self.observed_until)
        closes = (seen.day.max() + ibis.interval(days=1)).cast("date").as_scalar()
        first = ibis.union(*[r.select(FIRST_DAY) for r in results], results[0].select(FIRST_DAY))
        opens = first[FIRST_DAY].min().as_scalar()
        return self._company.select(
            **{OPENS: ibis.date("0001-01-01")},
            kadar_shown=ibis.literal(q.since) if q.since else opens,
            kadar_closes=ibis.literal(q.until) if q.until else closes,
        )


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


def _meets(column: Any, condition: Filter) -> Any:
    kind = column.type()
    values = [_typed(value, kind) for value in condition.values if value != ""]
    null = "" in condition.values
    if condition.operator in ("=", "!="):
        held = column.isin(values) if values else ibis.literal(False)
        held = ibis.coalesce(held, False)
        if null:
            held = held | column.isnull()
        return held if condition.operator == "=" else ~held
    (value,) = values
    return {
        "<": column < value,
        "<=": column <= value,
        ">": column > value,
        ">=": column >= value,
    }[condition.operator]


def _typed(value: str, kind: Any) -> Any:
    if kind.is_boolean():
        return value.casefold() in ("true", "yes", "1", "t", "y")
    if kind.is_integer():
        return int(value)
    return value


__all__ = ["FIRST_DAY", "OPENS", "Deferred", "Relations"]
