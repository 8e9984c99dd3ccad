"""`kadar explain`: what a KPI means, what it reads, how it is computed."""

from __future__ import annotations

from typing import Annotated

import typer

from kadar.cli._options import Language, Project, Variant
from kadar.language import N_

HELP = N_("Explain a KPI: definition, variants, formula, SQL, caveats; without one, list them.")


def explain(
    kpi: Annotated[str | None, typer.Argument(metavar="[KPI]", help=N_("Name of the KPI."))] = None,
    variant: Variant = None,
    output_format: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help=N_("table or json."))
    ] = "table",
    project: Project = None,
    language: Language = None,
) -> None:
    """Print it; a project is not needed, and its data neither."""
    import json

    from kadar import explanation
    from kadar.catalogue import catalogue
    from kadar.cli._output import check_format, put_text
    from kadar.cli._session import Session
    from kadar.show import explained, kpi_list

    check_format(output_format, None, ("table", "json"))
    session = Session(project, language)
    workspace = session.workspace if project or session.has_project() else None
    kpis = workspace.kpis if workspace else catalogue()
    if kpi is None:
        listed = kpi_list.records(kpis, session.reader)
        if output_format == "json":
            put_text(json.dumps(listed, ensure_ascii=False, indent=1) + "\n")
        else:
            kpi_list.show(session.console, listed, session.reader)
        return
    made = explanation.explain(kpis[kpi], variant, workspace)
    if output_format == "json":
        record = explained.record(made, session.reader)
        put_text(json.dumps(record, ensure_ascii=False, indent=1, default=str) + "\n")
    else:
        explained.show(session.console, made, session.reader)
