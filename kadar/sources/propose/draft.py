"""A table drafted for a file: which header serves which column, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kadar.model import Column
from kadar.sources.files.header import bare
from kadar.sources.propose.names import key
from kadar.sources.propose.profile import Field
from kadar.sources.propose.synonyms import Sheet, weights
from kadar.store.sql import quoted

FITS = {
    # type of a column: the kinds of values that can become it
    "moment": {"moment", "date", "empty"},
    "money": {"money", "number", "empty"},
    "number": {"money", "number", "empty"},
    "integer": {"number", "empty"},
    "boolean": {"boolean", "number", "empty"},
}


@dataclass
class Draft:
    """One way to read a file: as rows of `sheet.table`.

    `columns` is what goes into kadar.toml: a header, or "= expression". `fields` are the columns
    of the file that a column of the table or a hint was found for.
    """

    sheet: Sheet
    path: Path
    all_fields: Sequence[Field]
    vendor: str | None = None
    score: float = 0.0
    fields: dict[str, Field] = field(default_factory=dict)
    rivals: dict[str, list[Field]] = field(default_factory=dict)  # others that would fit as well
    columns: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    conditions: list[str] = field(default_factory=list)  # SQL: which records count
    latest_by: str | None = None  # SQL: which of several versions of a record stands
    notes: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    undecided: dict[str, str] = field(default_factory=dict)  # date column → an example
    also: list[Draft] = field(default_factory=list)  # further tables in the same file

    @property
    def words(self) -> str:
        """Return the file's name as words: what is left without dates and "export"."""
        return key(self.path.stem)

    def map(self, column: str, found: Field) -> None:
        """Let a header serve a column as it is."""
        self.fields[column] = found
        self.columns[column] = found.header

    def expression(self, column: str, sql: str) -> None:
        """Let an SQL expression over the headers serve a column."""
        self.columns[column] = f"= {sql}"

    def drop(self, column: str) -> Field | None:
        """Take a column out again; return the field that served it."""
        self.columns.pop(column, None)
        self.values.pop(column, None)
        return self.fields.pop(column, None)

    def lacks(self) -> list[tuple[str, ...]]:
        """Return the groups of columns the table needs and the file has none of."""
        return [
            group
            for group in self.sheet.needs
            if not any(name in self.columns or name in self.fields for name in group)
        ]

    def sibling(self, sheet: Sheet) -> Draft:
        """Begin a draft of another table over the same file."""
        made = Draft(sheet, self.path, self.all_fields, self.vendor, self.score)
        made.conditions = list(self.conditions)
        made.latest_by = self.latest_by
        return made


def draft(sheet: Sheet, path: Path, fields: Sequence[Field]) -> Draft:
    """Match headers with the columns of one table, the most telling headers first."""
    made = Draft(sheet, path, fields)
    candidates = sorted(
        (rank, order, found.position, column.name, found)
        for order, column in enumerate(sheet.table.columns)
        for found in fields
        if (rank := _rank(sheet.columns[column.name], found)) is not None and fits(column, found)
    )
    taken: set[int] = set()
    for _, _, position, name, found in candidates:
        if position in taken:
            continue
        if name in made.columns:
            made.rivals.setdefault(name, []).append(found)
            continue
        taken.add(position)
        made.map(name, found)
    for hint, ranks in sheet.hints.items():
        ranked = [(rank, f.position, f) for f in fields if (rank := _rank(ranks, f)) is not None]
        if ranked:
            made.fields[hint] = min(ranked)[2]
    _own_id(made)
    made.score = _score(made)
    return made


def _own_id(made: Draft) -> None:
    """Take a plain "id" that no two records share for the key: other numbers are of the trade."""
    own = next((f for f in made.all_fields if f.keys[0] in {"id", "sysid"}), None)
    key_columns = made.sheet.table.key
    if own is None or len(key_columns) != 1 or not own.known or not own.unique:
        return
    before = made.fields.get(key_columns[0])
    if before is not None and before is not own and own not in made.fields.values():
        made.map(key_columns[0], own)
        made.rivals.pop(key_columns[0], None)


def fits(column: Column, found: Field) -> bool:
    """Tell whether the values of a field can become the column."""
    if column.type != "text":
        return found.kind in FITS[column.type]
    if column.references or column.choices or column.name.endswith("_id"):
        return found.kind not in {"moment", "date", "money", "boolean"}
    return True


def yes(found: Field) -> str:
    """SQL that is true where a field says yes, and false where it says no or nothing."""
    text = f"coalesce(lower(cast({quoted(found.header)} as varchar)), '')"
    return f"{text} in ('true', 't', 'yes', 'y', '1', '是', 'ya')"


def _rank(ranks: dict[str, int], found: Field) -> float | None:
    """Place of the field's header in a list of synonyms; a trimmed reading comes after a full."""
    known = [ranks[k] + 0.5 * min(trimmed, 1) for trimmed, k in enumerate(found.keys) if k in ranks]
    return min(known, default=None)


def _score(made: Draft) -> float:
    """How much the headers say for this table: each counts by how few tables know it."""
    weight = weights()
    used = {found.position for found in made.fields.values()}
    total = 0.0
    for found in made.all_fields:
        known = [k for k in found.keys if k in made.sheet.knows()]
        if known and (found.position in used or known[0] in made.sheet.signs):
            total += weight[known[0]]
    return total


def has(made: Draft, *headers: str) -> bool:
    """Tell whether the file has one of these headers."""
    wanted = {key(header) for header in headers}
    return any(wanted & set(found.keys) for found in made.all_fields)


def shown(headers: Sequence[str]) -> str:
    """Name headers in a sentence."""
    return ", ".join(f"“{bare(header) and header}”" for header in headers)
