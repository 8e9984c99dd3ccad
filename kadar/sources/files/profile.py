"""The shapes of a column's texts: what differs in more than digits, how often, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kadar.sources.files.calendar_text import ISO, Layout, layout_of
from kadar.sources.files.numbers import PLAIN, WRITTEN, narrowed
from kadar.sources.files.sql import one

if TYPE_CHECKING:
    from collections.abc import Callable

    from duckdb import DuckDBPyConnection

DIGITS = "012345678０１２３４５６７８９"
MOST_SHAPES = 3000  # a column of numbers or dates has tens; beyond, the rare ones count as wrong


@dataclass(frozen=True)
class TextShape:
    """Texts that differ in their digits only (each written as 9)."""

    shape: str
    count: int
    example: str  # the first of them
    row: int  # its _row
    zero_led: bool  # begins with "0." or "0,": what follows is a decimal mark

    @property
    def layout(self) -> Layout | None:
        """How it is read as a date; None where it is none."""
        return layout_of(self.shape)

    @property
    def number(self) -> bool:
        """Whether it is written as a number."""
        return bool(PLAIN.match(self.shape) or WRITTEN.match(narrowed(self.shape)))


@dataclass(frozen=True)
class Place:
    """What an error about a column says: which source, which column, where a row is."""

    source: str
    column: str
    where: Callable[[int], str]  # _row → "exports/deals.csv, line 17"


def iso_only(connection: DuckDBPyConnection, relation: str, text: str) -> tuple[bool, bool]:
    """Tell whether every text of a column is an ISO date or moment without a zone, and whether
    any has a clock time: a look ten times cheaper than `shapes_of`.
    """
    known, iso, timed = one(
        connection,
        f"SELECT count(text), count(*) FILTER (regexp_full_match(text, '{ISO[1:-1]}')), "
        f"count(*) FILTER (contains(text, ':')) FROM (SELECT {text} AS text FROM {relation})",
    )
    return 0 < known == iso, timed > 0


def plain_only(connection: DuckDBPyConnection, relation: str, text: str) -> bool:
    """Tell whether every text of a column is a plain number whose point, if any, is decimal."""
    known, plain, pointed, shown = one(
        connection,
        f"""
        SELECT count(text), count(number) FILTER (isfinite(number)),
            coalesce(bool_or(point > 0), false),
            coalesce(bool_or(point > 0 AND (length(text) - point <> 3 OR point > 5)), false)
        FROM (
            SELECT text, TRY_CAST(text AS DOUBLE) AS number, strpos(text, '.') AS point
            FROM (SELECT {text} AS text FROM {relation})
        )
        """,
    )
    return 0 < known == plain and (shown or not pointed)


def shapes_of(connection: DuckDBPyConnection, relation: str, text: str) -> list[TextShape]:
    """Return the shapes of a column, the most frequent first.

    `relation` has `_row`; `text` is SQL over it for the known text, NULL where there is none.
    """
    nines = "9" * len(DIGITS)
    rows = connection.execute(
        f"""
        SELECT shape, sum(times)::BIGINT, arg_min(text, row), min(row), zero_led FROM (
            SELECT row, text, times, translate(text, '{DIGITS}', '{nines}') AS shape,
                regexp_matches(text, '^[-+( ]*0[.,]') AS zero_led
            FROM (
                SELECT text, min(_row) AS row, count(*) AS times
                FROM (SELECT _row, {text} AS text FROM {relation})
                WHERE text IS NOT NULL GROUP BY text
            )
        )
        GROUP BY shape, zero_led ORDER BY sum(times) DESC, min(row) LIMIT {MOST_SHAPES}
        """
    ).fetchall()
    return [TextShape(*row) for row in rows]
