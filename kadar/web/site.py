"""The site of one project: reads its settings anew when they change, tells who visits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import kadar
from kadar import last_sync, withheld
from kadar.show.reader import Reader
from kadar.store import Store
from kadar.web.kept import Kept, Made, compressed
from kadar.web.visit import Visit, spoken, themed

if TYPE_CHECKING:
    from collections.abc import Hashable

    from starlette.requests import Request

    from kadar.web.warming import Warmer
    from kadar.workspace import Workspace

MOMENTS = 16  # workspaces kept open, each as of another moment
Stamp = tuple[tuple[str, int], ...]
State = tuple[str | None, int]
Make = Callable[[Visit, dict[str, str]], tuple[bytes, str]]


class _MovedError(Exception):
    """Another data version was published meanwhile."""


@dataclass(frozen=True)
class Look:
    """A page or a panel that is looked at: the visit, its kind, the parts of its path, its maker.

    `subject` is what decides its body, but for the data.
    """

    visit: Visit
    kind: str
    path: Mapping[str, str]
    make: Make
    subject: Hashable

    @property
    def key(self) -> Hashable:
        """What decides its body."""
        return self.subject, self.visit.state


class Site:
    """One project, served."""

    def __init__(self, folder: Path, *, may_change: bool = False) -> None:
        self.folder = folder
        self.may_change = may_change  # whether forms may write into the project
        self.kept = Kept()
        self.warmer: Warmer | None = None
        self._lock = Lock()
        self._stamp: Stamp = ()
        self._opened: dict[str | None, Workspace] = {}

    @property
    def version(self) -> str | None:
        """The data version readers see now."""
        return Store(self.folder).version()

    @property
    def state(self) -> State:
        """The data version readers see now, and when what is withheld from it was written."""
        return withheld.stamp(self.folder)

    @property
    def stamp(self) -> Stamp:
        """When the project's settings and KPIs were last written, by file."""
        files = [self.folder / "kadar.toml", *sorted((self.folder / "kpis").glob("*.py"))]
        return tuple((file.name, file.stat().st_mtime_ns) for file in files if file.exists())

    def workspace(self, as_of: str | None = None) -> Workspace:
        """Open the project; its settings are read again when their file has changed."""
        stamp = self.stamp
        with self._lock:
            if stamp != self._stamp:
                self._opened.clear()
                self._stamp = stamp
            if as_of not in self._opened:
                self._opened[as_of] = kadar.open(self.folder, as_of=as_of)
                if len(self._opened) > MOMENTS:
                    self._opened.pop(next(moment for moment in self._opened if moment != as_of))
            return self._opened[as_of]

    def visit(self, request: Request) -> Visit:
        """Read a request."""
        parameters: dict[str, list[str]] = {}
        for name, value in request.query_params.multi_items():
            parameters.setdefault(name, []).append(value)
        workspace = self.workspace(_as_of(parameters))
        company = workspace.project.company
        return Visit(
            workspace,
            Reader.of(company, spoken(request, company.language)),
            request.url.path,
            parameters,
            themed(request),
            (state := self.state)[0],
            may_change=self.may_change,
            state=state,
        )

    def unasked(self, path: str, /, **parameters: str) -> Visit:
        """Return the visit of nobody in particular, in the company's language."""
        workspace = self.workspace()
        company = workspace.project.company
        return Visit(
            workspace,
            Reader.of(company, company.language),
            path,
            {name: [value] for name, value in parameters.items()},
            version=(state := self.state)[0],
            may_change=self.may_change,
            state=state,
        )

    def look(self, visit: Visit, kind: str, path: Mapping[str, str], make: Make) -> Look:
        """Return a page or a panel as it is looked at in a visit."""
        return Look(visit, kind, path, make, self.subject(visit, kind, path))

    def again(self, look: Look) -> Look:
        """Return what was looked at, of the data and under the settings that are current now."""
        visit = replace(
            look.visit,
            workspace=self.workspace(_as_of(look.visit.parameters)),
            version=(state := self.state)[0],
            state=state,
            _made={},
        )
        return self.look(visit, look.kind, look.path, look.make)

    def ready(self, look: Look) -> Made | None:
        """Return what is looked at if it is there; None where it must be made.

        Where the warmer makes it of a new data version, that is what was made of the one before.
        """
        made = self.kept.held(look.key)
        if self.warmer is None:
            return made
        return made or self.warmer.instead(look)

    def whole(self, look: Look) -> Made:
        """Return a body that belongs wholly to one data version, kept or made now.

        A sync that publishes while the body is being made has it made again.
        """
        while True:
            try:
                return self.kept.get(look.key, partial(self._made, look))
            except _MovedError:
                look = self.again(look)

    def _made(self, look: Look) -> Made:
        body, media_type = look.make(look.visit, dict(look.path))
        if self.state != look.visit.state:
            raise _MovedError
        tag = f'"{sha256(body).hexdigest()[:24]}"'
        return Made(body, media_type, tag, zipped=compressed(body, media_type))

    def subject(self, visit: Visit, kind: str, path: Mapping[str, str]) -> tuple[object, ...]:
        """Return what decides the body of an answer to a visit, but for the data version."""
        parameters = tuple(sorted((name, tuple(v)) for name, v in visit.parameters.items()))
        # the page of the data says how the last sync went, whether it published or not
        synced = last_sync.stamp(self.folder) if visit.path.startswith("/data") else None
        return (
            kind, visit.path, tuple(path.items()), parameters, visit.language, visit.theme,
            self.stamp, synced,
        )  # fmt: skip


def _as_of(parameters: Mapping[str, list[str]]) -> str | None:
    return next(iter(parameters.get("as_of", [])), None) or None
