"""One thing `kadar.toml` says that cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Problem:
    """One thing `kadar.toml` says that cannot be: where, and the parts of a `KadarError`."""

    path: Path
    code: str
    message: str
    remedy: str
    details: Mapping[str, object] = field(default_factory=dict)
