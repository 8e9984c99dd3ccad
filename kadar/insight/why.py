"""Why a KPI changed between two periods: exact parts by the values of dimensions.

Ratios fall into rate and mix effects, values that came and values that went (see
`decomposition`), counts and sums into each value's own change. The parts of a dimension sum to
the change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from kadar.answer import Answer, Row
from kadar.asking import Asking
from kadar.errors import NO, KadarError
from kadar.given import filters
from kadar.insight import decomposition
from kadar.insight.change import Change, judged
from kadar.insight.comparison import Pair, compared
from kadar.insight.division import Division, Part, Whole, cell, divide
from kadar.insight.drivers import Branch, Driver, drivers, tree_of
from kadar.insight.identities import declared
from kadar.insight.search import across, tried
from kadar.insight.shape import Ratio, Total, shape
from kadar.insight.wording import phrase
from kadar.kpi import Kpi
from kadar.language import N_
from kadar.measure.period import ALL, Period, find_period
from kadar.measure.question import Filter, Question
from kadar.workspace import Workspace

_REFUSED = ("KDR-WHY-006", "KDR-ASK-008", "KDR-KPI-041", "KDR-ASK-004", "KDR-ASK-005")


@dataclass(frozen=True)
class Why:
    """A change, and its parts by each dimension: the dimension that explains most first.

    `above_effect` and `below_effect` are there for ratios of two different things (spend per
    customer): what the numerator and what the denominator added; they sum to the change.
    `drivers` are the branches of the KPI's tree from the top down, each with its share of the
    change; `searched` names the dimensions that were tried where the asker named none.
    """

    kpi: str
    variant: str
    unit: str
    before: Row
    after: Row
    ratio: bool
    change: float
    p: float | None
    verdict: str | None
    above_effect: float | None
    below_effect: float | None
    divisions: tuple[Division, ...]
    answer: Answer
    test: str | None = None
    drivers: tuple[Driver, ...] = ()
    searched: tuple[str, ...] = ()

    def records(self) -> list[dict[str, Any]]:
        """Return flat records: the whole first (no dimension), each part, then the drivers.

        Drivers stand under the dimension `tree`; its leaves sum to the change, as do the parts of
        any dimension, and a `branch` is the sum of those below it.
        """
        whole = Part(
            "", None, "whole", self.before.value, self.after.value, 1.0, 1.0,
            self.before.n, self.after.n, self.above_effect, self.below_effect, self.change,
            self.p, self.verdict, self.test,
        )  # fmt: skip
        parts = [whole, *(part for division in self.divisions for part in division.parts)]
        return [self._record(part) for part in [*parts, *map(_part, self.drivers[1:])]]

    def _record(self, part: Part) -> dict[str, Any]:
        whole = part.kind == "whole"
        return {
            "kpi": self.kpi,
            "variant": self.variant,
            "grain": self.before.grain,
            "from": self.before.opens,
            "to": self.after.opens,
            "dimension": part.dimension or None,
            "value": part.value,
            "kind": part.kind,
            "before": part.before,
            "after": part.after,
            "weight_before": part.weight_before,
            "weight_after": part.weight_after,
            "n_before": part.n_before,
            "n_after": part.n_after,
            "rate_effect": None if whole else part.rate_effect,
            "mix_effect": None if whole else part.mix_effect,
            "numerator_effect": part.rate_effect if whole else None,
            "denominator_effect": part.mix_effect if whole else None,
            "effect": part.effect,
            "p": part.p,
            "test": part.test,
            "verdict": part.verdict,
            "unit": self.unit,
        }


def why(
    workspace: Workspace,
    kpi: str,
    since: str,
    until: str,
    *,
    by: Sequence[str] = (),
    variant: str | None = None,
    where: Mapping[str, Any] | Iterable[str | Filter] = (),
    allow_incomplete: bool = False,
    tree: bool = False,
    search: bool = False,
) -> Why:
    """Take the change of a KPI from the period `since` to the period `until` apart.

    Periods are written `2026`, `2026-Q3`, `2026-09`, `2026-W37` or `2026-09-14`, both of one
    grain. `tree` shares the change out over the tree of the KPI, as is done unasked where the tree
    is declared or the KPI cannot be divided; `search` tries the dimensions that usually tell
    something and keeps those that do.

    Raises KDR-WHY-001 where the KPI is no sum over values and no ratio of such sums,
    KDR-WHY-002 for periods of two grains, KDR-WHY-003 for an unfinished period and KDR-WHY-005
    for a cohort that is not mature unless it is allowed, KDR-WHY-004 where a period has no value,
    KDR-WHY-006 where a tree is asked for and a branch has no value on the way.
    """
    made = workspace.kpis[kpi]
    name = made.get(variant).name
    with Asking(workspace.project, workspace.as_of) as asking:
        formula = asking.formula(made, name)
        found = shape(formula)
        branches = declared(kpi, name)
        known = branches is not None
        branches = branches or tree_of(formula, phrase(made.title))
        several = len({str(leaf.formula) for leaf in branches.leaves()}) > 1
        if found is None and (by or not several):
            raise _whole_only(asking, made, name)
        periods = _periods(asking, since, until)
        narrowed = tuple(filters(where))

        def answer(period: Period, *by: str) -> Answer:
            return asking.answer([(made, name)], period.question(by, narrowed))

        wholes = [answer(period) for period in periods]
        before, after = (
            _row(told, period, allow_incomplete=allow_incomplete)
            for told, period in zip(wholes, periods, strict=True)
        )

        def compare(pairs: Sequence[Pair], by: tuple[str, ...] = ()) -> list[Change]:
            return compared(asking, formula, periods[1].question(by, narrowed), pairs)

        def by_(dimension: str) -> Division | None:
            if found is None:
                return None
            sides = [answer(period, dimension).rows for period in periods]
            whole = Whole(found, before, after)
            return divide(whole, dimension, sides, partial(compare, by=(dimension,)))

        (tested,) = judged(compare([(before, after)]))
        divisions = [one for dimension in dict.fromkeys(by) if (one := by_(dimension))]
        searched: tuple[str, ...] = ()
        if search and not by and found is not None:
            divisions = list(tried(formula, by_))
            searched = tuple(division.dimension for division in divisions)
            divisions = across(divisions)
        driven: list[Driver] = []
        if tree or found is None or known:
            questions = [period.question((), narrowed) for period in periods]
            driven = _driven(asking, branches, questions, needed=tree or found is None)
    above, below = _two_totals(found, before, after)
    return Why(
        kpi, name, before.unit, before, after, isinstance(found, Ratio),
        (after.value or 0.0) - (before.value or 0.0), tested.p, tested.verdict, above, below,
        tuple(sorted(divisions, key=lambda made: -made.explains)), wholes[1], tested.test,
        tuple(driven), searched,
    )  # fmt: skip


def _driven(
    asking: Asking, branches: Branch, questions: list[Question], *, needed: bool
) -> list[Driver]:
    try:
        return drivers(asking, branches, questions)
    except KadarError as error:
        if needed or error.code not in _REFUSED:
            raise
        return []  # nobody asked for it


def _part(driver: Driver) -> Part:
    """Return a driver as a part of a dimension of its own."""
    before, after, effect = map(float, (driver.before, driver.after, driver.effect))
    kind = "driver" if driver.leaf else "branch"
    return Part(
        "tree", str(driver.name), kind, before, after, None, None, None, None, None, None, effect
    )


def _two_totals(found: Ratio | Total | None, before: Row, after: Row) -> tuple[float | None, ...]:
    if not (isinstance(found, Ratio) and found.of_two_facts):
        return None, None
    parts = decomposition.of_two_totals(cell(before), cell(after), found.scale)
    return tuple(float(part) for part in parts)


def _periods(asking: Asking, since: str, until: str) -> list[Period]:
    periods = [find_period(text, asking.engine.run) for text in (since, until)]
    if len({period.grain for period in periods}) > 1 or periods[0].grain == ALL:
        raise KadarError(
            "KDR-WHY-002",
            N_("{since} and {until} are not two periods of one grain."),
            N_("Compare two years, quarters, months, weeks or days."),
            since=since,
            until=until,
        )
    return periods


def _row(answer: Answer, period: Period, *, allow_incomplete: bool) -> Row:
    row = next((row for row in answer if row.opens == period.opens), None)
    if row is None or row.value is None:
        raise KadarError(
            "KDR-WHY-004",
            N_("The KPI has no value in {period}: nothing to compare."),
            N_("Choose periods that kadar ask shows a value for."),
            exit_code=NO,
            period=period.label,
        )
    if allow_incomplete or (row.complete and row.mature):
        return row
    if row.complete:
        raise KadarError(
            "KDR-WHY-005",
            N_("{period} is not mature: part of what belongs to it has still to happen."),
            N_("Choose earlier periods, or compare all the same with --allow-incomplete."),
            exit_code=NO,
            period=period.label,
        )
    raise KadarError(
        "KDR-WHY-003",
        N_("{period} is not finished: its number will still change."),
        N_("Choose periods that are over, or compare all the same with --allow-incomplete."),
        exit_code=NO,
        period=period.label,
    )


def _whole_only(asking: Asking, made: Kpi, variant: str) -> KadarError:
    others = [
        name
        for name in made.variants
        if not asking.lacking(made, name) and shape(asking.formula(made, name)) is not None
    ]
    return KadarError(
        "KDR-WHY-001",
        N_(
            "{kpi} ({variant}) cannot be taken apart: it is neither a total nor a ratio of two "
            "totals."
        ),
        N_("Ask with --variant. Variants that can be taken apart: {variants}."),
        exit_code=NO,
        kpi=made.name,
        variant=variant,
        variants=", ".join(others) or "-",
    )
