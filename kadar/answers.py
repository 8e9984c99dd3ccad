"""The answers to KPI questions of an opened project: kept ones read, others found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kadar.given import as_date, as_moment, filters
from kadar.kpi import Catalogue, Kpi
from kadar.measure.question import Elapsed, Filter, Question

if TYPE_CHECKING:
    from kadar.answer import Answer
    from kadar.asking import Asking
    from kadar.names import Names
    from kadar.results import Results


class Answers:
    """An opened project, asked for the values of KPIs.

    Each question is answered from the data version that is current when it is asked; an answer
    belongs wholly to one version. With `as_of` (a day means its end in the company's time zone)
    every question is answered from what was known then.
    """

    def __init__(self, folder: str | Path, as_of: date | datetime | str | None = None) -> None:
        from kadar import project

        self.project = project.load(Path(folder), reading=True)
        self.as_of = as_moment(as_of, self.project.company.time_zone)
        self._catalogue: Catalogue | None = None

    @property
    def kpis(self) -> Catalogue:
        """The KPIs there are, the project's own among them."""
        if self._catalogue is None:
            from kadar.catalogue import catalogue
            from kadar.kpi_settings import check_settings

            self._catalogue = catalogue(self.project.folder)
            check_settings(self.project.kpi, self._catalogue)
            for name in self.project.checks.limits:
                self._catalogue[name]
        return self._catalogue

    def ask(
        self,
        kpis: str | Kpi | Sequence[str | Kpi],
        *,
        variant: str | None = None,
        grain: str = "month",
        by: Sequence[str] = (),
        where: Mapping[str, Any] | Iterable[str | Filter] = (),
        since: date | str | None = None,
        until: date | str | None = None,
        first_days: int | None = None,
        to_date: bool = False,
        working_days: bool = False,
        collect: bool = False,
        show_withheld: bool = False,
    ) -> Answer:
        """Answer one or several KPIs by period and dimensions.

        `where` is `{"country": "MY", "channel": ["web", "event"]}` or texts such as
        `"channel!=web"`. A `variant` only some of several KPIs have is theirs; the others answer
        with their usual one. With `collect` a KPI that cannot be computed is listed in
        `Answer.refused`; without, its error is raised. A number that what `check` found could make
        wrong by more than `[checks]` allows has no value and says why, unless `show_withheld`.

        `first_days` makes each period only its first days (with `working_days`, working days),
        `to_date` those that are known of the last period and that the one before has too: the
        same days of every period. Periods that have fewer are left out. Raises KDR-ASK-030 for a
        grain without days, KDR-ASK-031 where no whole day of the last period is known.
        """
        elapsed = None if first_days is None else Elapsed(first_days, working_days)
        if to_date:
            from kadar.asking import Asking

            with Asking(self.project, self.as_of) as asking:
                elapsed = asking.to_date(grain, working=working_days).elapsed
        question = Question(
            grain,
            tuple(dict.fromkeys(by)),
            tuple(filters(where)),
            as_date(since),
            as_date(until),
            elapsed,
        )
        answer = self.answer(self.wanted(kpis, variant), question, collect=collect)
        if show_withheld or elapsed is not None:
            return answer
        from kadar.withheld import withheld, withhold

        return withhold(answer, withheld(self.project, answer.data_version))

    def results(self) -> tuple[Results, str | None]:
        """Return what is kept of the current data version, and its name; None without data."""
        from kadar.results import Results
        from kadar.store import Store

        version = Store(self.project.folder).version()
        return Results(self.project, version or "none"), version

    def wanted(
        self, kpis: str | Kpi | Sequence[str | Kpi], variant: str | None = None
    ) -> list[tuple[Kpi, str]]:
        """Return the KPIs of these names, each with its variant; see `ask`."""
        several = [kpis] if isinstance(kpis, str | Kpi) else kpis
        names = dict.fromkeys(one.name if isinstance(one, Kpi) else one for one in several)
        made = [self.kpis[name] for name in names]
        some = any(variant in one.variants for one in made)
        return [
            (one, one.get(None if some and variant not in one.variants else variant).name)
            for one in made
        ]

    def answer(
        self, wanted: list[tuple[Kpi, str]], question: Question, *, collect: bool = False
    ) -> Answer:
        """Return the answer kept of this data version, or find and keep it."""
        results, version = self.results()
        key = results.key(wanted, question, self.as_of, collect)
        kept = results.get(key, question) if version else None
        if kept is not None:
            return kept
        from kadar.asking import Asking

        with Asking(self.project, self.as_of) as asking:
            made = asking.answer(wanted, question, collect=collect)
        if made.data_version == version:  # else a sync came between
            results.put(key, made)
        return made

    def asking(self) -> Asking:
        """Open the data version that is current now, for several questions to the one version."""
        from kadar.asking import Asking

        return Asking(self.project, self.as_of)

    def dimensions(self, kpi: str | Kpi, variant: str | None = None) -> Names:
        """Return what a KPI can be divided by with the data there is; notebooks complete them."""
        from kadar.asking import Asking
        from kadar.measure.lineage import divisible_by
        from kadar.names import Names

        ((made, name),) = self.wanted(kpi, variant)
        with Asking(self.project, self.as_of) as asking:
            return Names(divisible_by(asking.formula(made, name), asking.carried))

    def computable(self) -> dict[str, dict[str, list[str]]]:
        """For each KPI and variant the columns its data lacks: none where it can be computed."""
        from kadar.asking import Asking

        with Asking(self.project, self.as_of) as asking:
            return {
                made.name: {name: asking.lacking(made, name) for name in made.variants}
                for made in self.kpis
            }

    def settings(self, made: Kpi) -> dict[str, Any]:
        """Return the company's settings of a KPI, defaults filled in."""
        return {**made.settings, **self.project.kpi.get(made.name, {})}
