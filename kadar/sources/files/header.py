"""The header row: where it is, its names made unique, and names compared as people see them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

REQUIRED_MARK = re.compile(r"\((?:必填|必須|required|wajib)\)|[*]+$|^[*]+", re.IGNORECASE)
OWN = ("_row", "_load", "_file", "_line", "_ragged", "_number")  # landing's own columns
NUMBERISH = re.compile(r"^[^\w]*[\d.,:/\- ]+[%]?$")


def normal(name: str) -> str:
    """Return a header as it is compared: NFKC, casefolded, trimmed, blanks collapsed."""
    text = unicodedata.normalize("NFKC", name).replace("\ufeff", "").casefold()
    return " ".join(text.split())


def bare(name: str) -> str:
    """Return `normal` without the marks exports add to required fields (（必填）, *)."""
    return " ".join(REQUIRED_MARK.sub("", normal(name)).split())


def unique(names: Sequence[str | None]) -> list[str]:
    """Make names usable as columns: none empty, none twice (letter case counts as the same).

    An empty name becomes `column_<position>`; the second of two equal names gets ` (2)`.
    """
    taken: set[str] = set(OWN)
    made: list[str] = []
    for position, name in enumerate(names, start=1):
        wanted = " ".join((name or "").replace("\ufeff", "").split()) or f"column_{position}"
        given, number = wanted, 1
        while given.casefold() in taken:
            number += 1
            given = f"{wanted} ({number})"
        taken.add(given.casefold())
        made.append(given)
    return made


def filled(row: Sequence[str | None]) -> int:
    """Count the cells of a row that hold something."""
    return sum(1 for cell in row if cell is not None and cell.strip())


def _width(rows: Sequence[Sequence[str | None]]) -> int:
    """The most cells a row fills, among rows of the usual length: a stray long one is no measure.

    Single fields, as in titles, have no say where two rows are longer.
    """
    lengths = Counter(len(row) for row in rows[:100])
    longer = Counter({length: times for length, times in lengths.items() if length > 1})
    usual = longer if longer.total() > 1 else lengths
    length = max(usual, key=lambda n: (usual[n], n), default=0)
    return max((filled(row) for row in rows[:100] if len(row) == length), default=0)


def header_at(rows: Sequence[Sequence[str | None]]) -> int | None:
    """Find the header among the first rows of a table: its index, or None where there is none.

    Title lines above it have fewer filled cells than the table is wide. A first row of nothing
    but numbers and dates is no header: the file has none.
    """
    widest = _width(rows)
    for index, row in enumerate(rows):
        count = filled(row)
        if count and count * 4 >= widest * 3:
            cells = [cell.strip() for cell in row if cell is not None and cell.strip()]
            bare_data = len(cells) > 1 and all(NUMBERISH.match(cell) for cell in cells)
            return None if bare_data else index
    return None


def data_at(rows: Sequence[Sequence[str | None]]) -> int:
    """Find the first row as wide as the table: where a file without a header begins."""
    widest = _width(rows)
    return next((i for i, row in enumerate(rows) if filled(row) * 4 >= widest * 3), 0)
