"""What checks found: refused rows by source, then what is only told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kadar.language import N_
from kadar.show.terminal import table

if TYPE_CHECKING:
    from rich.console import Console

    from kadar.checks import Finding
    from kadar.show.reader import Reader


def records(found: Sequence[Finding], reader: Reader) -> list[dict[str, Any]]:
    """Return a record for each finding, words in the reader's language."""
    return [
        {
            "check": one.check,
            "breaks": one.breaks,
            "source": one.source,
            "table": one.table,
            "file": one.file,
            "line": one.line,
            "column": one.column,
            "reason": reader.t(one.reason, **one.details),
            "remedy": reader.t(one.remedy, **one.details),
        }
        for one in found
    ]


def show(
    console: Console, found: Sequence[Finding], reader: Reader, *, limit: int | None = None
) -> None:
    """Print findings, at most `limit` of each source."""
    by_source: dict[tuple[str, str], list[Finding]] = {}
    for one in found:
        if one.breaks:
            by_source.setdefault((one.source or "", one.table or ""), []).append(one)
    for (source, name), several in by_source.items():
        text = N_("{source}: {count} refused for {table}")
        head = reader.t(text, source=source, count=reader.count(len(several)), table=name)
        console.print(head, style="bold")
        console.print(_table(several[:limit], reader))
        if limit is not None and len(several) > limit:
            more = reader.count(len(several) - limit)
            text = N_("… and {count} more: --limit 0, or --format csv.")
            console.print(reader.t(text, count=more), style="dim")
        console.print()
    if not by_source:
        console.print(reader.t(N_("Nothing was refused.")))
        console.print()
    for one in found:
        if not one.breaks:
            console.print(reader.t(one.reason, **one.details), soft_wrap=True)
            console.print("  " + reader.t(one.remedy, **one.details), style="dim", soft_wrap=True)


def _table(several: Sequence[Finding], reader: Reader) -> Any:
    made = table()
    made.add_column(reader.t(N_("file")), overflow="fold")
    made.add_column(reader.t(N_("line")), justify="right", no_wrap=True)
    made.add_column(reader.t(N_("column")), overflow="fold")
    made.add_column(reader.t(N_("reason")), overflow="fold")
    made.add_column(reader.t(N_("remedy")), overflow="fold", style="dim")
    for one in several:
        made.add_row(
            one.file or "",
            "" if one.line is None else str(one.line),
            one.column or "",
            reader.t(one.reason, **one.details) if one.details else reader.t(one.reason),
            reader.t(one.remedy, **one.details) if one.details else reader.t(one.remedy),
        )
    return made
