"""`kadar why`: what made a KPI change between two periods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from kadar.cli._options import (
    AsOf,
    By,
    Format,
    Kpi,
    Language,
    Output,
    Project,
    Variant,
    Where,
    divided,
)
from kadar.language import N_

if TYPE_CHECKING:
    from pathlib import Path

    from kadar.cli._session import Session
    from kadar.insight.records import Records

HELP = N_("Take the change of a KPI between two periods apart: rates, mix, what came and went.")


def why(
    kpi: Kpi,
    *,
    since: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="PERIOD",
            help=N_("The earlier period: 2026, 2026-Q3, 2026-09, 2026-W37 or 2026-09-14."),
        ),
    ],
    until: Annotated[
        str, typer.Option("--to", metavar="PERIOD", help=N_("The later period, as long."))
    ],
    by: By = None,
    variant: Variant = None,
    where: Where = None,
    as_of: AsOf = None,
    tree: Annotated[
        bool,
        typer.Option("--tree", help=N_("Share the change out over what the KPI is made of.")),
    ] = False,
    records: Annotated[
        bool,
        typer.Option("--records", help=N_("List the rows of both periods instead.")),
    ] = False,
    part: Annotated[
        list[str] | None,
        typer.Option(
            "--part",
            metavar="DIMENSION=VALUE",
            help=N_("With --records, only the rows of this part; repeatable."),
        ),
    ] = None,
    allow_incomplete: Annotated[
        bool,
        typer.Option("--allow-incomplete", help=N_("Compare periods that are not finished too.")),
    ] = False,
    output_format: Format = "table",
    output: Output = None,
    project: Project = None,
    language: Language = None,
) -> None:
    """Compare, and print the parts."""
    from kadar.cli._output import check_format
    from kadar.cli._session import Session

    check_format(output_format, output)
    session = Session(project, language, as_of)
    if records or part:
        from kadar.insight.behind import behind

        made = behind(
            session.workspace, kpi, (since, until),
            part=part or (), variant=variant, where=where or (),
        )  # fmt: skip
        _put_rows(list(made), session, output_format, output)
        return
    changed = session.workspace.why(
        kpi,
        since,
        until,
        by=divided(by),
        variant=variant,
        where=where or (),
        allow_incomplete=allow_incomplete,
        tree=tree,
        search=not by and not tree,
    )
    if output_format == "table":
        from kadar.show.change import show

        show(session.console, changed, session.workspace, session.reader)
        return
    from kadar.cli._output import put_bytes, put_text
    from kadar.show import change

    if output_format == "parquet":
        put_bytes(change.as_parquet(changed), output)
    else:
        put_text(
            change.as_json(changed) if output_format == "json" else change.as_csv(changed), output
        )


def _put_rows(
    made: list[Records], session: Session, output_format: str, output: Path | None
) -> None:
    if output_format == "table":
        from kadar.show.listing import show

        for one in made:
            show(session.console, one, session.workspace, session.reader)
        return
    from kadar.cli._output import put_bytes, put_text
    from kadar.show.flat import as_csv, as_json, as_parquet, joined

    rows = joined(
        {"period": one.period.label, "part": one.part, **row} for one in made for row in one
    )
    if output_format == "parquet":
        put_bytes(as_parquet(rows), output)
    else:
        put_text(as_json(rows) if output_format == "json" else as_csv(rows), output)
