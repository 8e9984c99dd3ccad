"""What installed packages add: entry points, found once and again when packages changed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import EntryPoint
from pathlib import Path


def extensions(group: str) -> Sequence[EntryPoint]:
    """Return the entry points of a group, of every package that is installed now.

    Reading them takes as long as there are packages, a twentieth of a second for two hundred, so
    they are kept until a folder on the path has other packages in it.
    """
    return _found(group, tuple((folder, _changed(folder)) for folder in sys.path))


@lru_cache(maxsize=16)
def _found(group: str, path: tuple[tuple[str, int], ...]) -> Sequence[EntryPoint]:
    from importlib.metadata import entry_points

    return tuple(entry_points(group=group))


def _changed(folder: str) -> int:
    try:
        return Path(folder or ".").stat().st_mtime_ns
    except OSError:
        return 0
