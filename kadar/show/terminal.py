"""The terminal: its width, and what it can draw."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

UNSEEN_WIDTH = 120  # columns, where output goes to a file or a pipe
BLOCKS, PLAIN = "▁▂▃▄▅▆▇█", "_.-~=+*#"


def console(*, stderr: bool = False) -> Console:
    """Return standard output (or error) for rich text."""
    from rich.console import Console

    made = Console(stderr=stderr, highlight=False, emoji=False, markup=False, soft_wrap=False)
    if not made.is_terminal and "COLUMNS" not in os.environ:
        made = Console(
            stderr=stderr, highlight=False, emoji=False, markup=False, width=UNSEEN_WIDTH
        )
    return made


def table(*, title: str | None = None) -> Table:
    """Return an empty table: no lines but the one under its head."""
    from rich import box
    from rich.table import Table

    return Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        show_edge=False,
        header_style="dim",
        padding=(0, 1),
    )


def can_draw(console: Console) -> bool:
    """Tell whether the terminal shows more than ASCII."""
    return console.encoding.lower().startswith("utf")


def sparkline(values: list[float | None], *, plain: bool = False) -> str:
    """Draw values as a line of blocks, the lowest to the highest; a blank where there is none.

    Equal values are drawn at half height. With `plain` only ASCII is used.
    """
    levels = PLAIN if plain else BLOCKS
    there = [value for value in values if value is not None]
    if not there:
        return ""
    low, high = min(there), max(there)
    return "".join(
        " "
        if value is None
        else levels[3 if high == low else round((value - low) / (high - low) * 7)]
        for value in values
    )
