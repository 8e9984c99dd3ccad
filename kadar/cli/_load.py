"""Loading sources with a progress bar, and saying what became of every row."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from kadar.cli._complain import complain, say
from kadar.cli._language import t
from kadar.cli._progress import Progress, progress_bar
from kadar.errors import FAILED
from kadar.language import N_

if TYPE_CHECKING:
    from kadar.cli._log import Log
    from kadar.cli._session import Session
    from kadar.project import Project
    from kadar.sources.source import SourceKind
    from kadar.store.lock import Holder
    from kadar.sync import SyncReport


def load(
    session: Session,
    only: list[str] | None = None,
    *,
    force: bool = False,
    kinds: Callable[[str], SourceKind] | None = None,
    log: Log | None = None,
) -> int:
    """Sync sources, say what became of every row (to the `log`, if given); return the exit code."""
    from kadar.errors import KadarError
    from kadar.last_sync import Failure, LastSync, keep, of_report
    from kadar.project import load as read
    from kadar.sources.source import kind_named
    from kadar.sync import sync

    tell, began = log or Terminal(session), datetime.now(UTC)
    folder = session.folder
    try:
        project = read(folder)  # all of it checked, as reading alone does not
        tell.begin(project, only)
        with tell.progress() as progress:
            report = sync(
                project, only, progress=progress, force=force, waiting=tell.waiting,
                kinds=kinds or kind_named,
            )  # fmt: skip
            _ask_ahead(session, progress)
    except KadarError as error:
        if session.has_project():
            keep(folder, LastSync(began, datetime.now(UTC), failure=Failure.of(error)))
        raise
    keep(folder, of_report(began, report))
    tell.report(report)
    if report.published:
        session.reload()
        tell.doubtful(_doubtful(session))
    return FAILED if report.failed else 0


class Terminal:
    """Says what a sync does to whoever watches it."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def begin(self, project: Project, only: list[str] | None) -> None:
        """Say so where there is nothing to do."""
        if not project.sources and only is None:
            say(t(N_("There are no sources yet: kadar import FILE… proposes some.")))

    def progress(self) -> AbstractContextManager[Progress]:
        """Show a bar."""
        return progress_bar()

    def waiting(self, who: Holder | None) -> None:
        """Say for whom it waits."""
        _waiting(who)

    def report(self, report: SyncReport) -> None:
        """Print what became of every row, and what failed."""
        from kadar.show.loads import show

        show(self._session.console, report, self._session.reader)
        for failed in report.failed:
            if failed.error:
                complain(failed.error)
        if report.unread:
            complain(report.unread)

    def doubtful(self, count: int) -> None:
        """Say how many things in the data are doubtful."""
        if count:
            text = N_("{count} things in the data are doubtful: kadar check says which.")
            say(t(text, count=count))


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
    Terminal(session).doubtful(_doubtful(session))


def _doubtful(session: Session) -> int:
    """Check a new version, so that questions know what to withhold; count what is doubtful."""
    from kadar.errors import KadarError

    with suppress(KadarError):  # a setting of a KPI that is wrong is told by the next question
        return sum(one.severity == "doubtful" for one in session.workspace.check())
    return 0


def _waiting(who: Holder | None) -> None:
    if who is None:
        say(t(N_("Waiting for another process that writes to this store …")))
    else:
        text = N_("Waiting for process {pid}, which writes to this store since {since} …")
        say(t(text, pid=who.pid, since=who.since))
