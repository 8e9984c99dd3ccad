"""Texts that say "nothing here". The word "unknown" is not among them: it is a value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kadar.sources.files.sql import one

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NULLS = ("", "?", "null", "n/a", "na", "#n/a", "-", "--", "none", "nan", "(null)", "<null>")
# "NA" beside these is North America, beside other codes of two letters Namibia.
REGIONS = ("AMER", "AMERICAS", "ANZ", "APAC", "ASEAN", "EMEA", "EU", "LATAM", "MEA", "SEA", "UKI")


def is_null(text: str | None) -> bool:
    """Tell whether a raw text stands for nothing."""
    return text is None or text.strip().lower() in NULLS


def sql_known(text: str, *, but_na: bool = False) -> str:
    """Return SQL for the trimmed text, NULL where it stands for nothing.

    `but_na`: "NA", written so, is a value of this column.
    """
    # A text much longer than the longest token cannot be one: most texts are spared the comparison.
    longest = 2 * max(map(len, NULLS))
    tokens = ", ".join(f"'{token}'" for token in NULLS)
    spared = f" AND trim({text}) <> 'NA'" if but_na else ""
    return (
        f"CASE WHEN strlen({text}) <= {longest} AND lower(trim({text})) IN ({tokens}){spared} "
        f"THEN NULL ELSE trim({text}) END"
    )


def naming_na(connection: DuckDBPyConnection, relation: str, columns: Sequence[str]) -> set[str]:
    """Return the columns (SQL over `relation`) of which "NA" is a value.

    It is where at least half of the column's other values are codes of two capital letters or
    regions as sales teams divide the world; where other words stand, it says "not available".
    """
    if not columns:
        return set()
    asked = ", ".join(f"coalesce(bool_or(trim({column}) = 'NA'), false)" for column in columns)
    there = one(connection, f"SELECT {asked} FROM {relation}")
    regions = ", ".join(f"'{name}'" for name in REGIONS)
    found = set()
    for column in (column for column, has in zip(columns, there, strict=True) if has):
        others, codes = one(
            connection,
            f"SELECT count(*), count(*) FILTER (text IN ({regions}) OR "
            "regexp_full_match(text, '[A-Z]{2}')) FROM "
            f"(SELECT DISTINCT {sql_known(column)} AS text FROM {relation}) "
            "WHERE text IS NOT NULL",
        )
        if others and codes * 2 >= others:
            found.add(column)
    return found
