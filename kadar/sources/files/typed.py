"""Columns given the type their values have, for expressions and queries over raw headers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kadar.errors import KadarError
from kadar.sources.files.dates import moments
from kadar.sources.files.decimal_mark import decimal_mark
from kadar.sources.files.nulls import sql_known
from kadar.sources.files.numbers import PLAIN, sql_number
from kadar.sources.files.profile import Place, TextShape, iso_only, shapes_of
from kadar.sources.files.sql import one
from kadar.store.sql import quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from kadar.project import Project, Source

LONG = 15  # digits a number keeps for certain: more is an id


@dataclass(frozen=True)
class Typed:
    """A header as SQL: its typed value, its known text, and whether some texts do not fit."""

    sql: str
    text: str
    type: str  # "BIGINT", "DECIMAL(18,4)", "DOUBLE", "TIMESTAMP" or "VARCHAR"
    partial: bool = False  # the value is NULL for some known texts


def typed(  # noqa: PLR0911, PLR0917 (a header, and where it stands)
    connection: DuckDBPyConnection,
    project: Project,
    source: Source,
    relation: str,
    header: str,
    place: Place,
    share: float,
) -> Typed:
    """Give a raw header its type: a number or a moment if at least `share` of its texts are such.

    Moments are local time of the company, without zone. What stays open between two ways of
    reading is text.
    """
    text = sql_known(quoted(header))
    as_text = Typed(text, text, "VARCHAR")
    if iso_only(connection, relation, text)[0]:
        return Typed(f"TRY_CAST({text} AS TIMESTAMP)", text, "TIMESTAMP")
    shapes = shapes_of(connection, relation, text)
    total = sum(shape.count for shape in shapes)
    if not total:
        return as_text
    date_format = source.date_format if isinstance(source.date_format, str) else None
    zone = project.company.time_zone
    dated = sum(s.count for s in shapes if s.layout and not s.layout.month_only)
    if dated >= share * total and not _compact(shapes):
        try:
            read = moments(connection, relation, text, shapes, date_format, zone, place)
        except KadarError:
            return as_text
        local = f"timezone('{zone}', {read.sql})"
        return Typed(local, text, "TIMESTAMP", dated < total)
    numbered = sum(shape.count for shape in shapes if shape.number)
    if numbered < share * total or _ids(connection, relation, text, shapes):
        return as_text
    try:
        mark = decimal_mark(shapes, "money", project.company.currency, source.decimal, place)
    except KadarError:
        return as_text
    type_ = _number_type(shapes, mark)
    return Typed(sql_number(text, mark, type_), text, type_, numbered < total)


def _compact(shapes: list[TextShape]) -> bool:
    """Dates without any mark (20210415) are numbers here: nothing tells them apart."""
    return all(re.fullmatch(r"9+", shape.shape) for shape in shapes)


def _ids(connection: DuckDBPyConnection, relation: str, text: str, shapes: list[TextShape]) -> bool:
    """Digits that lead with zeros or are too long for a number are ids."""
    if any(re.fullmatch(rf"9{{{LONG + 1},}}", shape.shape) for shape in shapes):
        return True
    zero_led = one(
        connection,
        rf"SELECT count(*) FROM (SELECT {text} AS text FROM {relation}) "
        r"WHERE starts_with(text, '0') AND regexp_matches(text, '^0\d+$')",
    )
    return bool(zero_led[0])


def _number_type(shapes: list[TextShape], mark: str) -> str:
    plain = [shape.shape for shape in shapes if PLAIN.match(shape.shape)]
    if len(plain) == len(shapes) and all(re.fullmatch(r"[+-]?9+", shape) for shape in plain):
        return "BIGINT"
    places = [
        len(shape.shape.strip().rpartition(mark)[2].rstrip(" )%KMBkmb"))
        for shape in shapes
        if mark in shape.shape
    ]
    exponent = any("e" in shape.lower() for shape in plain)
    return "DOUBLE" if exponent or max(places, default=0) > 4 else "DECIMAL(18,4)"
