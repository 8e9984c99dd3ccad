"""What a check finds, and what it looks at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from kadar.workspace import Workspace


@dataclass(frozen=True)
class Company:
    """What checks look at: the project, and one version of its data, read-only."""

    workspace: Workspace
    connection: DuckDBPyConnection


@dataclass(frozen=True)
class Finding:
    """One thing a check found.

    `reason` and `remedy` are templates filled by `details`. A finding that `breaks` counts
    against what `kadar check --allow` permits; others are only told.
    """

    check: str
    reason: str
    remedy: str
    breaks: bool
    source: str | None = None
    table: str | None = None
    file: str | None = None
    line: int | None = None
    column: str | None = None
    details: dict[str, Any] = field(default_factory=dict)
