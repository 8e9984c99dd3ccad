"""Saying what went wrong, on standard error."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from kadar.cli._language import language

if TYPE_CHECKING:
    from kadar.errors import KadarError


def complain(error: KadarError) -> None:
    """Print an error's sentence and next step, its code at the end."""
    spoken = language()
    print(error.sentence(spoken), file=sys.stderr)  # noqa: T201
    print(f"→ {error.next_step(spoken)}  [{error.code}]", file=sys.stderr)  # noqa: T201


def say(text: str) -> None:
    """Print a remark that is no part of a command's output, on standard error."""
    print(text, file=sys.stderr)  # noqa: T201
