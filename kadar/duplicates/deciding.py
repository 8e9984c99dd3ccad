"""Deciding on pairs of customers by the ids they were proposed under."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from kadar.decisions import Decision, Verdict, add, journal, who
from kadar.duplicates import Proposal
from kadar.errors import KadarError
from kadar.language import N_

ANY = 50.0  # score from which a pair that is not proposed can still be decided on


def decide(
    folder: Path,
    proposed: Callable[[float | None], list[Proposal]],
    ids: Sequence[str],
    verdict: Verdict,
    by: str | None = None,
) -> list[Decision]:
    """Write decisions into a project's journal; see `Workspace.decide`."""
    pairs = {one.id: (one.survivor, one.merged) for one in journal(folder)}
    if list(ids) == ["all"]:
        there = proposed(None)
        chosen = [one.id for one in there]
    else:
        chosen = list(dict.fromkeys(ids))
        there = [] if all(one in pairs for one in chosen) else proposed(ANY)
    pairs = {one.id: (one.survivor, one.merged) for one in there} | pairs
    for one in chosen:
        if one not in pairs:
            raise KadarError(
                "KDR-CHK-033",
                N_("No pair of customers has the id {id}."),
                N_("List them: kadar duplicates."),
                id=one,
            )
    now, name = datetime.now(UTC), by or who()
    made = [Decision(one, verdict, *pairs[one], now, name) for one in chosen]
    add(folder, made)
    return made
