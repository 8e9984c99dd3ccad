"""Which definition explains a figure that somebody else reports.

Every variant of the KPI in the same unit is computed, in the period and in the other conventions
of it that reports are known to use: the period before and after, days counted in UTC, everything
up to the close, the year so far, the calendar's quarter or year where the company's fiscal year is
another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from kadar.errors import KadarError
from kadar.insight.bridge import PERIOD, Change, Step
from kadar.insight.compared import Row, Scope, exact, key_columns
from kadar.insight.reconcile import Number, Reconciled, reconcile
from kadar.insight.records import CONTRIBUTION, group_filters
from kadar.insight.sides import Sums, Values, entity, raw, sides
from kadar.insight.wording import Phrase, Translate, phrase
from kadar.language import N_
from kadar.measure.formula import Formula, Measure, measures
from kadar.measure.period import ALL, Period, find_period
from kadar.measure.question import Question

if TYPE_CHECKING:
    from kadar.asking import Asking
    from kadar.kpi import Kpi
    from kadar.measure.question import Filter

UTC_DAYS = N_("days counted in UTC")


@dataclass(frozen=True)
class Figure:
    """A figure as it was written, and by how much it may be rounded."""

    text: str
    value: Fraction
    tolerance: Fraction

    @classmethod
    def read(cls, text: str, unit: str) -> Figure:
        """Read `0.221`, `22.1%`, `22.1 %` or `1,234.50`; half of its last digit is rounding.

        A share above 2 without a sign is percent. Raises KDR-REC-003 for what is no number.
        """
        bare = re.sub(r"[\s,']", "", text)
        match = re.fullmatch(r"[A-Za-z$€£¥]*(-?)(\d+(?:\.(\d+))?)(%?)", bare)
        if match is None:
            raise KadarError(
                "KDR-REC-003",
                N_("{text} is not a number."),
                N_("Write it as 0.221, 22.1% or 1,234.50."),
                text=text,
            )
        value = Fraction(match[2]) * (-1 if match[1] else 1)
        half = Fraction(1, 2) / 10 ** len(match[3] or "")
        percent = match[4] or (unit == "percent" and abs(value) > 2)
        return cls(text, *((value / 100, half / 100) if percent else (value, half)))


@dataclass(frozen=True)
class Candidate:
    """A number that could be the figure: a variant, of the period or another convention of it."""

    variant: str
    convention: Phrase | None
    value: float
    difference: float
    explains: bool


@dataclass(frozen=True)
class Explained:
    """A figure's candidates, the best first, and the bridge to the best.

    `explained` says whether the best is the figure, but for its rounding.
    """

    figure: Figure
    candidates: tuple[Candidate, ...]
    bridge: Reconciled

    @property
    def explained(self) -> bool:
        """Whether a candidate is the figure as it was rounded."""
        return self.candidates[0].explains

    def records(self, translate: Translate = str) -> list[dict[str, Any]]:
        """Return the lines of the bridge to the best candidate."""
        return self.bridge.records(translate)

    def rows(self, translate: Translate = str) -> list[dict[str, Any]]:
        """Return the rows of the bridge's steps."""
        return self.bridge.rows(translate)


@dataclass(frozen=True)
class Convention:
    """Another reading of the period: its name, its question, what of the rows is kept."""

    name: Phrase | None
    question: Question
    span: tuple[date, date] | None = None  # of days in UTC


def explain_figure(
    asking: Asking,
    kpi: Kpi,
    variant: str,
    text: str,
    period: str,
    *,
    by: Mapping[str, Any] | Iterable[str] = (),
    where: Sequence[Filter] = (),
) -> Explained:
    """Find which variant and which convention of the period come to a figure, best first.

    Those that come to it go before those that do not, the company's own period before other
    conventions, then the nearer one. Raises KDR-REC-003 for a figure that is no number and
    KDR-REC-002 where the KPI has no value in the period.
    """
    figure = Figure.read(text, kpi.get(variant).unit)
    found = find_period(period, asking.engine.run)
    kept = (*where, *group_filters(by))
    unit = kpi.get(variant).unit
    there = [n for n in kpi.variants if kpi.get(n).unit == unit and not asking.lacking(kpi, n)]
    ranked: list[tuple[Candidate, Convention]] = []
    own: set[str] = set()  # what has no value of the period itself, no bridge leads to
    for convention in conventions(asking, found, kept):
        values = dict(_values(asking, kpi, there, convention))
        own = own or set(values)
        for name in own & set(values):
            value = values[name]
            off = abs(Fraction(str(value)) - figure.value)
            made = Candidate(name, convention.name, value, float(value - float(figure.value)),
                             off <= figure.tolerance + Fraction(1, 10**12))  # fmt: skip
            ranked.append((made, convention))
    place = {name: number for number, name in enumerate([variant, *there])}
    ranked.sort(
        key=lambda one: (
            not one[0].explains,
            one[0].convention is not None if one[0].explains else False,
            abs(one[0].difference),
            one[0].convention is not None,
            place[one[0].variant],
        )
    )
    if variant not in own:  # it is refused
        reconcile(asking, kpi, variant, variant, period, by=by, where=where)
    best, convention = ranked[0]
    bridge = reconcile(asking, kpi, variant, best.variant, period, by=by, where=where)
    if convention.name is not None:
        formula = asking.formula(kpi, best.variant)
        mine = Scope(asking, found.question((), kept))
        bridge = _with_period(bridge, best, formula, (mine, _scope(asking, convention)))
    return Explained(figure, tuple(one for one, _ in ranked), bridge)


