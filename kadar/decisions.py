"""What people decided about probable duplicates: a journal of plain lines in the project folder.

Nothing in it is ever changed or removed: each line says who decided what, and when; the latest
line of a pair stands. Derivation takes the accepted pairs in like `merged_into` of a source.
"""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Literal

from kadar.errors import FAILED, KadarError
from kadar.language import N_

FILE = "duplicates.jsonl"
Verdict = Literal["accepted", "rejected", "withdrawn"]
VERDICTS = ("accepted", "rejected", "withdrawn")


@dataclass(frozen=True)
class Decision:
    """One line: `merged` is (or is not) the same customer as `survivor`, as decided `at` (aware).

    A decision that is `withdrawn` leaves the pair as if nobody had decided.
    """

    id: str
    verdict: Verdict
    survivor: str
    merged: str
    at: datetime
    by: str


def pair_id(one: str, other: str) -> str:
    """Return the id of a pair of customers, whichever comes first."""
    return sha256("\n".join(sorted((one, other))).encode()).hexdigest()[:8]


def who() -> str:
    """Return the name of who decides: the user of this computer."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"


def journal(folder: Path) -> list[Decision]:
    """Return every decision in the order it was made.

    Raises KDR-PRJ-048 where a line is none.
    """
    file = folder / FILE
    if not file.exists():
        return []
    found = []
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            found.append(_decision(json.loads(line)))
        except (ValueError, TypeError, KeyError) as error:
            raise KadarError(
                "KDR-PRJ-048",
                N_("{file}, line {line}: this is no decision about duplicates."),
                N_("Mend or remove the line; each is a JSON object as kadar duplicates writes it."),
                file=file,
                line=number,
            ) from error
    return found


def standing(folder: Path, until: datetime | None = None) -> dict[str, Decision]:
    """Return the decision that stands for each pair, as known at a moment (aware); now if None."""
    latest: dict[str, Decision] = {}
    for one in journal(folder):
        if until is None or one.at <= until:
            latest[one.id] = one
    return {key: one for key, one in latest.items() if one.verdict != "withdrawn"}


def accepted(folder: Path, until: datetime | None = None) -> list[tuple[str, str]]:
    """Return the accepted merges that stand, as (merged, survivor), sorted."""
    found = standing(folder, until).values()
    return sorted((one.merged, one.survivor) for one in found if one.verdict == "accepted")


def rejected(folder: Path, until: datetime | None = None) -> list[tuple[str, str]]:
    """Return the pairs that people said are two customers, as (merged, survivor), sorted."""
    found = standing(folder, until).values()
    return sorted((one.merged, one.survivor) for one in found if one.verdict == "rejected")


def add(folder: Path, decisions: Iterable[Decision]) -> None:
    """Write decisions at the journal's end, on disk before this returns. Raises KDR-PRJ-049."""
    text = "".join(
        json.dumps({**asdict(one), "at": one.at.astimezone(UTC).isoformat()}, ensure_ascii=False)
        + "\n"
        for one in decisions
    )
    file = folder / FILE
    try:
        with file.open("a", encoding="utf-8") as journal_:
            journal_.write(text)
            journal_.flush()
            os.fsync(journal_.fileno())
    except OSError as error:
        raise KadarError(
            "KDR-PRJ-049",
            N_("{file} cannot be written: {detail}."),
            N_("Mend the folder's rights; nothing was decided."),
            exit_code=FAILED,
            file=file,
            detail=error.strerror or str(error),
        ) from error


def _decision(said: dict[str, str]) -> Decision:
    at = datetime.fromisoformat(said["at"])
    if said["verdict"] not in VERDICTS or at.tzinfo is None:
        raise ValueError(said)
    id_ = pair_id(said["survivor"], said["merged"])
    return Decision(id_, said["verdict"], said["survivor"], said["merged"], at, said["by"])  # type: ignore[arg-type]
