"""Facts: rows of a table placed in time by a verb, and what may be done to them.

`crm.deals.closed` are the rows of deals at the moment they closed. A state
(`crm.spells.active`) gives a row for every period it touches, with the flags `at_opening`,
`at_closing` and `during`. Facts are values: each method returns new facts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from kadar.errors import KadarError, nearest
from kadar.language import N_
from kadar.measure.deferred import Deferred
from kadar.measure.tables import READABLE

if TYPE_CHECKING:
    from kadar.measure.formula import Formula, Measure
    from kadar.measure.triangle import Followed

FLAGS = ("at_opening", "at_closing", "during")


@dataclass(frozen=True, eq=False)
class Aggregate:
    """A value per key and period: the total of an expression, whether any row has it, rows."""

    kind: Literal["total", "any", "rows"]
    expression: Any = None


def total(expression: Deferred) -> Aggregate:
    """Sum of an expression over the rows of a key; null where all are null."""
    return Aggregate("total", expression)


def any_of(condition: Deferred) -> Aggregate:
    """Whether any row of a key meets the condition."""
    return Aggregate("any", condition)


def rows() -> Aggregate:
    """How many rows a key has."""
    return Aggregate("rows")


@dataclass(frozen=True, eq=False)
class Where:
    """Keep the rows that meet the condition (null is not met)."""

    condition: Deferred

    def __str__(self) -> str:
        return f"where {self.condition}"


@dataclass(frozen=True, eq=False)
class LeaveOut:
    """Leave rows out for a named reason; they are counted under `excluded`."""

    reason: str
    condition: Deferred

    def __str__(self) -> str:
        return f"leave out {self.reason} {self.condition}"


@dataclass(frozen=True, eq=False)
class Per:
    """One row per period and key, with aggregates as its columns."""

    key: str
    aggregates: tuple[tuple[str, Aggregate], ...]

    def __str__(self) -> str:
        made = ", ".join(f"{n}={a.kind}({a.expression})" for n, a in self.aggregates)
        return f"per {self.key} {made}"


@dataclass(frozen=True, eq=False)
class Latest:
    """Only the latest row of each key in each period."""

    key: str

    def __str__(self) -> str:
        return f"latest of {self.key}"


@dataclass(frozen=True, eq=False)
class Matching:
    """Add `matched`: whether the key is among other facts of the same period."""

    other: Facts
    key: str

    def __str__(self) -> str:
        return f"matching {self.other} on {self.key}"


@dataclass(frozen=True, eq=False)
class Later:
    """Stand some whole periods later: a number, or as many as a duration in days comes to."""

    periods: int | Formula

    def __str__(self) -> str:
        return f"later {self.periods}"


@dataclass(frozen=True, eq=False)
class ToDate:
    """Each period holds all rows up to its close."""

    def __str__(self) -> str:
        return "to date"


Kind = Literal[
    "count", "sum", "nunique", "quantile",
    "time_to", "share_by", "projected",  # of a time that may not be over: see `Waits`
]  # fmt: skip
Step = Where | LeaveOut | Per | Latest | Matching | Later | ToDate


@dataclass(frozen=True, eq=False)
class Facts:
    """Rows of one table placed in time, with the steps done to them in order.

    `dimensions_of` names the table whose meaning a dimension's name has for these rows too,
    wherever their look-ups lead to it.
    """

    table: str
    verb: str
    steps: tuple[Step, ...] = ()
    dimensions_of: str | None = None

    @property
    def state(self) -> tuple[str, str] | None:
        """Start and end column of a state; None for an event."""
        return READABLE[self.table].states.get(self.verb)

    @property
    def moment(self) -> str:
        """The column that places the rows: of a state, its start."""
        state = self.state
        return state[0] if state else READABLE[self.table].events[self.verb]

    def __str__(self) -> str:
        shared = [f"dimensions of {self.dimensions_of}"] if self.dimensions_of else []
        return " | ".join([f"{self.table}.{self.verb}", *map(str, self.steps), *shared])

    def _then(self, step: Step) -> Facts:
        return replace(self, steps=(*self.steps, step))

    def where(self, condition: Deferred) -> Facts:
        """Keep the rows that meet the condition."""
        return self._then(Where(condition))

    def leave_out(self, **reasons: Deferred) -> Facts:
        """Leave rows out, each for a named reason that the answer counts under `excluded`."""
        facts = self
        for reason, condition in reasons.items():
            facts = facts._then(LeaveOut(reason, condition))
        return facts

    def per(self, key: str, **aggregates: Aggregate) -> Facts:
        """One row per period and `key`, with the aggregates as its columns.

        Rows without the key are left out, counted as `no_<key>`.
        """
        named = {f"no_{key}": Deferred("column", key).isnull()}
        return self.leave_out(**named)._then(Per(key, tuple(aggregates.items())))

    def latest(self, key: str) -> Facts:
        """Only the latest row of each key in each period; rows without the key are left out."""
        named = {f"no_{key}": Deferred("column", key).isnull()}
        return self.leave_out(**named)._then(Latest(key))

    def matching(self, other: Facts, key: str) -> Facts:
        """Add `_.matched`: whether `other` has the key in the same period (and dimensions)."""
        return self._then(Matching(other, key))

    def later(self, periods: int | Formula) -> Facts:
        """Place the rows that many whole periods later; a formula gives days over all time."""
        return self._then(Later(periods))

    def to_date(self) -> Facts:
        """Each period holds all rows up to its close."""
        return self._then(ToDate())

    def follow(self, later: Facts, key: str) -> Followed:
        """Take each period's rows as a cohort, and look for them by `key` among later facts."""
        from kadar.measure.triangle import Followed

        return Followed(self, later, key)

    def count(self, condition: Deferred | None = None) -> Measure:
        """How many rows (that meet the condition)."""
        return self._measure("count", None, condition)

    def sum(self, expression: Deferred, condition: Deferred | None = None) -> Measure:
        """Sum of an expression (over the rows that meet the condition)."""
        return self._measure("sum", expression, condition)

    def nunique(self, expression: Deferred, condition: Deferred | None = None) -> Measure:
        """How many different values."""
        return self._measure("nunique", expression, condition)

    def mean(self, expression: Deferred, condition: Deferred | None = None) -> Formula:
        """Arithmetic mean of the values that are known."""
        there = expression.notnull()
        there = there if condition is None else condition & there
        return self.sum(expression, there) / self.count(there)

    def quantile(
        self, expression: Deferred, share: float, condition: Deferred | None = None
    ) -> Measure:
        """Return the value below which a share of the known values lies, interpolated."""
        return self._measure("quantile", expression, condition, share)

    def median(self, expression: Deferred, condition: Deferred | None = None) -> Measure:
        """Return the middle value, interpolated."""
        return self.quantile(expression, 0.5, condition)

    def waits(self, time: Deferred, ended: Deferred, other: Deferred | None = None) -> Waits:
        """Time of each row to its end, or so far for the rows that wait still.

        `ended` says which rows have ended, `other` which have ended otherwise and never will.
        """
        return Waits(self, time, ended, other)

    def _measure(
        self, kind: Kind, expression: Any, condition: Deferred | None, share: float | None = None
    ) -> Measure:
        from kadar.measure.formula import Measure

        return Measure(self, kind, expression, condition, share)


