"""Triangles: what becomes of the members of a cohort, period after period.

A KPI says who its cohort is and what is looked for later; the same declaration serves every
grain, dimension and filter. The age k of a cell counts whole periods: age 0 is the cohort's own
period, age 1 the next.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from kadar.measure.deferred import Deferred
from kadar.measure.facts import Facts
from kadar.measure.formula import Formula, Measure

# columns of a cell: Σx, Σx², Σxy over the members, then Σy, Σy² and how many they are
SUMS = ("numerator", "squares", "cross")
BASE = ("denominator", "base_squares", "n")


@dataclass(frozen=True, eq=False)
class Followed:
    """The members of cohorts and the facts in which each is looked for again, by a shared key."""

    members: Facts
    later: Facts
    key: str

    def share(self) -> Triangle:
        """Share of the members who are among the later facts of the k-th period."""
        return Triangle(self)

    def share_absent(self) -> Triangle:
        """Share of the members who are not among the later facts of the k-th period."""
        return Triangle(self, absent=True)

    def share_to_date(self) -> Triangle:
        """Share of the members who were among the later facts by the end of the k-th period."""
        return Triangle(self, to_date=True)

    def per_member_to_date(self, value: Deferred) -> Triangle:
        """Sum of a value of the later facts up to the end of the k-th period, per member.

        What lies before the cohort's own period counts at age 0.
        """
        return Triangle(self, value=value, to_date=True)

    def of_whole_to_date(self, value: Deferred, whole: Deferred) -> Triangle:
        """Sum of a value up to the end of the k-th period, per sum of `whole` of the members."""
        return Triangle(self, value=value, whole=whole, to_date=True)

    def of_first(self, value: Deferred, *, at_most: bool = False) -> Triangle:
        """Sum of a value in the k-th period per its sum at age 0, of the members with any then.

        With `at_most` no member counts for more than it had at age 0.
        """
        return Triangle(self, value=value, first=True, at_most=at_most)


@dataclass(frozen=True, eq=False)
class Triangle:
    """What stands in each cell: a value of the members in the k-th period, over what they were.

    Without a `value` the cell counts the members who are there, or with `absent` those who are
    not. Under the line stand the members, the sum of `whole` over them, or with `first` the value
    they had at age 0.
    """

    followed: Followed
    value: Deferred | None = None
    whole: Deferred | None = None
    first: bool = False
    to_date: bool = False
    at_most: bool = False
    absent: bool = False

    @property
    def share(self) -> bool:
        """Whether some of the members stand over all of them."""
        return self.value is None

    @property
    def same_rows(self) -> bool:
        """Whether the later facts are of the members' own table: known as long as they are."""
        return self.followed.members.table == self.followed.later.table

    @property
    def known_to_date(self) -> bool:
        """Whether a cell says something before its period is over: a state, or a sum to date."""
        return self.to_date or self.followed.later.state is not None

    @property
    def formula(self) -> Formula:
        """What is read, as a formula: for its lineage and its tables, never for its value."""
        members, later = self.measures
        key = Deferred("column", self.followed.key)
        keys = Measure(members.facts, "nunique", key) + Measure(later.facts, "nunique", key)
        return members + later + keys

    @property
    def measures(self) -> tuple[Measure, Measure]:
        """The members and the later facts, each with what is read of it."""
        made = (self.followed.members, self.whole), (self.followed.later, self.value)
        members, later = (
            Measure(facts, "count" if read is None else "sum", read) for facts, read in made
        )
        return members, later

    def over(self, members: Facts, later: Facts) -> Triangle:
        """Return the same triangle over other facts."""
        return replace(self, followed=Followed(members, later, self.followed.key))
