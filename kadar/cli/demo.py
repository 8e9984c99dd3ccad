"""`kadar demo`: an example company, from raw exports to the scoreboard."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kadar.cli._options import Language
from kadar.language import N_

HELP = N_("Write an example company's exports, import them, and show the scoreboard.")


def demo(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=N_("A folder for it."))],
    *,
    language: Language = None,
) -> None:
    """Write, import by the same proposals as a user's files, and show every KPI."""
    from kadar.cli._complain import say
    from kadar.cli._language import t
    from kadar.cli._propose import take_in
    from kadar.cli._session import Session
    from kadar.demo import write
    from kadar.errors import KadarError
    from kadar.project import FILE
    from kadar.scoreboard import scoreboard
    from kadar.show.board import show

    file = folder / FILE
    if file.exists() and "kadar demo" not in file.read_text("utf-8", errors="replace")[:200]:
        raise KadarError(
            "KDR-CLI-008",
            N_("{folder} is a project of yours, not the example."),
            N_("Choose another folder for the example."),
            folder=folder,
        )
    say(t(N_("Writing three years of an example company's exports to {folder} …"), folder=folder))
    written = write(folder)
    session = Session(folder, language)
    code = take_in(session, [folder / made.path for made in written.files], yes=True, brief=True)
    board = scoreboard(session.workspace)
    show(session.console, board, session.workspace, session.reader)
    if code:
        raise typer.Exit(code)