@dataclass(frozen=True, eq=False)
class Waits:
    """Times to an end, some of which are not over: unfinished is not failed.

    Rows whose time is unknown or negative are left out of the estimates.
    """

    facts: Facts
    time: Deferred
    ended: Deferred
    other: Deferred | None = None

    def median(self, followed: float | Measure | None = None) -> Measure:
        """Time by which half have ended; see `quantile`."""
        return self.quantile(0.5, followed)

    def quantile(self, share: float, followed: float | Measure | None = None) -> Measure:
        """Time by which a share has ended (Kaplan-Meier).

        Where some end otherwise: the time by which a share of those that end has (Aalen-Johansen),
        once the rows have been `followed` so long or none is waiting.
        """
        return self._measure("time_to", followed, share)

    def share(self, within: float | Measure) -> Measure:
        """Share that has ended within a time of its start (Aalen-Johansen)."""
        return self._measure("share_by", within)

    def projected(self, within: float | Measure) -> Measure:
        """Share that will have ended when every row has had that time.

        What has ended, whenever, counts; each row that waits still has the probability of ending
        between its age and `within` that all rows up to now teach.
        """
        return self._measure("projected", within)

    def _measure(
        self, kind: Kind, within: float | Measure | None, share: float | None = None
    ) -> Measure:
        from kadar.measure.formula import Measure, Waiting

        waiting = Waiting(self.ended, self.other, within)
        return Measure(self.facts, kind, self.time, None, share, waiting)


class Rows:
    """One table of the company: its verbs place rows in time (`crm.deals.closed`)."""

    def __init__(self, table: str) -> None:
        self._table = table

    def __getattr__(self, verb: str) -> Facts:
        made = READABLE[self._table]
        if verb in made.events or verb in made.states:
            return Facts(self._table, verb)
        raise KadarError(
            "KDR-KPI-002",
            N_("{table} has no verb {verb}."),
            N_("These exist: {verbs}."),
            table=self._table,
            verb=verb,
            verbs=nearest(verb, [*made.events, *made.states]),
        )


class Crm:
    """What a KPI is given: the company's tables, and the moment up to which they are known."""

    @property
    def observed_until(self) -> Deferred:
        """Moment up to which the data is known."""
        return Deferred("observed_until")

    @property
    def observed_on(self) -> Deferred:
        """Last local day of which something is known."""
        return Deferred("observed_on")

    @property
    def months(self) -> Formula:
        """Length of the period in months; of an unfinished one, the part that has passed."""
        from kadar.measure.formula import Months

        return Months()

    def __getattr__(self, table: str) -> Rows:
        if table in READABLE:
            return Rows(table)
        raise KadarError(
            "KDR-KPI-001",
            N_("There is no table {table}."),
            N_("These exist: {tables}."),
            table=table,
            tables=nearest(table, list(READABLE)),
        )
