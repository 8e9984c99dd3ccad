"""From files to loaded sources: the proposal, the consent, kadar.toml, the load."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from kadar.cli._complain import say
from kadar.cli._language import t
from kadar.cli._load import Progress, load, progress_bar
from kadar.errors import NO
from kadar.language import N_

if TYPE_CHECKING:
    from kadar.cli._session import Session


def take_in(session: Session, paths: Sequence[Path], *, yes: bool, brief: bool = False) -> int:
    """Propose sources for files, show them (`brief`: a line each), ask (unless `yes`), load them.

    Returns the exit code: 1 where a file could not be proposed or consent was refused.
    """
    from kadar.computable import gained
    from kadar.show import proposals as shown
    from kadar.sources.propose import add_sources, propose

    project, console, reader = session.project, session.console, session.reader
    with progress_bar() as progress:
        proposals = propose(project, _told(paths, progress))
    if brief:
        shown.show_brief(console, proposals, reader)
    else:
        for proposal in proposals:
            shown.show(console, proposal, reader)
    fresh = [p.source for p in proposals if p.source and not p.covered_by]
    known = [p.covered_by for p in proposals if p.covered_by]
    refused = [p for p in proposals if p.source is None and not p.covered_by]
    if not fresh and not known:
        return NO
    if fresh:
        works, lacks = gained(project, session.workspace.kpis, fresh)
        shown.show_kpis(console, session.workspace.kpis, works, lacks, reader)
        question = t(N_("Write this to kadar.toml and load it?"))
        if not yes and not typer.confirm(question, default=True, err=True):
            say(t(N_("Nothing was changed.")))
            return NO
        add_sources(project.folder, fresh)
        session.reload()
    names = list(dict.fromkeys([*known, *(source.name for source in fresh)]))
    return load(session, names) or (NO if refused else 0)


def _told(paths: Sequence[Path], progress: Progress) -> Iterator[Path]:
    """Yield paths, telling which one is looked at."""
    for position, path in enumerate(paths):
        progress(f"{path.name}: {N_('looking at it')}", position, len(paths))
        yield path
