"""Placing rows in time: each fact with its period, its dimensions and the asker's filters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import ibis

from kadar.errors import KadarError
from kadar.language import N_
from kadar.measure.dimensions import Dimension, dimension
from kadar.measure.facts import FLAGS, Facts, Latest, Per
from kadar.measure.question import Filter, Question
from kadar.measure.tables import READABLE, local_day

OPENS = "kadar_opens"
FIRST_DAY = "first_day"
ALONE = "alone_customer_id"  # the customer's only row of the state in the period

_IBIS = {
    "text": "string",
    "moment": "timestamp('UTC', 6)",
    "instant": "timestamp('UTC', 6)",
    "day": "date",
    "money": "decimal(18, 4)",
    "number": "float64",
    "integer": "int64",
    "boolean": "boolean",
}
CALENDAR = {
    "day": "date",
    "opens_at": "timestamp('UTC', 6)",
    "closes_at": "timestamp('UTC', 6)",
    "week": "date",
    "month": "date",
    "quarter": "date",
    "year": "date",
    "working_minutes": "float64",
}
PERIODS = {
    "grain": "string",
    "opens": "date",
    "closes": "date",
    "opens_at": "timestamp('UTC', 6)",
    "closes_at": "timestamp('UTC', 6)",
    "position": "int32",
}
COMPANY = {"observed_until": "timestamp('UTC', 6)", "observed_until_assumed": "boolean"}
_FAR = "9999-12-31 00:00:00"


def source(name: str, schema: dict[str, str]) -> Any:
    """Return a table of the store, by the ibis type of each column."""
    return ibis.table(schema, name=name, database="crm")


def readable(name: str, stored: str = "") -> Any:
    """Return a table that the algebra reads, by name; `stored` where it lies under another."""
    return source(
        stored or name, {column.name: _IBIS[column.type] for column in READABLE[name].columns}
    )


class Placement:
    """Places the rows of facts under one question."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.by = [f"by_{position}" for position in range(len(question.by))]
        self.calendar = source("calendar", CALENDAR)
        self.periods = source("periods", PERIODS)
        self.company = source("company", COMPANY)

    @property
    def observed_until(self) -> Any:
        """Moment up to which the data is known, as a scalar."""
        return self.company.select("observed_until").as_scalar()

    @property
    def observed(self) -> dict[str, Callable[[], Any]]:
        """What recorded expressions may ask about how far the data is known."""
        return {"observed_until": lambda: self.observed_until, "observed_on": self._observed_on}

    def _observed_on(self) -> Any:
        seen = self.calendar.filter(self.calendar.opens_at < self.observed_until)
        return seen.day.max().as_scalar()

    @property
    def _assumed(self) -> Any:
        return self.company.select("observed_until_assumed").as_scalar()

    def grain(self) -> Any:
        """Return the periods of the question's grain; those of first days close after them.

        These have two columns more: `whole_closes`, and `days`, how many of the days asked for.
        """
        mine = self.periods.filter(self.periods.grain == self.question.grain)
        if self.question.elapsed is None:
            return mine
        first = self._days()
        cut = first.group_by(OPENS).aggregate(
            last_day=first.kadar_day.max(), cut_at=first.closes_at.max(), days=first.counted.sum()
        )
        joined = mine.join(cut, mine.opens == cut[OPENS])
        return joined.select(
            "grain",
            "opens",
            "opens_at",
            "position",
            "days",
            closes=(joined.last_day + ibis.interval(days=1)).cast("date"),
            closes_at=joined.cut_at,
            whole_closes=joined.closes,
        )

    def _days(self) -> Any:
        """Return the days of the calendar with the period each is in; of first days, only those.

        `counted` is 1 for the days that `elapsed` counts, all or those with working time.
        """
        days, elapsed = self.calendar, self.question.elapsed
        placed = {OPENS: days[self.question.grain]}
        if elapsed is None:
            return days.select(kadar_day=days.day, **placed)
        worked = ibis.ifelse(days.working_minutes > 0, 1, 0)
        one = ibis.literal(1, type="int8")
        days = days.select(
            kadar_day=days.day,
            closes_at=days.closes_at,
            counted=worked if elapsed.working else one,
            **placed,
        )
        before = ibis.window(group_by=OPENS, order_by="kadar_day", preceding=(None, 1))
        passed = ibis.coalesce(days.counted.sum().over(before), 0)
        return days.mutate(passed=passed).filter(lambda t: t.passed < elapsed.days).drop("passed")

    def place(self, facts: Facts, wanted: set[str], unbounded: bool) -> Any:
        """Rows of facts with OPENS, the dimensions and the columns `wanted`, before any step.

        `unbounded` keeps what lies before the question's span.
        """
        made = READABLE[facts.table]
        own = {name for name in wanted if name in made}
        if any(isinstance(step, Latest) for step in facts.steps):
            own |= {facts.moment, *made.key}
        if any(isinstance(step, Per) for step in facts.steps):
            wanted = wanted | {ALONE}
        rows = readable(facts.table)
        rows, filtered = self._reach(rows, facts)
        rows = self._place_state(rows, facts) if facts.state else self._place_event(rows, facts)
        rows = self._within_span(rows, facts, unbounded)
        for condition, name in filtered:
            rows = rows.filter(_meets(rows[name], condition))
        flags = {*FLAGS, ALONE} & wanted & set(rows.columns) if facts.state else set()
        chosen = [OPENS, *self.by, *sorted(own | flags)]
        if self.question.grain == "all":
            chosen.append(FIRST_DAY)
        return rows.select(chosen)

    def meeting(self, table: str) -> Any:
        """Rows of a table that meet the question's filters, whenever they are."""
        facts = Facts(table, next(iter(READABLE[table].events)))
        rows, filtered = self._reach(readable(table), facts)
        for condition, name in filtered:
            rows = rows.filter(_meets(rows[name], condition))
        return rows

    def _reach(self, rows: Any, facts: Facts) -> tuple[Any, list[tuple[Filter, str]]]:
        """Add the dimensions and the columns that filters read, by left joins on keys."""
        for position, name in enumerate(self.question.by):
            rows = self._look_up(
                rows, dimension(facts.table, name, facts.dimensions_of), f"by_{position}"
            )
        filtered = []
        for position, condition in enumerate(self.question.where):
            name = f"filter_{position}"
            reached = dimension(facts.table, condition.dimension, facts.dimensions_of)
            rows = self._look_up(rows, reached, name)
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
            there = readable(to)
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
        calendar = self._days().select("kadar_day", OPENS)
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
        if facts.table == "spells":
            flags[ALONE] = ibis.coalesce(
                joined.previous_end < joined.kadar_from, True
            ) & ibis.coalesce(joined.next_start >= joined.kadar_to, True)
        if self.question.grain == "all":
            flags[FIRST_DAY] = joined[local_day(start)]
        return joined.mutate(**flags)

    def _state_periods(self) -> Any:
        mine = self.grain()
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
        until = self.company.observed_until
        if q.until is not None:
            until = ibis.least(until, self._opens_at(q.until))
        return self.company.select(
            **{OPENS: ibis.date("0001-01-01")}, kadar_from=opens, kadar_to=until
        )

    def _opens_at(self, day: date) -> Any:
        """Moment a day opens; of one before or after the calendar, the calendar's end."""
        days = self.calendar.filter(self.calendar.day >= ibis.literal(day))
        return ibis.coalesce(
            days.opens_at.min().as_scalar(), ibis.literal(_FAR).cast("timestamp('UTC', 6)")
        )

    def _within_span(self, rows: Any, facts: Facts, unbounded: bool) -> Any:
        q = self.question
        if facts.state and q.grain == "all":
            return rows
        placed = rows[local_day(facts.moment)] if q.grain == "all" else rows[OPENS]
        if q.since is not None and not unbounded:
            rows = rows.filter(placed >= ibis.literal(q.since))
        if q.until is not None:
            rows = rows.filter(placed < ibis.literal(q.until))
        return rows


