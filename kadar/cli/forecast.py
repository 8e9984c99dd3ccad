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
SEEN = 20  # customers in a table
TAKEN = {  # the options of each forecast
    "clv": ("by", "where", "limit", "force"),
    "churn": ("by", "where", "limit", "force"),
    "kpi": ("variant", "grain", "by", "where", "since", "target", "horizon"),
    "backtest": ("origins", "horizon", "weekly"),
}


def forecast(
    what: Annotated[str, typer.Argument(metavar="|".join(TAKEN), help=N_("What to forecast."))],
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
        str | None,
        typer.Option("--target", metavar="X", help=N_("Of kpi: say when X will be met.")),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit", metavar="N", min=1, help=N_("At most so many rows; a table shows 20.")
        ),
    ] = None,
    force: Annotated[
        bool,
        typer.Option("--force", help=N_("Forecast even where the records allow no backtest.")),
    ] = False,
    origins: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=1, help=N_("Past days to forecast from; 3 if records suffice.")
        ),
    ] = None,
    horizon: Annotated[
        int | None,
        typer.Option(
            metavar="MONTHS",
            min=1,
            help=N_("Of backtest: months to look ahead; of kpi: periods; else 6."),
        ),
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
    if what not in TAKEN:
        raise KadarError(
            "KDR-FCT-060",
            N_("There is no forecast {what}."),
            N_("These exist: {kinds}."),
            what=what,
            kinds=nearest(what, list(TAKEN)),
        )
    if (what == "kpi") != (kpi is not None):
        raise KadarError(
            "KDR-FCT-062",
            N_("A KPI is named with `kadar forecast kpi`, and only there."),
            N_("Write for example: kadar forecast kpi churn_rate"),
        )
    _check_taken(
        what,
        {"variant": variant, "grain": grain != "month", "by": by, "where": where, "since": since,
         "target": target, "limit": limit, "force": force, "origins": origins,
         "horizon": horizon, "weekly": weekly},
    )  # fmt: skip
    session = Session(project, language, as_of)
    if kpi is not None:
        from kadar.cli._output import put_rows
        from kadar.insight.figure import Figure
        from kadar.show.kpi_forecast import show as show_kpi

        goal = None
        if target is not None:
            unit = session.workspace.kpis[kpi].get(variant).unit
            goal = float(Figure.read(target, unit).value)
        ahead = session.workspace.forecasts.kpi(
            kpi, variant=variant, grain=grain, horizon=6 if horizon is None else horizon,
            by=divided(by), where=where or (), since=since, target=goal,
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


def _check_taken(what: str, given: dict[str, object]) -> None:
    """Refuse an option that the forecast would pass over. Raises KDR-ASK-090."""
    from kadar.errors import KadarError

    for name, value in given.items():
        if value not in (None, False) and name not in TAKEN[what]:
            raise KadarError(
                "KDR-ASK-090",
                N_("kadar forecast {what} takes no {option}."),
                N_("It takes: {options}. What else it goes by is set in kadar.toml."),
                what=what,
                option=f"--{name}",
                options=", ".join(f"--{one}" for one in TAKEN[what]),
            )


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
