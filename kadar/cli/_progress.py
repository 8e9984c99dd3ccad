"""A bar for long work: what is done, how much of it, how fast, how long it still takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from kadar.cli._language import language

Progress = Callable[[str, int, "int | None"], None]


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Show what is being done, its rate and the time left, while there is a terminal for it."""
    from kadar.show.terminal import console

    terminal = console(stderr=True)
    if not terminal.is_terminal:
        yield lambda what, done, total: None
        return
    from rich.progress import (
        BarColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    from kadar.language import translate

    with Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=terminal,
        transient=True,
    ) as bars:
        task = bars.add_task("", total=None, rate="")

        def tell(what: str, done: int, total: int | None) -> None:
            head, colon, step = what.rpartition(": ")
            shown = f"{head}{colon}{translate(step, language())}"
            if bars.tasks[0].description != shown:
                bars.reset(task, description=shown, total=total, rate="")
            speed = bars.tasks[0].speed
            rate = f"{pick(speed)}/s" if speed else ""
            bars.update(task, completed=done, total=total, rate=rate)

        yield tell


def pick(number: float) -> str:
    """Return a number as people read a rate: 950, 12.3 k, 4.6 M."""
    for least, unit in ((1e6, " M"), (1e3, " k")):
        if number >= least:
            return f"{number / least:.1f}{unit}"
    return f"{number:.0f}"