def conventions(asking: Asking, period: Period, where: tuple[Filter, ...]) -> Iterator[Convention]:
    """Yield the company's own period, then the other conventions of it."""
    yield Convention(None, period.question((), where))
    if period.opens is None or period.closes is None:
        return
    opens, closes = period.opens, period.closes
    known = asking.engine.run(
        "SELECT label, opens, closes FROM crm.periods CROSS JOIN crm.company WHERE grain = "
        f"'{period.grain}' AND (closes = DATE '{opens}' OR "
        f"(opens = DATE '{closes}' AND opens_at < observed_until))"
    )
    columns = [known[name].astype(object) for name in ("label", "opens", "closes")]
    for label, start, end in zip(*columns, strict=True):
        near = Period(period.grain, str(label), start, end)
        yield Convention(phrase(N_("{period} instead"), period=label), near.question((), where))
    if str(asking.zone) != "UTC":
        wide = _span(opens - timedelta(days=1), closes + timedelta(days=1), where)
        yield Convention(phrase(UTC_DAYS), wide, (opens, closes))
    yield Convention(
        phrase(N_("everything up to the end of {period}"), period=period.label),
        _span(None, closes, where),
    )
    year = asking.engine.run(
        "SELECT opens FROM crm.periods WHERE grain = 'year' "
        f"AND opens <= DATE '{opens}' AND closes >= DATE '{closes}'"
    )["opens"].astype(object)
    if len(year) and (year[0] != opens or period.grain != "year"):
        yield Convention(
            phrase(N_("the year up to the end of {period}"), period=period.label),
            _span(year[0], closes, where),
        )
    calendar = _calendar(period)
    if calendar is not None and calendar != (opens, closes):
        yield Convention(
            phrase(N_("{opens} to {closes}, of the calendar"), opens=calendar[0],
                   closes=calendar[1] - timedelta(days=1)),
            _span(*calendar, where),
        )  # fmt: skip


def _span(since: date | None, until: date, where: tuple[Filter, ...]) -> Question:
    return Question(ALL, (), where, since, until)


def _calendar(period: Period) -> tuple[date, date] | None:
    """Return the quarter or year of the calendar that the period's name would be there."""
    match = re.fullmatch(r"(?:FY)?(\d{4})(?:-Q([1-4]))?", period.label)
    if match is None:
        return None
    year, quarter = int(match[1]), match[2]
    if quarter is None:
        return date(year, 1, 1), date(year + 1, 1, 1)
    first = 3 * int(quarter) - 2
    ends = date(year + 1, 1, 1) if first == 10 else date(year, first + 3, 1)
    return date(year, first, 1), ends


def _values(
    asking: Asking, kpi: Kpi, variants: list[str], convention: Convention
) -> Iterator[tuple[str, float]]:
    if convention.span is None:
        wanted = [(kpi, name) for name in variants]
        answered = asking.answer(wanted, convention.question, collect=True)
        yield from ((row.variant, row.value) for row in answered if row.value is not None)
        return
    scope = _scope(asking, convention)
    for name in variants:
        value = _computed(asking, kpi, name, scope)
        if value is not None:
            yield name, float(value)


def _scope(asking: Asking, convention: Convention) -> Scope:
    if convention.span is None:
        return Scope(asking, convention.question)
    opens, closes = convention.span

    def keep(measure: Measure, row: Row) -> bool:
        moment = row.get(measure.facts.moment)
        return moment is not None and opens <= moment.astimezone(UTC).date() < closes

    return Scope(asking, convention.question, keep)


def _computed(asking: Asking, kpi: Kpi, variant: str, scope: Scope) -> Fraction | None:
    """Compute a variant from its rows; None where they are not all placed by a moment."""
    formula = asking.formula(kpi, variant)
    if not all(raw(m) and not _to_date(m) for m in measures(formula)):
        return None
    made = sides(formula)
    if isinstance(made, Values):
        amounts = (exact(row[CONTRIBUTION]) for row in scope.rows(made.measure))
        return made.of([amount for amount in amounts if amount is not None])
    if isinstance(made, Sums):
        above, below = (
            sum(
                (f * (exact(row[CONTRIBUTION]) or 0) for f, m in terms for row in scope.rows(m)),
                Fraction(0),
            )
            for terms in (made.above, made.below or ())
        )
        return made.of(above, None if made.below is None else below)
    return None


def _to_date(measure: Measure) -> bool:
    from kadar.measure.facts import Latest, ToDate

    return any(isinstance(step, ToDate | Latest) for step in measure.facts.steps)


def _with_period(
    bridge: Reconciled, best: Candidate, formula: Formula, scopes: tuple[Scope, Scope]
) -> Reconciled:
    """Add the step from the company's period to another convention of it."""
    value = Fraction(str(best.value))
    changes: dict[tuple[str, tuple[Any, ...]], Change] = {}  # a row of both sides once
    for measure in measures(formula):
        keys = key_columns(measure)
        mine, theirs = (
            {tuple(row[key] for key in keys): row for row in scope.rows(measure)}
            for scope in scopes
        )
        for key in mine.keys() ^ theirs.keys():
            row = mine[key] if key in mine else theirs[key]
            changes[entity(measure), key] = Change(measure.facts.table, row, None, None)
    name = best.convention or phrase("")
    step = Step(PERIOD, name, None, None, value - bridge.end.value, value, tuple(changes.values()))
    end = Number(best.variant, value, None, None, name)
    return replace(bridge, end=end, steps=(*bridge.steps, step))
