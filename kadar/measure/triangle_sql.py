"""From a triangle and a question to one SQL statement: every cell of every cohort at once.

Members and what they did later are two relations of the algebra, joined on the key; a cell adds up
what its members come to. What runs on from age to age is kept as the change at the few ages where
a member did something, and summed over the ages at the end: no member is repeated for each age.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import ibis

from kadar.measure.deferred import columns
from kadar.measure.facts import Facts, LeaveOut
from kadar.measure.placement import OPENS, source
from kadar.measure.question import Question
from kadar.measure.relations import Relations
from kadar.measure.tables import READABLE, local_day
from kadar.measure.triangle import BASE, SUMS, Triangle


class Cells:
    """The relations of one triangle under one question."""

    def __init__(self, triangle: Triangle, question: Question, ages: int) -> None:
        self.triangle = triangle
        self.ages = ages
        self.relations = Relations(question)
        self.later = Relations(Question(question.grain))
        self.by = self.relations.by
        self.cohort = ["cohort", *self.by]
        self.keys = ["member", *self.cohort]

    def statement(self) -> Any:
        """Return every cell of the triangle, by cohort, dimensions and age."""
        members = self.members()
        later = self.triangle.followed.later
        happened = self.happened(self.joined(members, later, self.triangle.value))
        base = self.base(members, happened)
        grid = self.grid(base)
        sums = self.summed(happened)
        sums = sums.rename({f"of_{name}": name for name in [*self.cohort, "age"]})
        cells = grid.left_join(
            sums,
            [
                grid.cohort == sums.of_cohort,
                grid.age == sums.of_age,
                *(grid[name].identical_to(sums[f"of_{name}"]) for name in self.by),
            ],
        )
        cells = cells.mutate(**{name: ibis.coalesce(cells[name], 0.0) for name in SUMS})
        if self.triangle.to_date:
            running = ibis.cumulative_window(group_by=self.cohort, order_by="age")
            cells = cells.mutate(**{name: cells[name].sum().over(running) for name in SUMS})
        if self.triangle.absent:
            cells = cells.mutate(numerator=cells.n - cells.numerator)
        shown = ["opens", "closes", *self.by, "age", *SUMS, *BASE, "complete", "mature", "known"]
        numbers = {name: cells[name].cast("float64") for name in (*SUMS, *BASE)}
        return cells.mutate(**numbers).select(shown).order_by(["opens", *self.by, "age"])

    def members(self) -> Any:
        """Return one row for each member of each cohort, with what stands under the line."""
        made, key = self.triangle.followed.members, self.triangle.followed.key
        read = {key} | columns(self.triangle.whole)
        rows = self._placed(self.relations, made, read)
        whole = self.triangle.whole
        weight = (
            ibis.literal(1.0)
            if whole is None
            else ibis.coalesce(self.relations.resolve(rows, whole).cast("float64"), 0.0)
        )
        rows = rows.filter(rows[key].notnull())
        rows = rows.select(
            member=rows[key],
            cohort=rows.kadar_position,
            **{name: rows[name] for name in self.by},
            y=weight,
        )
        if READABLE[made.table].key == (key,):
            return rows
        merged = rows.y.max() if whole is None else rows.y.sum()
        return rows.group_by(self.keys).aggregate(y=merged)

    def joined(self, members: Any, facts: Facts, expression: Any = None) -> Any:
        """Return facts of the members, each with its age, and an expression as `kadar_value`."""
        key = self.triangle.followed.key
        rows = self._placed(self.later, facts, {key} | columns(expression), unbounded=True)
        kept = {"kadar_key": rows[key], "kadar_position": rows.kadar_position}
        if expression is not None:
            kept["kadar_value"] = self.later.resolve(rows, expression)
        rows = rows.select(**kept)
        joined = members.inner_join(rows, members.member == rows.kadar_key)
        age = joined.kadar_position - joined.cohort
        if self.triangle.to_date:  # what lay before the cohort's own period is there at age 0
            age = ibis.greatest(age, 0)
        joined = joined.mutate(age=age).drop("kadar_key", "kadar_position")
        return joined.filter((joined.age >= 0) & (joined.age <= self.ages))

    def happened(self, joined: Any) -> Any:
        """Return for each member and age at which something happened x, and y where it is a sum."""
        made = self.triangle
        if made.share and made.to_date:
            return joined.group_by([*self.keys, "y"]).aggregate(age=joined.age.min()).mutate(x=1.0)
        if made.share:
            return joined.select([*self.keys, "y", "age"]).distinct().mutate(x=1.0)
        value = joined.kadar_value.sum().cast("float64")
        rows = joined.group_by([*self.keys, "y", "age"]).aggregate(x=ibis.coalesce(value, 0.0))
        if not made.first:
            return rows
        own = ibis.ifelse(rows.age == 0, rows.x, 0.0)
        rows = rows.mutate(y=own.sum().over(ibis.window(group_by=self.keys)))
        rows = rows.filter(rows.y > 0)
        return rows.mutate(x=ibis.least(rows.x, rows.y)) if made.at_most else rows

    def base(self, members: Any, happened: Any) -> Any:
        """Return for each cohort what stands under the line."""
        whole = members.group_by(self.cohort)
        if not self.triangle.first:
            return whole.aggregate(
                denominator=members.y.sum(),
                base_squares=(members.y * members.y).sum(),
                n=members.count(),
            )
        # every cohort stays, also one of whose members none had anything at age 0
        cohorts = whole.aggregate(kadar_members=members.count())
        first = happened.filter(happened.age == 0)
        first = first.group_by(self.cohort).aggregate(
            denominator=first.y.sum(), base_squares=(first.y * first.y).sum(), n=first.count()
        )
        first = first.rename({f"of_{name}": name for name in self.cohort})
        joined = cohorts.left_join(
            first,
            [
                cohorts.cohort == first.of_cohort,
                *(cohorts[name].identical_to(first[f"of_{name}"]) for name in self.by),
            ],
        )
        return joined.select(
            *(joined[name] for name in self.cohort),
            **{name: ibis.coalesce(joined[name], 0) for name in BASE},
        )

    def grid(self, base: Any) -> Any:
        """Return every cohort at every age that has begun, up to the last one asked for."""
        placement = self.relations.placement
        periods = placement.grain()
        own = periods.select(
            kadar_place=periods.position,
            opens=periods.opens,
            closes=periods.closes,
            kadar_closes_at=periods.closes_at,
        )
        begun = periods.filter(periods.opens_at < placement.observed_until)
        begun = begun.select(kadar_then=begun.position, kadar_then_closes_at=begun.closes_at)
        grid = base.inner_join(own, base.cohort == own.kadar_place)
        grid = grid.inner_join(
            begun, [grid.cohort <= begun.kadar_then, begun.kadar_then <= grid.cohort + self.ages]
        )
        followed = known = ibis.literal(True)
        if not self.triangle.same_rows:
            first = self.first_known()
            followed = ibis.coalesce(grid.cohort >= first, False)
            at = grid.cohort if self.triangle.to_date else grid.kadar_then
            known = ibis.coalesce(at >= first, False)
        over = grid.kadar_then_closes_at <= placement.observed_until
        grid = grid.mutate(
            age=grid.kadar_then - grid.cohort,
            complete=grid.kadar_closes_at <= placement.observed_until,
            mature=over & followed,
            known=known if self.triangle.known_to_date else known & over,
        )
        # a relation of its own: the chain of joins ends here
        return grid.select(
            [*self.cohort, *BASE, "opens", "closes", "age", "complete", "mature", "known"]
        )

    def first_known(self) -> Any:
        """Return the position of the period in which the later facts begin, as a scalar.

        What lies before it is not known: a customer of three years ago did not leave because the
        orders loaded are of two.
        """
        facts = self.triangle.followed.later
        day = local_day(facts.moment)
        rows = source(facts.table, {facts.moment: "timestamp('UTC', 6)", day: "date"})
        first = rows[day].min().as_scalar()
        periods = self.relations.placement.grain()
        holds = periods.filter((periods.opens <= first) & (first < periods.closes))
        return holds.position.min().as_scalar()

    def summed(self, happened: Any) -> Any:
        """Return what members add to a cohort at an age; of a sum to date, by how much it grows."""
        x, y = happened.x, happened.y
        added = {"numerator": x, "squares": x * x, "cross": x * y}
        if self.triangle.to_date and not self.triangle.share:
            running = ibis.cumulative_window(group_by=self.keys, order_by="age")
            happened = happened.mutate(kadar_now=x.sum().over(running))
            now, before = happened.kadar_now, happened.kadar_now - happened.x
            added = {
                "numerator": happened.x,
                "squares": now * now - before * before,
                "cross": happened.x * happened.y,
            }
        return happened.group_by([*self.cohort, "age"]).aggregate(
            **{name: value.sum() for name, value in added.items()}
        )

    def who(self) -> Any:
        """Return each member of the cohorts and what it comes to at the oldest age."""
        members, followed = self.members(), self.triangle.followed
        happened = self.happened(self.joined(members, followed.later, self.triangle.value))
        if self.triangle.first:
            first = happened.filter(happened.age == 0)
            members = first.select([*self.keys, "y"])
        mine = happened if self.triangle.to_date else happened.filter(happened.age == self.ages)
        mine = mine.group_by(self.keys).aggregate(value=mine.x.sum())
        mine = mine.rename({f"of_{name}": name for name in self.keys})
        made = members.left_join(
            mine,
            [
                members.member == mine.of_member,
                members.cohort == mine.of_cohort,
                *(members[name].identical_to(mine[f"of_{name}"]) for name in self.by),
            ],
        )
        value = ibis.coalesce(made.value, 0.0)
        value = 1.0 - value if self.triangle.absent else value
        made = made.mutate(value=value.cast("float64"), base=made.y.cast("float64"))
        return made.select(["member", *self.by, "value", "base"]).order_by(
            [ibis.desc("value"), "member", *self.by]
        )

    def left_out(self) -> Any | None:
        """Return how many rows of the members and of their later facts were left out, by reason."""
        counts: dict[str, list[Any]] = {}
        followed = self.triangle.followed
        for reason, before, condition in _reasons(followed.members):
            rows = self._placed(self.relations, before, {followed.key} | columns(condition))
            out = rows.filter(self.relations.resolve(rows, condition))
            counts.setdefault(reason, []).append(out.count().as_scalar())
        members = self.members()
        for reason, before, condition in _reasons(followed.later):
            rows = self.joined(members, before, condition)
            out = rows.filter(rows.kadar_value)
            counts.setdefault(reason, []).append(out.count().as_scalar())
        if not counts:
            return None
        company = self.relations.placement.company
        return company.select(**{name: sum(some[1:], some[0]) for name, some in counts.items()})

    def _placed(
        self, relations: Relations, facts: Facts, read: set[str], *, unbounded: bool = False
    ) -> Any:
        """Return rows of facts, each with the position of its period among those of the grain."""
        rows = relations.build(facts, read, unbounded=unbounded)
        periods = relations.placement.grain()
        periods = periods.select(kadar_place=periods.opens, kadar_position=periods.position)
        return rows.inner_join(periods, rows[OPENS] == periods.kadar_place).drop(
            OPENS, "kadar_place"
        )


def _reasons(facts: Facts) -> Iterator[tuple[str, Facts, Any]]:
    for position, step in enumerate(facts.steps):
        if isinstance(step, LeaveOut):
            yield (
                step.reason,
                replace(facts, steps=facts.steps[:position]),
                step.condition,
            )


def compile_triangle(
    triangle: Triangle, question: Question, ages: int, dialect: str = "duckdb"
) -> tuple[str, str | None]:
    """Compile a triangle to the statement of its cells, and that of what was left out, if any is.

    The cells: opens, closes (of the cohort), by_0 …, age, numerator, squares, cross, denominator,
    base_squares, n, complete (the cohort's own period is over), mature (that of the age is, and
    the cohort was followed from its start) and known (the data says something of the cell).
    """
    cells = Cells(triangle, question, ages)
    left_out = cells.left_out()
    return (
        str(ibis.to_sql(cells.statement(), dialect=dialect)),
        None if left_out is None else str(ibis.to_sql(left_out, dialect=dialect)),
    )


def compile_members(
    triangle: Triangle, question: Question, age: int, dialect: str = "duckdb"
) -> str:
    """Compile the members of a question's cohorts: member, by_0 …, value and base at an age."""
    return str(ibis.to_sql(Cells(triangle, question, age).who(), dialect=dialect))