def _meets(column: Any, condition: Filter) -> Any:
    kind = column.type()
    values = [_typed(value, kind, condition) for value in condition.values if value != ""]
    null = "" in condition.values
    if condition.operator in ("=", "!="):
        held = column.isin(values) if values else ibis.literal(False)
        held = ibis.coalesce(held, False)
        if null:
            held = held | column.isnull()
        return held if condition.operator == "=" else ~held
    if len(values) != 1 or null:
        raise _senseless(condition)
    (value,) = values
    return {
        "<": column < value,
        "<=": column <= value,
        ">": column > value,
        ">=": column >= value,
    }[condition.operator]


def _typed(value: str, kind: Any, condition: Filter) -> Any:
    if kind.is_boolean():
        if value.casefold() in ("true", "yes", "1", "t", "y"):
            return True
        if value.casefold() in ("false", "no", "0", "f", "n"):
            return False
        raise _senseless(condition)
    if kind.is_integer():
        try:
            return int(value)
        except ValueError as error:
            raise _senseless(condition) from error
    return value


def _senseless(condition: Filter) -> KadarError:
    text = f"{condition.dimension}{condition.operator}{','.join(condition.values)}"
    return KadarError(
        "KDR-ASK-009",
        N_("The filter {filter} makes no sense."),
        N_("Compare with true or false, with a whole number, and by < or > with one value."),
        filter=text,
    )
