"""The headers under which each table's columns are known: `synonyms/<table>.toml`, read."""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kadar.model import TABLES, Table
from kadar.sources.propose.names import key

FOLDER = Path(__file__).parent / "synonyms"


@dataclass(frozen=True)
class Sheet:
    """What is known of one table's headers, as comparison keys (see `names.key`).

    `columns` and `hints` give each key its rank, 0 the most telling. Hints are headers a rule of
    the table uses though no column takes them as they are. `needs` are groups of columns and
    hints: a file must have one of each group.
    """

    table: Table
    words: frozenset[str]
    needs: tuple[tuple[str, ...], ...]
    signs: frozenset[str]
    columns: dict[str, dict[str, int]]
    hints: dict[str, dict[str, int]]
    values: dict[str, dict[str, str]]  # column → key of a raw value → canonical value

    def knows(self) -> set[str]:
        """Return every header key that speaks for this table."""
        named = [*self.columns.values(), *self.hints.values()]
        return set(self.signs).union(*named)


@cache
def sheets() -> dict[str, Sheet]:
    """Read every table's sheet."""
    return {name: _read(table) for name, table in TABLES.items()}


@cache
def usual_headers(table: str, column: str) -> tuple[str, ...]:
    """Return the headers under which a column is mostly exported, the most telling first."""
    data = tomllib.loads((FOLDER / f"{table}.toml").read_text("utf-8"))
    return tuple(data["columns"].get(column, ())[:3])


@cache
def weights() -> dict[str, float]:
    """How much a header key says: 1 where one table alone knows it, a half where two do …"""
    tables = Counter(known for sheet in sheets().values() for known in sheet.knows())
    return {known: 1 / count for known, count in tables.items()}


def _read(table: Table) -> Sheet:
    data = tomllib.loads((FOLDER / f"{table.name}.toml").read_text("utf-8"))
    columns = {name: _ranks(data["columns"].get(name, [])) for name in table.column_names}
    unknown = set(data["columns"]) - set(columns)
    if unknown:
        raise ValueError(f"synonyms of {table.name} name columns that are not there: {unknown}")
    return Sheet(
        table=table,
        words=frozenset(key(word) for word in data["table"]["words"]),
        needs=tuple(tuple(group) for group in data["table"]["needs"]),
        signs=frozenset(key(sign) for sign in data["table"]["signs"]),
        columns=columns,
        hints={name: _ranks(headers) for name, headers in data.get("hints", {}).items()},
        values={
            column: {key(raw): value for value, raws in choices.items() for raw in raws}
            for column, choices in data.get("values", {}).items()
        },
    )


def _ranks(headers: list[str]) -> dict[str, int]:
    ranks: dict[str, int] = {}
    for rank, header in enumerate(headers):
        ranks.setdefault(key(header), rank)
    return ranks
