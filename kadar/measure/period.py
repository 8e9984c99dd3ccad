"""Periods as people write them: 2026, 2026-Q3, 2026-09, 2026-W37, 2026-09-14 or all."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from kadar.errors import NO, KadarError
from kadar.language import N_
from kadar.measure.question import Filter, Question

ALL = "all"
_FORMS = {
    "year": r"(FY)?\d{4}",
    "quarter": r"(FY)?\d{4}-Q[1-4]",
    "month": r"\d{4}-(0[1-9]|1[0-2])|(FY)?\d{4}-P(0[1-9]|1[0-2])",
    "week": r"\d{4}-W(0[1-9]|[1-4]\d|5[0-3])",
    "day": r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])",
}
Run = Callable[[str], Mapping[str, Any]]  # `Engine.run`


@dataclass(frozen=True)
class Period:
    """One period of the company's calendar, `[opens, closes)` in its local days.

    The period `all` is everything the data holds: it has no days of its own.
    """

    grain: str
    label: str
    opens: date | None = None
    closes: date | None = None

    def question(self, by: Sequence[str] = (), where: Sequence[Filter] = ()) -> Question:
        """Return the question that asks for this period alone."""
        if self.opens is None:
            return Question(self.grain, tuple(by), tuple(where))
        until = self.opens + timedelta(days=1)
        return Question(self.grain, tuple(by), tuple(where), self.opens, until)


def find_period(text: str, run: Run) -> Period:
    """Return the period that a text names, from the company's own calendar.

    `run` runs a statement on the store. Case does not matter, and a week needs no leading zero.
    A fiscal year is named by the calendar year it ends in, as FY2026 and FY2026-Q3; where the
    fiscal year is the calendar year, the letters may be there or not. Months of whole weeks are
    periods: FY2026-P09, or 2026-P09.

    Raises KDR-ASK-020 where the text is no period, KDR-ASK-021 where the data has not reached it
    or does not go back so far, KDR-ASK-022 where the fiscal year is another than the calendar's
    and the text does not say which is meant.
    """
    label = re.sub(r"-([WP])(\d)$", r"-\g<1>0\2", text.strip().upper())
    if label == ALL.upper():
        return Period(ALL, ALL)
    grain = next((g for g, form in _FORMS.items() if re.fullmatch(form, label)), None)
    if grain is None:
        raise KadarError(
            "KDR-ASK-020",
            N_("{text} is not a period."),
            N_("Write a period as 2026, 2026-Q3, 2026-09, 2026-W37, 2026-09-14 or all."),
            text=text,
        )
    bare = label.removeprefix("FY")
    found = run(
        "SELECT label, opens, closes FROM crm.periods CROSS JOIN crm.company "
        f"WHERE grain = '{grain}' AND opens_at < observed_until "
        f"AND label IN ('{bare}', 'FY{bare}')"
    )
    if not len(found["label"]):
        raise _absent(text, grain, run)
    there = str(found["label"][0])
    if there not in (label, bare) and "-P" not in bare:
        raise KadarError(
            "KDR-ASK-022",
            N_("{text} could be of the calendar or of the company's fiscal year."),
            N_("Write {label} for the fiscal period; name calendar months as 2026-09."),
            text=text,
            label=there,
        )
    opens, closes = (found[name].astype(object)[0] for name in ("opens", "closes"))
    return Period(grain, there, opens, closes)


def _absent(text: str, grain: str, run: Run) -> KadarError:
    known = run(
        "SELECT label FROM crm.periods CROSS JOIN crm.company "
        f"WHERE grain = '{grain}' AND opens_at < observed_until ORDER BY opens"
    )["label"]
    first, last = (known[0], known[-1]) if len(known) else (None, None)
    return KadarError(
        "KDR-ASK-021",
        N_("The data does not know the period {text}."),
        N_("It has those from {first} to {last}."),
        exit_code=NO,
        text=text,
        first=first or "-",
        last=last or "-",
    )
