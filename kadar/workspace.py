"""Open a project and ask: the one way to a number, and to what stands behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kadar.answers import Answers
from kadar.errors import KadarError
from kadar.given import as_date, filters
from kadar.language import N_
from kadar.measure.question import Filter, Question

if TYPE_CHECKING:
    from kadar.answer import Answer, Row
    from kadar.checks import Finding
    from kadar.decisions import Decision, Verdict
    from kadar.duplicates import Joined, Proposal
    from kadar.forecasts.forecasts import Forecasts
    from kadar.insight.changes import Changes
    from kadar.insight.cohort_members import Members
    from kadar.insight.cohorts import Cohorts
    from kadar.insight.customers import Found
    from kadar.insight.figure import Explained
    from kadar.insight.reconcile import Reconciled
    from kadar.insight.records import Records
    from kadar.insight.restatements import Restatements
    from kadar.insight.signals import Signals
    from kadar.insight.timeline import Customer
    from kadar.insight.why import Why


class Workspace(Answers):
    """An opened project: ask it for KPIs, and for what stands behind their values.

    Each question is answered from the data version that is current when it is asked; an answer
    belongs wholly to one version. With `as_of` (a day means its end in the company's time zone)
    every question is answered from what was known then.
    """

    def changes(
        self, kpis: str | Sequence[str], *, against: str = "previous", **asked: Any
    ) -> Changes:
        """Answer as `ask` does, each value beside the one of the period before or a year before.

        Each change has its interval, the test that fits the KPI's formula, and a verdict: see
        `kadar.insight.changes`. `against` is `previous` or `year-ago`.
        """
        from importlib import import_module

        made: Changes = import_module("kadar.insight.changes").changes(
            self, kpis, against=against, **asked
        )
        return made

    def signals(self, kpi: str, *, grain: str = "month", **asked: Any) -> Signals:
        """Put natural process limits (XmR) on the series of a KPI: see `kadar.insight.signals`.

        What else is asked is as for `ask`: `by`, `where`, `since`, `until`, `variant`.
        """
        from importlib import import_module

        made: Signals = import_module("kadar.insight.signals").signals(
            self, kpi, grain=grain, **asked
        )
        return made

    def projected(self, answer: Answer, *, show_withheld: bool = False) -> list[Row | None]:
        """For each row of an answer that is not mature, the final value it is heading for.

        None for the others, and for KPIs without a projection: where there is none but these,
        nothing is asked. Where the last whole period of a KPI is withheld, so is what is projected
        from it. See docs/unfinished.md.
        """
        from kadar.insight.projected import asked, beside

        wanted, question = asked(self.kpis, answer)
        if not wanted:
            return [None] * len(answer)
        made = self.answer(wanted, question, collect=True)
        if not show_withheld:
            from kadar.withheld import of_projections, withheld, withhold

            found = withheld(self.project, made.data_version)
            made = withhold(made, of_projections(self.kpis, made, found))
        return beside(self.kpis, answer, made)

    def check(self, only: Iterable[str] | None = None) -> list[Finding]:
        """Run the checks over the current data: see `kadar.checks.examine`."""
        from importlib import import_module

        made: list[Finding] = import_module("kadar.checks").examine(self, only)
        return made

    def records(
        self,
        kpi: str,
        period: str,
        *,
        part: str = "numerator",
        variant: str | None = None,
        by: Mapping[str, Any] | Iterable[str] = (),
        where: Mapping[str, Any] | Iterable[str | Filter] = (),
        limit: int | None = None,
        offset: int = 0,
    ) -> Records:
        """List the rows behind a part of a KPI: its numerator, denominator, or the excluded.

        The period is written `2026`, `2026-Q3`, `2026-09`, `2026-W37`, `2026-09-14` or `all`; `by`
        picks one group of an answer divided by dimensions: `{"owner_id": "42"}`. With a `limit`,
        the rows after the first `offset`.
        """
        from kadar.asking import Asking
        from kadar.insight.records import records

        made = self.kpis[kpi]
        with Asking(self.project, self.as_of) as asking:
            return records(
                asking,
                made,
                made.get(variant).name,
                period,
                part=part,
                by=by,
                where=filters(where),
                limit=limit,
                offset=offset,
            )

    def reconcile(
        self,
        kpi: str,
        period: str,
        *,
        other: str | None = None,
        value: str | float | None = None,
        variant: str | None = None,
        by: Mapping[str, Any] | Iterable[str] = (),
        where: Mapping[str, Any] | Iterable[str | Filter] = (),
    ) -> Reconciled | Explained:
        """Lead from one definition of a KPI to another, in steps that add up, each with its rows.

        `reconcile("win_rate", "2026-Q3", other="with_overdue")`; or give a figure that somebody
        else reports, `value="22.1%"`, to find the variant that explains it. Raises KDR-REC-004
        where neither or both are given, and what `kadar.insight.reconcile` and
        `kadar.insight.figure` raise.
        """
        from importlib import import_module

        from kadar.asking import Asking

        made = self.kpis[kpi]
        chosen = made.get(variant).name
        kept = filters(where)
        if (other is None) == (value is None):
            raise KadarError(
                "KDR-REC-004",
                N_("What to reconcile {kpi} with is not said."),
                N_("Name a variant, or give a figure somebody else reports; not both: {variants}."),
                kpi=kpi,
                variants=", ".join(name for name in made.variants if name != chosen),
            )
        with Asking(self.project, self.as_of) as asking:
            if value is not None:
                figure = import_module("kadar.insight.figure").explain_figure
                explained: Explained = figure(
                    asking, made, chosen, str(value), period, by=by, where=kept
                )
                return explained
            bridge = import_module("kadar.insight.reconcile").reconcile
            reconciled: Reconciled = bridge(
                asking, made, chosen, made.get(other).name, period, by=by, where=kept
            )
            return reconciled

    def why(
        self,
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
        """Take the change of a KPI from one period to another apart: see `kadar.insight.why`.

        `why("win_rate", "2026-Q2", "2026-Q3", by=["channel"])`; `tree` shares the change out over
        what drives the KPI, `search` tries the usual dimensions where none is named.
        """
        from importlib import import_module

        made: Why = import_module("kadar.insight.why").why(
            self, kpi, since, until, by=by, variant=variant, where=where,
            allow_incomplete=allow_incomplete, tree=tree, search=search,
        )  # fmt: skip
        return made

    def cohorts(
        self,
        kpi: str,
        *,
        variant: str | None = None,
        grain: str = "month",
        by: Sequence[str] = (),
        where: Mapping[str, Any] | Iterable[str | Filter] = (),
        since: date | str | None = None,
        until: date | str | None = None,
        ages: int = 12,
    ) -> Cohorts:
        """Read a KPI by cohort, at ages of 0 to `ages` periods: see `kadar.insight.cohorts`.

        `since` and `until` choose the cohorts, dimensions and filters are those of their members.
        """
        from kadar.asking import Asking
        from kadar.insight.cohorts import cohorts, reading

        made = self.kpis[kpi]
        chosen = reading(self.kpis, made, variant)
        question = Question(
            grain, tuple(dict.fromkeys(by)), tuple(filters(where)), as_date(since), as_date(until)
        )
        with Asking(self.project, self.as_of) as asking:
            return cohorts(asking, made, chosen, question, ages)

    def cohort_members(
        self,
        kpi: str,
        cell: str,
        *,
        variant: str | None = None,
        by: Sequence[str] = (),
        where: Mapping[str, Any] | Iterable[str | Filter] = (),
        limit: int | None = None,
    ) -> Members:
        """List who stands behind a cell of `cohorts`, written `2026-03:5`: cohort and age."""
        from kadar.asking import Asking
        from kadar.insight.cohort_members import cohort_members
        from kadar.insight.cohorts import reading

        made = self.kpis[kpi]
        chosen = reading(self.kpis, made, variant)
        with Asking(self.project, self.as_of) as asking:
            return cohort_members(
                asking, made, chosen, cell, by=by, where=filters(where), limit=limit
            )

    def restatements(
        self,
        kpi: str,
        period: str,
        *,
        since: date | datetime | str | None = None,
        until: date | datetime | str | None = None,
        variant: str | None = None,
        by: Mapping[str, Any] | Iterable[str] = (),
        where: Mapping[str, Any] | Iterable[str | Filter] = (),
        history: bool = False,
    ) -> Restatements:
        """Say why a period's number is another than it was: see `kadar.insight.restatements`.

        `restatements("churn_rate", "2026-02", since="2026-03-31")`.
        """
        from importlib import import_module

        made: Restatements = import_module("kadar.insight.restatements").restatements(
            self, kpi, period, since=since, until=until, variant=variant, by=by, where=where,
            history=history,
        )  # fmt: skip
        return made

    def duplicates(self, least: float | None = None) -> list[Proposal]:
        """Return the customers that are probably one and nobody decided on, most probable first.

        `least` is the score from which a pair is proposed; `[checks] similarity` by default.
        """
        from kadar.contents import opened
        from kadar.decisions import standing
        from kadar.duplicates import find

        score = self.project.checks.similarity if least is None else least
        with opened(self.project) as connection:
            return find(connection, standing(self.project.folder), score)

    def joined(self) -> list[Joined]:
        """Return the customers of several sources that count as one, and what they are known by.

        They are those of the current data, as `[[identity]]` in kadar.toml joins them.
        """
        from kadar.contents import opened
        from kadar.duplicates import joined

        with opened(self.project) as connection:
            return joined(connection)

    def decide(self, ids: Sequence[str], verdict: Verdict, by: str | None = None) -> list[Decision]:
        """Decide on pairs of `duplicates` by their ids: "accepted", "rejected" or "withdrawn".

        `["all"]` are all pairs proposed. What is accepted counts in the next version of the
        data. Raises KDR-CHK-033 for an id that was never proposed.
        """
        from kadar.duplicates.deciding import decide

        return decide(self.project.folder, self.duplicates, ids, verdict, by)

    @property
    def forecasts(self) -> Forecasts:
        """What customers will do, and how good such forecasts were."""
        from kadar.forecasts.forecasts import Forecasts

        return Forecasts(self)

    def customers(
        self, search: str = "", *, sort: str = "value", limit: int = 50, offset: int = 0
    ) -> Found:
        """List customers by name, e-mail or id, worth most first: see `kadar.insight.customers`."""
        from kadar.asking import Asking
        from kadar.insight.customers import customers

        with Asking(self.project, self.as_of) as asking:
            return customers(asking, search, sort=sort, limit=limit, offset=offset)

    def customer(self, customer_id: str) -> Customer:
        """Return one customer with contacts and timeline: see `kadar.insight.timeline`."""
        from kadar.asking import Asking
        from kadar.insight.timeline import customer

        with Asking(self.project, self.as_of) as asking:
            return customer(asking, customer_id)


def open(  # noqa: A001  (kadar.open reads well)
    folder: str | Path = ".", *, as_of: date | datetime | str | None = None
) -> Workspace:
    """Open the project in a folder, as it is known now or as it was known at a past moment."""
    return Workspace(folder, as_of)
