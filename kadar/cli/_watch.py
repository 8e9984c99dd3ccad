"""Watching folders of exports: what is new in them is read once it is whole."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from kadar.cli._complain import complain, say
from kadar.cli._language import t
from kadar.cli._load import load
from kadar.errors import KadarError
from kadar.language import N_
from kadar.project import FILE
from kadar.store.sql import interrupted

if TYPE_CHECKING:
    from kadar.cli._log import Log
    from kadar.cli._session import Session
    from kadar.sources.files.settled import Watch

EVERY = 1.0  # seconds between two looks
SHOWN = 3  # names of files said of a source


def watch(
    session: Session,
    only: list[str] | None = None,
    *,
    log: Log | None = None,
    pause: Callable[[float], None] = time.sleep,
) -> int:
    """Sync everything, then whatever files come or change, until interrupted; return 0.

    A source whose files are still being written waits; one that fails is tried again when its
    files or kadar.toml change.
    """
    from kadar.sources.files.settled import Watch

    watching = Watch()
    _announce(session, only, log)
    with suppress(KeyboardInterrupt):
        settings, first = b"", True
        while True:
            now = (session.folder / FILE).read_bytes()
            if now != settings:
                settings, first = now, True
                watching.forget()
            try:
                first = _round(session, watching, only, log, first=first)
            except RuntimeError as error:
                if interrupted(error):
                    break
                raise
            except KadarError as error:  # kadar.toml may be mended while we watch
                first = False
                complain(error) if log is None else log.failed(error)
            pause(EVERY)
    if log is None:
        say(t(N_("No longer watching.")))
    return 0


def _announce(session: Session, only: list[str] | None, log: Log | None) -> None:
    """Say what is watched. Raises KDR-STO-006 for an `only` that names no source."""
    from kadar.project import load as read
    from kadar.sources.files.files import files_of
    from kadar.sync import chosen_sources

    project = read(session.project.folder)
    for source in chosen_sources(project, only):
        if source.kind != "files" or log is not None:
            continue
        where = source.path or [name for name, _ in files_of(project, source)]
        paths = ", ".join([where] if isinstance(where, str) else where)
        say(t(N_("Watching {paths} for “{source}”."), paths=paths, source=source.name))
    if log is None:
        say(t(N_("What comes or changes is read once it is whole. Ctrl-C ends.")))


def _round(
    session: Session, watching: Watch, only: list[str] | None, log: Log | None, *, first: bool
) -> bool:
    """Read what is due; the `first` time sources that are no files, too.

    Return whether the first time is still to come: it waits for the files that are there.
    """
    from kadar.project import load as read
    from kadar.sources.source import kind_named
    from kadar.sync import chosen_sources

    project = read(session.folder)
    asked = chosen_sources(project, only)
    due = [source for source in watching.due(project, time.monotonic()) if source in asked]
    if first and not due and watching.waits(project):
        return True
    reading = [one for one in asked if one in due or (first and one.kind != "files")]
    if not reading:
        return False
    for source in due:
        if log is None:
            _say_new(source.name, watching.news(source))
        watching.read(source)
    everything = only is None and len(reading) == len(project.sources)
    names = None if everything else list(dict.fromkeys(source.name for source in reading))
    settled = watching.kind()
    session.reload()
    load(
        session,
        names,
        kinds=lambda name: settled if name == "files" else kind_named(name),
        log=log,
    )
    return False


def _say_new(source: str, files: list[str]) -> None:
    clock = datetime.now().astimezone().strftime("%H:%M:%S")
    shown = ", ".join(files[:SHOWN])
    if len(files) > SHOWN:
        shown = t(N_("{files} and {count} more"), files=shown, count=len(files) - SHOWN)
    say(f"{clock} {source}: {shown}")
