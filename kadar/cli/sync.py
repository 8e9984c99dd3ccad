"""`kadar sync`: bring the data up to date with its sources."""

from __future__ import annotations

from typing import Annotated

import typer

from kadar.cli._options import Language, Project
from kadar.language import N_

HELP = N_("Bring the data up to date with the sources of kadar.toml.")


def sync(
    sources: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SOURCE]...", help=N_("Names of sources; all by default.")),
    ] = None,
    *,
    force: Annotated[
        bool, typer.Option("--force", help=N_("Read sources that did not change, too."))
    ] = False,
    project: Project = None,
    language: Language = None,
) -> None:
    """Sync, print what became of every row, and end with 3 where a source failed."""
    from kadar.cli._load import load
    from kadar.cli._session import Session

    session = Session(project, language)
    raise typer.Exit(load(session, sources or None, force=force))
