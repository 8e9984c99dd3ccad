"""The tools of an assistant: questions about KPIs, each answered with what the number rests on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

import kadar
from kadar.documents.answered import Answered, answered
from kadar.documents.bridge import Bridge, bridge
from kadar.documents.change import Changed, changed
from kadar.documents.definition import KpiDefinition, KpiNames, kpi_definition, kpi_names
from kadar.documents.limits import Limits, limits
from kadar.documents.listed import Listed, listed
from kadar.documents.restated import Restated, restated
from kadar.documents.status import Status, status
from kadar.documents.triangle import Triangle, triangle
from kadar.errors import NO, KadarError
from kadar.language import N_
from kadar.mcp.masking import check_dimensions, masked
from kadar.show.reader import Reader

if TYPE_CHECKING:
    from kadar.workspace import Workspace

MOST = 400  # numbers of one answer: more is no answer a reader can use
Kpi = Annotated[str, Field(description="Name of a KPI, as list_kpis names it.")]
Variant = Annotated[
    str | None, Field(description="Another definition of the KPI; else the usual one.")
]
Grain = Annotated[
    Literal["day", "week", "month", "quarter", "year", "all"],
    Field(description="Length of a period; all: the whole span."),
]
By = Annotated[list[str], Field(description="Dimensions to divide by; explain lists them.")]
Where = Annotated[list[str], Field(description="Filters: country=MY, channel!=web, country=MY,SG.")]
Day = Annotated[str | None, Field(description="A day, as 2026-01-31.")]
Period = Annotated[str, Field(description="2026, 2026-Q3, 2026-09, 2026-W37, 2026-09-14 or all.")]
AsOf = Annotated[
    str | None, Field(description="Answer from what was known at the end of this day.")
]


class Tools:
    """The tools over one project. Every public method is a tool; its documentation is the tool's.

    Unless `show_names`, what names a person is masked in rows and refused as a dimension.
    """

    def __init__(self, folder: Path, language: str | None = None, *, show_names: bool) -> None:
        self._folder = folder
        self._language = language
        self._show_names = show_names

    def list_kpis(self) -> KpiNames:
        """List every KPI: its name, title and definition in three languages, unit, variants."""
        return kpi_names(self._open())

    def explain(self, kpi: Kpi, variant: Variant = None) -> KpiDefinition:
        """Explain one KPI in full: every variant in words, formula, settings, dimensions, caveats,
        what improves it, and the SQL."""
        return kpi_definition(self._open(), kpi, variant)

    def ask(
        self,
        kpis: Annotated[list[str], Field(min_length=1, description="Names of KPIs.")],
        *,
        variant: Variant = None,
        grain: Grain = "month",
        by: By = [],  # noqa: B006  (never changed)
        where: Where = [],  # noqa: B006
        since: Day = None,
        until: Day = None,
        as_of: AsOf = None,
        to_date: Annotated[
            bool, Field(description="Of each period only the days known of the last one.")
        ] = False,
        against: Annotated[
            Literal["previous", "year-ago"] | None,
            Field(description="Test each value against that of the period or year before."),
        ] = None,
    ) -> Answered:
        """Answer KPIs by period and dimension. Quote a number as its `said` says it, with the
        definition's words where the reader may take it for another; say when it is not complete
        or not mature. With `against` each number carries a tested change and its verdict."""
        workspace, reader = self._asked(as_of, by, where)
        asked = {"variant": variant, "grain": grain, "by": by, "where": where, "since": since,
                 "until": until, "to_date": to_date, "collect": True}  # fmt: skip
        if against is None:
            answer, compared = workspace.ask(kpis, **asked), None  # type: ignore[arg-type]
        else:
            compared = workspace.changes(kpis, against=against, **asked)
            answer = compared.answer
        if len(answer) > MOST:
            raise KadarError(
                "KDR-MCP-002",
                N_("The answer has {count} numbers, more than {most}."),
                N_("Ask for fewer periods with since, a longer grain, or fewer dimensions."),
                exit_code=NO,
                count=len(answer),
                most=MOST,
            )
        return answered(workspace, reader, answer, compared)

    def why(
        self,
        kpi: Kpi,
        since: Annotated[str, Field(description="The earlier period, as 2026-Q2.")],
        until: Annotated[str, Field(description="The later period, as long.")],
        *,
        by: By = [],  # noqa: B006
        variant: Variant = None,
        where: Where = [],  # noqa: B006
        as_of: AsOf = None,
    ) -> Changed:
        """Take the change of a KPI between two periods apart: what each value of a dimension added
        by its own rate and by the mix. The verdict says whether the change is more than chance: do
        not explain noise."""
        workspace, reader = self._asked(as_of, by, where)
        made = workspace.why(kpi, since, until, by=by, variant=variant, where=where)
        return changed(workspace, reader, made)

    def records(
        self,
        kpi: Kpi,
        period: Period,
        *,
        part: Literal["numerator", "denominator", "excluded"] = "numerator",
        by: Annotated[list[str], Field(description="Pick one group: channel=web.")] = [],  # noqa: B006
        variant: Variant = None,
        where: Where = [],  # noqa: B006
        limit: Annotated[int, Field(ge=1, le=200)] = 20,
        offset: Annotated[int, Field(ge=0)] = 0,
        as_of: AsOf = None,
    ) -> Listed:
        """List the rows behind a number; `count` is of all pages. Names of people, e-mails and
        telephone numbers are masked."""
        workspace, reader = self._asked(as_of, (), (*by, *where))
        made = workspace.records(
            kpi, period, part=part, by=by, variant=variant, where=where, limit=limit, offset=offset
        )
        document = listed(workspace, reader, made, offset)
        return document if self._show_names else masked(document)

    def cohorts(
        self,
        kpi: Kpi,
        *,
        variant: Variant = None,
        grain: Grain = "month",
        by: By = [],  # noqa: B006
        where: Where = [],  # noqa: B006
        since: Day = None,
        until: Day = None,
        ages: Annotated[int, Field(ge=0, le=60)] = 12,
        as_of: AsOf = None,
    ) -> Triangle:
        """Read a KPI by cohort and age. Cells that are not mature will still change; totals are
        of mature cohorts alone."""
        workspace, reader = self._asked(as_of, by, where)
        made = workspace.cohorts(
            kpi, variant=variant, grain=grain, by=by, where=where, since=since, until=until,
            ages=ages,
        )  # fmt: skip
        return triangle(workspace, reader, made)

    def reconcile(
        self,
        kpi: Kpi,
        period: Period,
        *,
        other: Annotated[str | None, Field(description="The variant to go to.")] = None,
        value: Annotated[
            str | None, Field(description="Or a figure somebody else reports, as 22.1%.")
        ] = None,
        variant: Variant = None,
        where: Where = [],  # noqa: B006
        as_of: AsOf = None,
    ) -> Bridge:
        """Lead from one definition of a KPI to another in steps that add up, or find which
        definition and which reading of the period explain a figure somebody else reports."""
        workspace, reader = self._asked(as_of, (), where)
        made = workspace.reconcile(
            kpi, period, other=other, value=value, variant=variant, where=where
        )
        return bridge(workspace, reader, made)

    def restatements(
        self,
        kpi: Kpi,
        period: Period,
        *,
        since: Annotated[
            str | None, Field(description="The day it was reported; else when it was complete.")
        ] = None,
        until: Annotated[str | None, Field(description="A later day; else now.")] = None,
        variant: Variant = None,
        where: Where = [],  # noqa: B006
        history: bool = False,
    ) -> Restated:
        """Say why a number that was reported is another now: late rows, edits, merges, other
        definitions; the effects add up to the change."""
        workspace, reader = self._asked(None, (), where)
        made = workspace.restatements(
            kpi, period, since=since, until=until, variant=variant, where=where, history=history
        )
        return restated(workspace, reader, made)

    def signals(
        self,
        kpi: Kpi,
        *,
        variant: Variant = None,
        grain: Grain = "month",
        by: By = [],  # noqa: B006
        where: Where = [],  # noqa: B006
        since: Day = None,
        until: Day = None,
        as_of: AsOf = None,
    ) -> Limits:
        """Put the natural limits of its process on a KPI's series: which points are signals, which
        are routine variation that needs no explanation."""
        workspace, reader = self._asked(as_of, by, where)
        made = workspace.signals(
            kpi, variant=variant, grain=grain, by=by, where=where, since=since, until=until
        )
        return limits(workspace, reader, kpi, made)

    def data_status(self, as_of: AsOf = None) -> Status:
        """Say what data there is: up to when it is known, rows by table and source, records
        refused, what the checks found, and which KPIs it cannot carry."""
        workspace, reader = self._asked(as_of, (), ())
        return status(workspace, reader)

    def _open(self, as_of: str | None = None) -> Workspace:
        return kadar.open(self._folder, as_of=as_of)

    def _asked(
        self, as_of: str | None, by: list[str] | tuple[()], where: list[str] | tuple[str, ...]
    ) -> tuple[Workspace, Reader]:
        if not self._show_names:
            check_dimensions(by, where)
        workspace = self._open(as_of)
        company = workspace.project.company
        return workspace, Reader.of(company, self._language or company.language)
