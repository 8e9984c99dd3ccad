"""`kadar import`: propose what files hold, ask, write it to kadar.toml, load it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from kadar.cli._options import Language, Project
from kadar.language import N_

DateOrder = Literal["dmy", "mdy"]
HELP = N_("Propose what files hold and how their columns map; on consent, load them.")


def import_(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help=N_("Exports, folders of them or globs."))
    ],
    *,
    date_order: Annotated[
        DateOrder | None,
        typer.Option(help=N_("Which comes first in dates that can be read both ways.")),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help=N_("Do not ask: load them."))] = False,
    project: Project = None,
    language: Language = None,
) -> None:
    """Propose, ask, write, load; end with 1 where a file could not be proposed."""
    from kadar.cli._files import existing
    from kadar.cli._new import new_project
    from kadar.cli._propose import take_in
    from kadar.cli._session import Session

    paths: list[Path] = existing(files)
    session = Session(project, language)
    if not session.has_project():
        new_project(session.folder, ask=not yes)
    raise typer.Exit(take_in(session, paths, yes=yes, date_order=date_order))
