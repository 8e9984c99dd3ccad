"""Which dimensions tell something about a change, where the asker names none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from kadar.errors import KadarError
from kadar.insight import change
from kadar.insight.division import Division
from kadar.measure.dimensions import dimensions
from kadar.measure.formula import Formula, measures

# What a company can act on. Keys and free texts have too many values to tell anything; stages and
# statuses are what became of a row, not where it came from.
TRIED = ("channel", "segment", "country", "region", "industry", "team", "owner_id", "kind",
         "product", "category", "priority", "campaign_id")  # fmt: skip
VALUES = range(2, 31)  # fewer do not divide, more do not tell


def tried(formula: Formula, divided: Callable[[str], Division | None]) -> Iterator[Division]:
    """Divide a change by each dimension that all of its measures reach and the data has."""
    tables = {measure.facts.table for measure in measures(formula)}
    for name in TRIED:
        if not all(name in dimensions(table) for table in tables):
            continue
        try:
            made = divided(name)
        except KadarError as error:
            if error.code == "KDR-ASK-005":  # the data has no such column
                continue
            raise
        if made is not None and len(made.parts) in VALUES:
            yield made


def across(divisions: Sequence[Division]) -> list[Division]:
    """Keep what tells more than chance, false alarms held to 5 % over all that was tried.

    Benjamini and Hochberg over the tests of every value of every dimension together: the more
    dimensions are tried, the more it takes.
    """
    tests = [part.p for division in divisions for part in division.parts]
    signals = iter(change.signals(tests))
    kept = []
    for division in divisions:
        parts = []
        for part in division.parts:
            signal = next(signals)
            verdict = part.verdict
            if part.p is not None:
                verdict = change.SIGNAL if signal else change.NOISE
            parts.append(replace(part, verdict=verdict))
        if division.explains > 0:
            kept.append(replace(division, parts=tuple(parts)))
    return kept
