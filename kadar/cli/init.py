"""`kadar init`: a new project."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kadar.cli._options import Language, Project
from kadar.language import N_

HELP = N_("Make a project: write kadar.toml from options, or from questions.")


def init(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help=N_("The project's folder."))
    ] = None,
    *,
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help=N_("Name of the company."))
    ] = None,
    currency: Annotated[
        str | None, typer.Option(metavar="CODE", help=N_("Currency of its figures (ISO 4217)."))
    ] = None,
    time_zone: Annotated[
        str | None,
        typer.Option(metavar="ZONE", help=N_("Time zone in which its days begin (IANA name).")),
    ] = None,
    holidays: Annotated[
        str | None,
        typer.Option(metavar="PLACE", help=N_("Country or region of its holidays: MY, MY-10.")),
    ] = None,
    contract: Annotated[
        bool | None,
        typer.Option(
            "--contract/--no-contract", help=N_("Customers subscribe, or order when they please.")
        ),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help=N_("Ask nothing: defaults for what is not given."))
    ] = False,
    project: Project = None,
    language: Language = None,
) -> None:
    """Write it; never over another."""
    from kadar.cli._new import new_project
    from kadar.cli._session import Session

    session = Session(folder or project, language)
    new_project(
        session.folder,
        ask=not yes,
        name=name,
        currency=currency,
        time_zone=time_zone,
        holidays=holidays,
        contract=contract,
    )
