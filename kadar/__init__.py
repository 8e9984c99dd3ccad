"""kadar: from raw CRM records to the number, the reason and the next action."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from kadar.answer import Answer
    from kadar.kpi import kpi
    from kadar.workspace import Workspace, open  # noqa: A004  (kadar.open reads well)

# Public names, resolved on first use: importing kadar costs nothing.
_HOMES = {
    "Answer": "kadar.answer",
    "Workspace": "kadar.workspace",
    "open": "kadar.workspace",
    "kpi": "kadar.kpi",
}

__all__ = ["Answer", "Workspace", "kpi", "open"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'kadar' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
