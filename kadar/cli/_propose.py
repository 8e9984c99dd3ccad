"""From files to loaded sources: the proposal, the consent, kadar.toml, the load."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from kadar.cli._complain import say
from kadar.cli._language import t
from kadar.cli._load import load
from kadar.cli._progress import Progress, progress_bar
from kadar.errors import NO
from kadar.language import N_

if TYPE_CHECKING:
    from kadar.cli._session import Session
    from kadar.sources.propose import Proposal


def take_in(
    session: Session,
    paths: Sequence[Path],
    *,
    yes: bool,
    brief: bool = False,
    date_order: str | None = None,
) -> int:
    """Propose sources for files, show them (`brief`: a line each), ask (unless `yes`), load them.

    `date_order` ("dmy" or "mdy") is how dates are read that can be read both ways. Returns the exit
    code: 1 where a file could not be proposed or consent was refused. Raises KDR-MAP-013 before
    anything is written where such dates are left undecided.
    """
    from kadar.computable import gained
    from kadar.show import proposals as shown
    from kadar.sources.propose import add_sources, dated, propose

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
    undecided = [p for p in proposals if p.source and p.undecided and not p.covered_by]
    if undecided:
        order = date_order or _asked(undecided, ask=not yes)
        fresh = [dated(p, order).source or p.source for p in proposals if p.source in fresh]
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


def _asked(undecided: Sequence[Proposal], *, ask: bool) -> str:
    """Ask in which order dates are written; KDR-MAP-013 where nobody is there to answer."""
    from kadar.errors import KadarError
    from kadar.sources.propose import ORDERS

    first = undecided[0]
    column, example = next(iter(first.undecided.items()))
    if ask:
        question = t(
            N_("Does the day (dmy) or the month (mdy) come first in “{example}” of {path}?"),
            example=example,
            path=first.path,
        )
        answer = ""
        while answer not in ORDERS:
            answer = str(typer.prompt(question, err=True)).strip().lower()
        return answer
    raise KadarError(
        "KDR-MAP-013",
        N_(
            "{path}, column {column}: no value tells whether the day or the month comes first, "
            "as in “{example}”. Nothing was changed."
        ),
        N_("Say it: --date-order dmy or --date-order mdy."),
        exit_code=NO,
        path=", ".join(p.path for p in undecided),
        column=column,
        example=example,
    )


def _told(paths: Sequence[Path], progress: Progress) -> Iterator[Path]:
    """Yield paths, telling which one is looked at."""
    for position, path in enumerate(paths):
        progress(f"{path.name}: {N_('looking at it')}", position, len(paths))
        yield path
