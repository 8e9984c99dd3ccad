"""Loading sources with a progress bar, and saying what became of every row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from kadar.cli._complain import complain, say
from kadar.cli._language import language, t
from kadar.errors import FAILED
from kadar.language import N_

if TYPE_CHECKING:
    from kadar.cli._session import Session
    from kadar.store.lock import Holder
    from kadar.sync import SyncReport

Progress = Callable[[str, int, "int | None"], None]


def load(session: Session, only: list[str] | None = None, *, force: bool = False) -> int:
    """Sync sources, print the counts; return the exit code."""
    from kadar.project import load as read
    from kadar.show.loads import show
    from kadar.sync import sync

    project = read(session.project.folder)  # all of it checked, as reading alone does not
    if not project.sources and only is None:
        say(t(N_("There are no sources yet: kadar import FILE… proposes some.")))
    with progress_bar() as progress:
        report = sync(project, only, progress=progress, force=force, waiting=_waiting)
        _ask_ahead(session, progress)
    show(session.console, report, session.reader)
    if report.published:
        session.reload()
        _check(session)
    return _failures(report)


def _ask_ahead(session: Session, progress: Progress) -> None:
    """Make the scoreboard's answers ready; whatever hinders that is told when it is asked."""
    from kadar.errors import KadarError
    from kadar.warm import warm

    progress(N_("preparing the scoreboard"), 0, None)
    with suppress(KadarError):
        warm(session.workspace)


def refresh(session: Session) -> None:
    """Derive and publish anew what decisions changed, and check it."""
    from kadar.project import load as read
    from kadar.store import Store

    project = read(session.project.folder)
    with progress_bar() as progress, Store(project.folder).writer(30, _waiting) as writer:
        writer.publish(project, progress=progress)
    session.reload()
    _check(session)


def _check(session: Session) -> None:
    """Check a new version, so that questions know what to withhold; say what is broken."""
    from kadar.errors import KadarError

    with suppress(KadarError):  # a setting of a KPI that is wrong is told by the next question
        found = session.workspace.check()
        doubtful = sum(one.severity == "doubtful" for one in found)
        if doubtful:
            text = N_("{count} things in the data are doubtful: kadar check says which.")
            say(t(text, count=doubtful))


def _failures(report: SyncReport) -> int:
    for failed in report.failed:
        if failed.error:
            complain(failed.error)
    if report.unread:
        complain(report.unread)
    return FAILED if report.failed else 0


def _waiting(who: Holder | None) -> None:
    if who is None:
        say(t(N_("Waiting for another process that writes to this store …")))
    else:
        text = N_("Waiting for process {pid}, which writes to this store since {since} …")
        say(t(text, pid=who.pid, since=who.since))


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Show what is being done and how far it is, while there is a terminal to show it on."""
    from kadar.show.terminal import console

    terminal = console(stderr=True)
    if not terminal.is_terminal:
        yield lambda what, done, total: None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from kadar.language import translate

    with Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
        console=terminal,
        transient=True,
    ) as bars:
        task = bars.add_task("", total=None)

        def tell(what: str, done: int, total: int | None) -> None:
            head, colon, step = what.rpartition(": ")
            shown = f"{head}{colon}{translate(step, language())}"
            bars.update(task, description=shown, completed=done, total=total)

        yield tell
