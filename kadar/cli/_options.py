"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kadar.language import N_

Project = Annotated[
    Path | None,
    typer.Option(
        "--project",
        metavar="DIR",
        help=N_("The project's folder; else KADAR_PROJECT, else the current folder."),
    ),
]
Language = Annotated[
    str | None,
    typer.Option(
        "--language",
        metavar="en|ms|zh_CN",
        help=N_("The language to answer in; else the company's."),
    ),
]
Kpi = Annotated[str, typer.Argument(metavar="KPI", help=N_("Name of a KPI."))]
Period = Annotated[
    str,
    typer.Option(
        "--period",
        metavar="PERIOD",
        help=N_("2026, 2026-Q3, 2026-09, 2026-W37, 2026-09-14 or all."),
    ),
]
Group = Annotated[
    list[str] | None,
    typer.Option(
        "--by",
        metavar="DIMENSION=VALUE",
        help=N_("Pick one group of the KPI divided by a dimension; repeatable."),
    ),
]
Grain = Annotated[
    str,
    typer.Option(
        "--grain",
        metavar="GRAIN",
        help=N_("Length of a period: day, week, month, quarter, year, or all of the span."),
    ),
]
By = Annotated[
    list[str] | None,
    typer.Option("--by", metavar="DIMENSION", help=N_("Divide by a dimension; repeatable.")),
]
Where = Annotated[
    list[str] | None,
    typer.Option(
        "--where",
        metavar="CONDITION",
        help=N_("Keep what meets it: country=MY, channel!=web, country=MY,SG; repeatable."),
    ),
]
Since = Annotated[
    str | None,
    typer.Option("--since", metavar="DAY", help=N_("Periods that open on this day or later.")),
]
Until = Annotated[
    str | None,
    typer.Option("--until", metavar="DAY", help=N_("Periods that open before this day.")),
]
ToDate = Annotated[
    bool,
    typer.Option(
        "--to-date",
        help=N_("Of every period only as many days as are known of the last one."),
    ),
]
FirstDays = Annotated[
    int | None,
    typer.Option("--first-days", metavar="N", help=N_("Of every period only its first N days.")),
]
Projected = Annotated[
    bool,
    typer.Option(
        "--projected", help=N_("Beside each rate that is not mature, the one it is heading for.")
    ),
]
WorkingDays = Annotated[
    bool,
    typer.Option("--working-days", help=N_("Count working days, not calendar days.")),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="DAY",
        help=N_("Answer from what was known at the end of this day (or at 2026-03-31T09:00)."),
    ),
]
Variant = Annotated[
    str | None, typer.Option("--variant", metavar="NAME", help=N_("Another definition of the KPI."))
]
Format = Annotated[
    str, typer.Option("--format", metavar="FORMAT", help=N_("table, csv, json or parquet."))
]
Output = Annotated[
    Path | None,
    typer.Option("--output", metavar="FILE", help=N_("Write here, not to the terminal.")),
]


def divided(by: list[str] | None) -> list[str]:
    """Return the dimensions of `--by`: several may stand in one, with commas between."""
    return [name.strip() for each in by or () for name in each.split(",")]
