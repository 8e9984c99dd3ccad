"""Working hours other than the company's own: for whom they hold, and from when to when."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from kadar.model import TABLES


class Schedule(Struct, frozen=True, forbid_unknown_fields=True):
    """One `[[schedules]]` table: working hours of a part of the company, or of a time.

    Each day of a ticket is measured by the first of these tables that is in force on that day and
    meets the ticket; by `[company]` where none does. Several tables of one name are its history.
    """

    name: str  # shown in answers: "schedule" is a dimension of tickets
    # weekday (mon … sun) → spans "09:00-18:00"; a day that is absent is no working day
    working_hours: dict[str, list[str]]
    # dimension of the ticket → its value or values: { team = ["KL", "Penang"] }; all must hold
    when: dict[str, str | list[str]] = field(default_factory=dict)
    since: str | None = None  # first day it is in force; since ever where absent
    until: str | None = None  # last day it is in force; until further notice where absent
    time_zone: str | None = None  # IANA name; the company's where absent
    # countries or country-subdivisions, as in [company]; the company's where absent, [] for none
    holidays: str | list[str] | None = None
    # days without work besides: "2026-09-16" or "12-24" for every year
    days_off: list[str] = field(default_factory=list)
    # public holidays that are worked all the same: "2026-05-01" or "12-26" for every year
    days_worked: list[str] = field(default_factory=list)

    @property
    def places(self) -> list[str] | None:
        """Whose public holidays are kept; `None` for the company's."""
        return [self.holidays] if isinstance(self.holidays, str) else self.holidays


class Tickets(Struct, frozen=True, forbid_unknown_fields=True):
    """The `[tickets]` table: what stops the clock of a ticket."""

    count_pauses: bool = False  # True: time spent waiting for the customer counts
    # ids, names, e-mail addresses or roles of those people who are machines: they never stop one
    bots: list[str] = field(default_factory=lambda: ["bot", "chatbot"])


def conditions(table: str) -> Mapping[str, tuple[str | None, str]]:
    """What `when` may name: (reference to follow or `None`, column), the nearest first.

    A row's own text columns, then those its references lead to; `owner.team` names one outright.
    """
    found: dict[str, tuple[str | None, str]] = {}
    for reference, to in ((None, table), *TABLES[table].references.items()):
        for column in TABLES[to].columns:
            if column.type == "text":
                found.setdefault(column.name, (reference, column.name))
                if reference:
                    prefix = reference.removesuffix("_id")
                    found.setdefault(f"{prefix}.{column.name}", (reference, column.name))
    return found
