"""What checks found: refused rows by source, then what is only told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kadar.language import N_
from kadar.show.terminal import table

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

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
    by_source: dict[str, list[Finding]] = {}
    for one in found:
        if one.breaks:
            by_source.setdefault(one.source or "", []).append(one)
    if by_source:
        console.print(_table(by_source, reader, limit))
        console.print()
        counts = ", ".join(f"{name} {reader.count(len(all_))}" for name, all_ in by_source.items())
        total = reader.count(sum(map(len, by_source.values())))
        text = N_("Refused rows: {total} ({by_source}).")
        console.print(reader.t(text, total=total, by_source=counts))
        if limit is not None and any(len(several) > limit for several in by_source.values()):
            text = N_("Of each source {limit} are shown: --limit 0 or --format csv shows all.")
            console.print(reader.t(text, limit=limit), style="dim")
    else:
        console.print(reader.t(N_("Nothing was refused.")))
    for one in found:
        if not one.breaks:
            console.print()
            console.print(reader.t(one.reason, **one.details), soft_wrap=True)
            console.print("  " + reader.t(one.remedy, **one.details), style="dim", soft_wrap=True)


def _table(by_source: Mapping[str, Sequence[Finding]], reader: Reader, limit: int | None) -> Table:
    made = table()
    made.add_column(reader.t(N_("file")), overflow="fold")
    made.add_column(reader.t(N_("line")), justify="right", no_wrap=True)
    made.add_column(reader.t(N_("column")), no_wrap=True)
    made.add_column(reader.t(N_("reason")), overflow="fold")
    made.add_column(reader.t(N_("remedy")), overflow="fold", style="dim")
    for several in by_source.values():
        for one in several[:limit]:
            made.add_row(
                one.file or "",
                "" if one.line is None else str(one.line),
                one.column or "",
                reader.t(one.reason, **one.details),
                reader.t(one.remedy, **one.details),
            )
    return made
