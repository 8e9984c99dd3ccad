"""The site of one project: reads its settings anew when they change, tells who visits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import kadar
from kadar.show.reader import Reader
from kadar.store import Store
from kadar.web.kept import Kept, Made
from kadar.web.visit import Visit, spoken, themed

if TYPE_CHECKING:
    from starlette.requests import Request

    from kadar.workspace import Workspace

Stamp = tuple[tuple[str, int], ...]
Make = Callable[[Visit, dict[str, str]], tuple[bytes, str]]


class _MovedError(Exception):
    """Another data version was published meanwhile."""


class Site:
    """One project, served."""

    def __init__(self, folder: Path, *, may_change: bool = False) -> None:
        self.folder = folder
        self.may_change = may_change  # whether forms may write into the project
        self.kept = Kept()
        self._lock = Lock()
        self._stamp: Stamp = ()
        self._workspace: Workspace | None = None

    @property
    def version(self) -> str | None:
        """The data version readers see now."""
        return Store(self.folder).version()

    @property
    def stamp(self) -> Stamp:
        """When the project's settings and KPIs were last written, by file."""
        files = [self.folder / "kadar.toml", *sorted((self.folder / "kpis").glob("*.py"))]
        return tuple((file.name, file.stat().st_mtime_ns) for file in files if file.exists())

    def workspace(self, as_of: str | None = None) -> Workspace:
        """Open the project; its settings are read again when their file has changed."""
        if as_of is not None:
            return kadar.open(self.folder, as_of=as_of)
        stamp = self.stamp
        with self._lock:
            if self._workspace is None or stamp != self._stamp:
                self._workspace = kadar.open(self.folder)
                self._stamp = stamp
            return self._workspace

    def visit(self, request: Request) -> Visit:
        """Read a request."""
        parameters: dict[str, list[str]] = {}
        for name, value in request.query_params.multi_items():
            parameters.setdefault(name, []).append(value)
        workspace = self.workspace(next(iter(parameters.get("as_of", [])), None) or None)
        company = workspace.project.company
        return Visit(
            workspace,
            Reader.of(company, spoken(request, company.language)),
            request.url.path,
            parameters,
            themed(request),
            self.version,
            may_change=self.may_change,
        )

    def whole(
        self, request: Request, kind: str, path: Mapping[str, str], make: Make
    ) -> tuple[Visit, Made]:
        """Return a body that belongs wholly to one data version, kept or made now.

        A sync that publishes while the body is being made has it made again.
        """
        while True:
            visit = self.visit(request)
            try:
                return visit, self.kept.get(
                    self.key(visit, kind, path), partial(self._made, visit, dict(path), make)
                )
            except _MovedError:
                continue

    def _made(self, visit: Visit, path: dict[str, str], make: Make) -> Made:
        body, media_type = make(visit, path)
        if self.version != visit.version:
            raise _MovedError
        return Made(body, media_type, f'"{sha256(body).hexdigest()[:24]}"')

    def key(self, visit: Visit, kind: str, path: Mapping[str, str]) -> tuple[object, ...]:
        """Return what decides the body of an answer to a visit."""
        parameters = tuple(sorted((name, tuple(v)) for name, v in visit.parameters.items()))
        return (
            kind, visit.path, tuple(path.items()), parameters, visit.language, visit.theme,
            visit.version, self.stamp,
        )  # fmt: skip
