"""`kadar forecast`: what customers will bring, who may be lost, and how good that was before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from kadar.cli._options import (
    AsOf,
    By,
    Format,
    Grain,
    Language,
    Output,
    Project,
    Since,
    Variant,
    Where,
    divided,
)
from kadar.language import N_

if TYPE_CHECKING:
    from kadar.cli._session import Session

HELP = N_("Forecast customers: value, risk of losing them, and the record of past accuracy.")
KINDS = ("clv", "churn", "kpi", "backtest")
SEEN = 20  # customers in a table


def forecast(
    what: Annotated[str, typer.Argument(metavar="|".join(KINDS), help=N_("What to forecast."))],
    kpi: Annotated[
        str | None, typer.Argument(metavar="[KPI]", help=N_("Of kpi: the name of the KPI."))
    ] = None,
    *,
    variant: Variant = None,
    grain: Grain = "month",
    by: By = None,
    where: Where = None,
    since: Since = None,
    target: Annotated[
        float | None,
        typer.Option("--target", metavar="X", help=N_("Of kpi: say when X will be met.")),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option("--limit", metavar="N", help=N_("At most so many rows; a table shows 20.")),
    ] = None,
    force: Annotated[
        bool,
        typer.Option("--force", help=N_("Forecast even where the records allow no backtest.")),
    ] = False,
    origins: Annotated[
        int | None,
        typer.Option(metavar="N", help=N_("Past days to forecast from; 3 if records suffice.")),
    ] = None,
    horizon: Annotated[
        int | None,
        typer.Option(metavar="MONTHS", help=N_("Months (of kpi: periods) to look ahead; else 6.")),
    ] = None,
    weekly: Annotated[
        bool,
        typer.Option("--weekly", help=N_("Of a backtest, the purchases expected week by week.")),
    ] = False,
    as_of: AsOf = None,
    output_format: Format = "table",
    output: Output = None,
    project: Project = None,
    language: Language = None,
) -> None:
    """Run the forecast that is named."""
    from kadar.cli._output import check_format
    from kadar.cli._session import Session
    from kadar.errors import KadarError, nearest

    check_format(output_format, output)
    if what not in KINDS:
        raise KadarError(
            "KDR-FCT-060",
            N_("There is no forecast {what}."),
            N_("These exist: {kinds}."),
            what=what,
            kinds=nearest(what, list(KINDS)),
        )
    if (what == "kpi") != (kpi is not None):
        raise KadarError(
            "KDR-FCT-062",
            N_("A KPI is named with `kadar forecast kpi`, and only there."),
            N_("Write for example: kadar forecast kpi churn_rate"),
        )
    session = Session(project, language, as_of)
    if kpi is not None:
        from kadar.cli._output import put_rows
        from kadar.show.kpi_forecast import show as show_kpi

        ahead = session.workspace.forecasts.kpi(
            kpi, variant=variant, grain=grain, horizon=6 if horizon is None else horizon,
            by=divided(by), where=where or (), since=since, target=target,
        )  # fmt: skip
        if output_format == "table":
            show_kpi(session.console, ahead, session.reader)
        else:
            put_rows(ahead, output_format, output)
        return
    if what == "backtest":
        _backtest(session, origins, horizon, output_format, output, weekly=weekly)
        return
    from kadar.cli._output import put_rows

    dimensions = divided(by)
    seen = limit or (SEEN if output_format == "table" else None)
    forecasts = session.workspace.forecasts
    asked = forecasts.churn if what == "churn" else forecasts.clv
    made = asked(by=dimensions, where=where or (), limit=seen, force=force)
    if output_format == "table":
        from kadar.show.forecast import show

        show(session.console, made, session.reader, churn=what == "churn")
    else:
        from kadar.forecasts.reasons import spoken

        for row in made.rows:
            if "reason" in row:
                row["reason"] = spoken(row["reason"], session.reader.language)
        put_rows(made, output_format, output)


def _backtest(
    session: Session,
    origins: int | None,
    horizon: int | None,
    output_format: str,
    output: Output,
    *,
    weekly: bool,
) -> None:
    from kadar.cli._output import put_rows
    from kadar.cli._progress import progress_bar
    from kadar.show import backtest as show

    workspace = session.workspace
    with progress_bar() as told:
        made = workspace.forecasts.backtest(origins=origins, horizon=horizon, told=told)
    if output_format != "table":
        put_rows(show.weeks(made) if weekly else show.listed(made), output_format, output)
    elif weekly:
        show.show_weeks(session.console, made, session.reader)
    else:
        show.show(session.console, made, session.reader)
