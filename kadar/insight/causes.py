"""The causes for which a number is another than it was, one after another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Any

from kadar.insight.contributions import effects
from kadar.insight.reported import FOREVER, Number, State, microseconds
from kadar.insight.touched import Touched, Tracer
from kadar.measure.facts import Later, ToDate
from kadar.measure.formula import all_measures
from kadar.store.between import CAUSES, RATES, Between
from kadar.store.definitions import policies_at

POLICIES, REACH, DEFINITION = "policies", "reach", "definition"
ORDER = (*CAUSES, POLICIES, REACH, DEFINITION)


@dataclass(frozen=True)
class Cause:
    """One cause: the number before its turn and after it, and the records behind the difference.

    `effect` is exact; it is 0 where the number has no value at the cause's turn, and what it did
    is part of the next cause's. `rows` counts all rows that differ, whether they touch the number
    or not. `listed` is false where the number is not made of rows that can be listed.
    """

    name: str
    before: float | None
    after: float | None
    effect: Fraction
    rows: int
    records: tuple[Touched, ...]
    listed: bool = True


class Walk:
    """The way from one moment to the other."""

    def __init__(
        self, number: Number, between: Between, since: datetime, until: datetime | None
    ) -> None:
        self.number, self.between = number, between
        self.until = until
        self.projects = [number.policies(between, moment) for moment in (since, until)]
        self.meanings = (number.meaning(between, since), number.meaning(between, until))
        self.formulas = [number.formula(meant) for meant in self.meanings]
        between.reach(self.projects[0][0], since)
        self.first = self.state = self._ask(0)
        self.tracer = Tracer(between, number.zone, self.formulas, number.where, self._span())
        self.value = self.state.value

    def causes(self) -> Iterator[Cause]:
        """Take the causes in their order."""
        for name in CAUSES:
            counts = self.between.changes.get(name, {})
            if not counts:
                yield self._unmoved(name)
                continue
            self.between.apply(name)
            rows = sum(counts.values())
            if not self.tracer.reads & set(counts):  # tables of other numbers
                yield replace(self._unmoved(name), rows=rows)
                continue
            before = self.state
            self.between.derive(self.projects[0][0])
            self.state = self._ask(0)
            yield self._moved(name, before, rows, self._touched([name], before))
        yield self._policies()
        before = self.state
        reached = self.between.observed_until
        published = self.until is None and self.between.published_until() == reached
        if published or self.between.reach(self.projects[1][0], self.until) == reached:
            yield self._unmoved(REACH)
        else:
            self.state = self._ask(0)
            said = {"observed_until": (reached, self.between.observed_until)}
            # rows learnt since then, about a time that was not known at all then
            came = self._touched([name for name in CAUSES if name != RATES], before) or []
            yield self._moved(REACH, before, 0, [_setting("company", said, None), *came])
        yield self._definition()

    def _policies(self) -> Cause:
        (_, old), (project, new) = self.projects
        said = _differences((old or {}).get("company", {}), (new or {}).get("company", {}))
        said.pop("observed_until", None)  # how far the data reaches is a cause of its own
        if old and new and old["sources"] != new["sources"]:
            said["sources"] = (old["sources"], new["sources"])
        if not said:
            return self._unmoved(POLICIES)
        before = self.state
        self.between.derive(project)
        self.state = self._ask(0)
        found = policies_at(self.between.connection, self.until or FOREVER, "today.meta")
        return self._moved(
            POLICIES, before, 0, [_setting("company", said, found[1] if found else None)]
        )

    def _definition(self) -> Cause:
        old, new = self.meanings
        if old.version == new.version:
            return self._unmoved(DEFINITION)
        before = self.state
        self.state = self._ask(1)
        said = _differences(old.settings, new.settings)
        said["version"] = (old.version, new.version)
        said["formula"] = (str(self.formulas[0]), str(self.formulas[1]))
        record = _setting(f"kpi.{self.number.kpi.name}", said, new.recorded_at)
        return self._moved(DEFINITION, before, 0, [record])

    def _touched(self, causes: Sequence[str], before: State) -> list[Touched] | None:
        """Return the records behind the last step; None where rows cannot be listed."""
        if before.lines is None or self.state.lines is None:
            return None
        return self.tracer.touched(causes, effects(before.lines, self.state.lines))

    def _ask(self, which: int) -> State:
        rows = bool(self.between.changes) and which == 0
        return self.number.ask(self.between, self.formulas[which], lines=rows)

    def _moved(self, name: str, before: State, rows: int, records: list[Touched] | None) -> Cause:
        effect, now = Fraction(0), self.state.value
        if now is not None and self.value is not None:
            effect = Fraction(now) - Fraction(self.value)
        self.value = self.value if now is None else now
        listed = records is not None
        return Cause(name, before.value, now, effect, rows, tuple(records or ()), listed)

    def _unmoved(self, name: str) -> Cause:
        value = self.state.value
        return Cause(name, value, value, Fraction(0), 0, ())

    def _span(self) -> tuple[int, int] | None:
        """Return the period in microseconds; None where the number reaches beyond it."""
        steps = [s for f in self.formulas for m in all_measures(f) for s in m.facts.steps]
        period = self.state.period
        if period is None or period.opens is None or period.closes is None:
            return None
        if any(isinstance(step, Later | ToDate) for step in steps):
            return None
        zone = self.number.zone
        opens, closes = (
            microseconds(datetime(day.year, day.month, day.day, tzinfo=zone))
            for day in (period.opens, period.closes)
        )
        return opens, closes


def _setting(place: str, said: dict[str, tuple[Any, Any]], recorded_at: datetime | None) -> Touched:
    return Touched(place, {}, "kadar.toml", recorded_at, said)


def _differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {
        name: (old.get(name), new.get(name))
        for name in {**old, **new}
        if old.get(name) != new.get(name)
    }
