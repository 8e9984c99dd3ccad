"""A page: one file in `kadar/web/pages`, found by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from kadar.web.panel import Panel

View = Callable[..., dict[str, Any]]
PanelOf = Callable[..., Panel]


@dataclass(frozen=True)
class Page:
    """A page: its address, its view and its panels.

    `path` may hold parts in braces, given to the view and the panels by name. The view returns
    what the template shows; each panel has addresses of its own, `<path>/<panel>.<suffix>`. Pages
    with a `place` are in the navigation, in its order. A page with a `change` has a form that is
    posted to its path: it is given the visit and the form, and returns the address to see next.
    """

    path: str
    template: str
    title: str
    view: View
    panels: dict[str, PanelOf] = field(default_factory=dict)
    place: int | None = None
    key: str = ""  # the key that leads here after `g`
    change: Callable[..., str] | None = None


@cache
def pages() -> tuple[Page, ...]:
    """Return every page, those of the navigation first in its order."""
    from kadar.web import pages as room

    found = [
        import_module(f"{room.__name__}.{module.name}").PAGE
        for module in iter_modules(room.__path__)
    ]
    return tuple(sorted(found, key=lambda p: (p.place is None, p.place or 0, p.path)))
