"""One visit: who reads, in which language and theme, what they ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote, urlencode

from kadar.charts.theme import LIGHT, THEMES, Theme
from kadar.language import LANGUAGES

if TYPE_CHECKING:
    from starlette.requests import Request

    from kadar.project import Project
    from kadar.show.reader import Reader
    from kadar.workspace import Workspace

T = TypeVar("T")
KEPT = ("grain", "where", "as_of", "role")  # what links of a page carry on
TAGS = {"en": "en", "ms": "ms", "zh_CN": "zh-Hans"}


@dataclass(frozen=True)
class Visit:
    """A request, read: the workspace it asks and how the answer is to be told.

    `parameters` are those of the address, a list of values each.
    """

    workspace: Workspace
    reader: Reader
    path: str
    parameters: Mapping[str, list[str]]
    theme: str | None = None  # "light", "dark"; None: what the reader's system says
    version: str | None = None  # of the data
    may_change: bool = False  # whether a form may write into the project
    state: tuple[str | None, int] = (None, 0)  # of the data, with what is withheld from it
    _made: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def once(self, name: str, make: Callable[[], T]) -> T:
        """Return what was made under a name in this visit; make it the first time."""
        if name not in self._made:
            self._made[name] = make()
        made: T = self._made[name]
        return made

    @property
    def language(self) -> str:
        """The reader's language."""
        return self.reader.language

    @property
    def tag(self) -> str:
        """The language as HTML names it."""
        return TAGS[self.language]

    @property
    def project(self) -> Project:
        """The project that is shown."""
        return self.workspace.project

    @property
    def colours(self) -> Theme:
        """The theme of a chart drawn here; light where the reader's system decides."""
        return THEMES.get(self.get("theme") or self.theme or "", LIGHT)

    def t(self, message: str, **details: object) -> str:
        """Return a marked message in the reader's language."""
        return self.reader.t(message, **details)

    def get(self, name: str, default: str | None = None) -> str | None:
        """Return the last value of a parameter; an empty one is none."""
        return next((value for value in reversed(self.parameters.get(name, [])) if value), default)

    def all(self, name: str) -> list[str]:
        """Return the values of a parameter, empty ones left out."""
        return [value for value in self.parameters.get(name, []) if value]

    @property
    def grain(self) -> str:
        """The grain asked for; a month by default."""
        return self.get("grain", "month") or "month"

    @property
    def where(self) -> list[str]:
        """The filters asked for, as texts."""
        return self.all("where")

    def url(self, path: str, /, **changes: object) -> str:
        """Return an address here that keeps grain, filters, role and `as_of`, with changes.

        A change to None leaves the parameter out; a list gives it several times.
        """
        held: dict[str, Any] = {name: self.all(name) for name in KEPT if self.all(name)}
        return address(path, {**held, **changes})

    def here(self, **changes: object) -> str:
        """Return the address of this page with parameters changed."""
        return address(self.path, {**self.parameters, **changes})

    def address(self, path: str, **changes: object) -> str:
        """Return an address elsewhere that keeps every parameter of this one, with changes."""
        return address(path, {**self.parameters, **changes})


def address(path: str, parameters: Mapping[str, object]) -> str:
    """Return a path with parameters; None and empty lists are left out."""
    pairs: list[tuple[str, str]] = []
    for name, value in parameters.items():
        several: Iterable[object] = value if isinstance(value, list | tuple) else [value]
        pairs += [(name, str(one)) for one in several if one is not None and one != ""]
    return quote(path, safe="/:@!$&'()*+,;=-._~%") + (f"?{urlencode(pairs)}" if pairs else "")


def spoken(request: Request, company: str) -> str:
    """Return the language of a request: asked for, chosen before, the browser's, the company's."""
    asked = request.query_params.get("lang") or request.cookies.get("lang")
    if asked in LANGUAGES:
        return str(asked)
    for part in request.headers.get("accept-language", "").split(","):
        tag = part.partition(";")[0].strip().lower()
        for language in LANGUAGES:
            if tag and tag.replace("-", "_").split("_")[0] == language.split("_")[0]:
                return language
    return company


def themed(request: Request) -> str | None:
    """Return the theme asked for or chosen before; None where the system decides."""
    asked = request.query_params.get("theme") or request.cookies.get("theme")
    return asked if asked in THEMES else None
