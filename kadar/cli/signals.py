"""`kadar signals`: a KPI's series with its natural limits."""

from __future__ import annotations

from kadar.cli._options import (
    AsOf,
    By,
    Format,
    Grain,
    Kpi,
    Language,
    Output,
    Project,
    Since,
    Until,
    Variant,
    Where,
    divided,
)
from kadar.language import N_

HELP = N_("Show a KPI's series with its natural limits: what is routine and what is a signal.")


def signals(
    kpi: Kpi,
    *,
    variant: Variant = None,
    grain: Grain = "month",
    by: By = None,
    where: Where = None,
    since: Since = None,
    until: Until = None,
    as_of: AsOf = None,
    output_format: Format = "table",
    output: Output = None,
    project: Project = None,
    language: Language = None,
) -> None:
    """Ask, put limits on each series, and print them."""
    from kadar.cli._output import check_format, put_rows
    from kadar.cli._session import Session

    check_format(output_format, output)
    session = Session(project, language, as_of)
    made = session.workspace.signals(
        kpi,
        variant=variant,
        grain=grain,
        by=divided(by),
        where=where or (),
        since=since,
        until=until,
    )
    from kadar.show.signals import KINDS, show

    if output_format == "table":
        show(session.console, made, session.workspace, session.reader)
        return
    from kadar.show.changes import listed

    put_rows(listed(made.records(), KINDS), output_format, output)
