"""What a load did with every row it read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kadar.language import N_
from kadar.show.terminal import table

if TYPE_CHECKING:
    from rich.console import Console

    from kadar.show.reader import Reader
    from kadar.sync import SyncReport

_OUTCOMES = {
    "loaded": "",
    "unchanged": N_("as before, not read"),
    "removed": N_("removed"),
    "failed": N_("failed"),
}
_COUNTS = ("read", "new", "changed", "unchanged", "quarantined", "gone")


def show(console: Console, report: SyncReport, reader: Reader) -> None:
    """Print the counts of each source: read = new + changed + unchanged + quarantined."""
    if not report.sources:
        return
    made = table()
    made.add_column(reader.t(N_("source")), overflow="fold")
    made.add_column(reader.t(N_("table")))
    heads = {
        "read": N_("read"),
        "new": N_("= new"),
        "changed": N_("+ changed"),
        "unchanged": N_("+ unchanged"),
        "quarantined": N_("+ quarantined"),
        "gone": N_("gone"),
    }
    for name in _COUNTS:
        made.add_column(reader.t(heads[name]), justify="right", no_wrap=True)
    made.add_column("")
    for one in report.sources:
        counted = one.outcome in ("loaded", "removed")
        numbers = [getattr(one.counts, name) for name in _COUNTS]
        made.add_row(
            one.source,
            one.table,
            *(reader.count(n) if counted else "" for n in numbers),
            reader.t(_OUTCOMES[one.outcome]),
            style={"failed": "red", "unchanged": "dim"}.get(one.outcome),
        )
    loaded = [one for one in report.sources if one.outcome == "loaded"]
    if len(loaded) > 1:
        made.add_section()
        totals = [sum(getattr(one.counts, name) for one in loaded) for name in _COUNTS]
        made.add_row(reader.t(N_("all")), "", *map(reader.count, totals), "", style="bold")
    console.print(made)
    for one in report.sources:
        for note in one.notes:
            said = reader.t(note)
            if not said.startswith(f"{one.source}:"):
                said = f"{one.source}: {said}"
            console.print(said, style="dim", soft_wrap=True)
    if sum(one.counts.quarantined for one in loaded):
        console.print(reader.t(N_("kadar check says what was refused and how to mend it.")))
    console.print()
