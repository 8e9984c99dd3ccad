"""What a command works with: the project, the reader's language, the terminal."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from kadar.cli._language import language, speak

if TYPE_CHECKING:
    from rich.console import Console

    from kadar.project import Project
    from kadar.show.reader import Reader
    from kadar.workspace import Workspace


class Session:
    """One command's run. Making it reads nothing; the parts are there when they are used.

    The language is the one asked for, else the company's, else the environment's.
    """

    def __init__(
        self,
        project: Path | None = None,
        language: str | None = None,
        as_of: str | None = None,
    ) -> None:
        self._folder = project
        self._asked = language
        self._as_of = as_of

    @cached_property
    def workspace(self) -> Workspace:
        """The project, open for questions. Raises KDR-PRJ-001 where there is none."""
        import kadar
        from kadar.project import discover

        made = kadar.open(discover(self._folder), as_of=self._as_of)
        if self._asked is None:
            speak(_company_language(made.project))
        return made

    @property
    def project(self) -> Project:
        """The project's settings."""
        return self.workspace.project

    def reload(self) -> None:
        """Read the project again: its kadar.toml was changed."""
        self.__dict__.pop("workspace", None)

    @property
    def folder(self) -> Path:
        """The folder meant, whether it holds a project or not."""
        from kadar.project import FILE

        chosen = self._folder or os.environ.get("KADAR_PROJECT") or Path.cwd()
        path = Path(chosen).expanduser().absolute()
        return path.parent if path.name == FILE else path

    def has_project(self) -> bool:
        """Whether the folder meant holds a project."""
        from kadar.project import FILE

        return (self.folder / FILE).is_file()

    @cached_property
    def console(self) -> Console:
        """The terminal, or whatever standard output is."""
        from kadar.show.terminal import console

        return console()

    @cached_property
    def reader(self) -> Reader:
        """Who reads: the language spoken now and the company's currency and calendar."""
        from kadar.show.reader import Reader

        company = self.project.company if self.has_project() else None
        return Reader.of(company, language())


def _company_language(project: Project) -> str:
    """Return the language `[company]` states; the one spoken now where it states none."""
    import tomllib

    from kadar.project import FILE

    said = tomllib.loads((project.folder / FILE).read_text("utf-8-sig")).get("company", {})
    return str(said.get("language", language()))
