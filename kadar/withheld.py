"""Numbers not shown: those that what the checks found could make wrong by more than the limit.

The checks run after a sync and in `kadar check`; what they withhold is kept beside the data, by
its version, so that a question costs no check.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from kadar.answer import Withheld
from kadar.store.publish import current
from kadar.whole_file import write_whole

if TYPE_CHECKING:
    from kadar.answer import Answer
    from kadar.kpi import Catalogue
    from kadar.project import Project


def remember(project: Project, found: Sequence[Withheld]) -> None:
    """Keep what is withheld from the current version, in place of what was."""
    place, text = _place(project.folder), json.dumps([asdict(one) for one in found])
    if place is None:
        return
    with suppress(OSError, ValueError):
        if place.read_text("utf-8") == text:  # who shows numbers need not look again
            return
    place.parent.mkdir(exist_ok=True)
    for other in place.parent.glob("*.json"):
        if other != place:
            other.unlink(missing_ok=True)
    write_whole(place, text)


def withheld(project: Project, data_version: str) -> list[Withheld]:
    """Return what is withheld from a version of the data; none where nothing was checked."""
    place = _place(project.folder)
    if place is None or place.stem != data_version:
        return []
    with suppress(OSError, ValueError, TypeError):
        return [
            Withheld(**{**one, "codes": tuple(one["codes"])})
            for one in json.loads(place.read_text("utf-8"))
        ]
    return []


def withhold(answer: Answer, found: Sequence[Withheld]) -> Answer:
    """Return the answer without the values that are withheld; each such row says why."""
    index = {(one.kpi, one.variant, one.grain, one.opens): one for one in found}
    rows = []
    for row in answer.rows:
        one = index.get((row.kpi, row.variant, row.grain, row.opens.isoformat()))
        if one is None:
            rows.append(row)
            continue
        rows.append(
            replace(
                row,
                value=None,
                numerator=None,
                denominator=None,
                lower=None,
                upper=None,
                at_least=None,
                withheld=one,
            )
        )
    return replace(answer, rows=rows)


def of_projections(kpis: Catalogue, answer: Answer, found: Sequence[Withheld]) -> list[Withheld]:
    """Return what is withheld of an answer by variants that project a withheld one."""
    index = {(one.kpi, one.variant, one.grain): one for one in found}
    return [
        replace(one, variant=row.variant, opens=row.opens.isoformat())
        for row in answer.rows
        if (projects := kpis[row.kpi].get(row.variant).projects) is not None
        and (one := index.get((row.kpi, projects, row.grain))) is not None
    ]


def stamp(folder: Path) -> tuple[str | None, int]:
    """Return the data version of a project and when what is withheld from it was written.

    As long as they are the same, an answer is what it was. Where nothing is withheld the second
    is 0, whether the data was checked or not.
    """
    place = _place(folder)
    if place is None:
        return None, 0
    try:
        state = place.stat()
    except OSError:
        return place.stem, 0
    return place.stem, state.st_mtime_ns if state.st_size > len("[]") else 0


def _place(project: Path) -> Path | None:
    folder = project / "store"
    version = current(folder)
    return folder / "checks" / f"{version}.json" if version else None
