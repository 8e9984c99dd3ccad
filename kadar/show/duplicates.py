"""Probable duplicates and decisions about them, as records and as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kadar.language import N_
from kadar.show.terminal import table

if TYPE_CHECKING:
    from rich.console import Console

    from kadar.duplicates import Proposal
    from kadar.project import Project
    from kadar.show.reader import Reader


def records(found: Sequence[Proposal], reader: Reader) -> list[dict[str, Any]]:
    """Return a record for each pair, its reasons in the reader's language."""
    from kadar.duplicates import REASONS

    return [
        {
            "id": one.id,
            "score": one.score,
            "merged": one.merged,
            "merged_name": one.merged_name,
            "survivor": one.survivor,
            "survivor_name": one.survivor_name,
            "reasons": ", ".join(
                reader.t(REASONS[name], share=share) for name, share in one.reasons
            ),
        }
        for one in found
    ]


def decided(project: Project) -> list[dict[str, Any]]:
    """Return the journal's lines, the latest first."""
    from kadar.decisions import journal

    return [
        {
            "id": one.id,
            "verdict": one.verdict,
            "merged": one.merged,
            "survivor": one.survivor,
            "at": one.at.isoformat(timespec="seconds"),
            "by": one.by,
        }
        for one in reversed(journal(project.folder))
    ]


def show(console: Console, rows: Sequence[Mapping[str, Any]], reader: Reader) -> None:
    """Print records, and what can be done with them."""
    if not rows:
        console.print(reader.t(N_("There are none.")))
        return
    made = table()
    for name in rows[0]:
        made.add_column(name.replace("_", " "), overflow="fold")
    for row in rows:
        made.add_row(*("" if value is None else str(value) for value in row.values()))
    console.print(made)
    if "score" in rows[0]:
        console.print()
        text = N_("kadar duplicates accept ID… counts them as one, reject ID… keeps them apart.")
        console.print(reader.t(text), style="dim", soft_wrap=True)
