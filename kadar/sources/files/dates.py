"""Moments as people write them: how a column's texts become moments, decided from all of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kadar.errors import KadarError
from kadar.language import N_
from kadar.sources.files.calendar_text import ISO, NARROW, STEPS, WIDE, Layout, masked_steps
from kadar.sources.files.profile import Place, TextShape
from kadar.sources.files.sql import one
from kadar.store.sql import literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

EPOCH_SECONDS, EPOCH_MILLISECONDS = "9" * 10, "9" * 13
SERIAL = re.compile(r"^9{5}(?:\.9+)?$")
MANY = 8  # days of a month, of which none is below 13, that are rather years


@dataclass(frozen=True)
class Moments:
    """How the texts of one column become moments.

    A text without a zone is local time of the company; where the clock is put forward or back the
    database's choice (ICU) stands: a time in the hour that is skipped moves on by an hour, of the
    hour that comes twice the later is taken. A date is the start of that local day.
    """

    sql: str  # TIMESTAMPTZ, NULL where a text is no moment; over the text given to `moments`
    date_only: bool  # no text has a clock time
    local: bool = True  # no text names a zone: midnight may stand for "no clock time"


def iso_moments(text: str, time_zone: str, *, date_only: bool) -> Moments:
    """Read a column all of whose texts are ISO dates or moments without a zone."""
    sql = f"TRY_CAST({text} AS TIMESTAMP) AT TIME ZONE {literal(time_zone)}"
    return Moments(sql, date_only)


def moments(  # noqa: PLR0917 (a column, and what is known of it)
    connection: DuckDBPyConnection,
    relation: str,
    text: str,
    shapes: Sequence[TextShape],
    date_format: str | None,
    time_zone: str,
    place: Place,
) -> Moments:
    """Decide how a column is read; `text` is SQL for its known text over `relation`.

    `date_format` is a strptime format or an order of parts ("D/M/Y", "MM/DD/YYYY"). Raises
    KDR-MAP-006 when values contradict each other about day and month, KDR-MAP-007 when none tells.
    """
    zone = literal(time_zone)
    if numeric := _numeric(text, shapes, zone):
        return numeric
    layouts = [(shape, layout) for shape in shapes if (layout := shape.layout)]
    steps = sorted({step for shape, _ in layouts for step in masked_steps(shape.shape)})
    written = _canonical(text, steps)
    order = _order_of_format(date_format, place) if date_format else ""
    strict = date_format if date_format and "%" in date_format else None
    open_shapes = [layout for _, layout in layouts if layout.open]
    if open_shapes and not order:
        order = _order(connection, relation, text, written, open_shapes, place)
    # Where every shape is ISO, the cast meets nothing else; among others it is too lenient.
    trusted = all(shape.layout and (shape.layout.iso or shape.layout.zone) for shape in shapes)
    plain = [layout for _, layout in layouts if not layout.zone]
    zoned = [layout for _, layout in layouts if layout.zone]
    naive = _naive(text, written, plain, order, strict, guard=not trusted or bool(zoned))
    sql = f"({naive}) AT TIME ZONE {zone}"
    if zoned:
        sql = f"CASE WHEN {_has_zone(written)} THEN {_zoned(written, zoned, order)} ELSE {sql} END"
    if strict and re.search("%z", strict, re.IGNORECASE):
        sql = f"coalesce(try_strptime({text}, {literal(strict)})::TIMESTAMPTZ, {sql})"
    timed = any(layout.time or layout.zone for _, layout in layouts)
    if strict and not layouts:
        timed = bool(re.search(r"%[HI]", strict))
    return Moments(sql, date_only=bool(shapes) and not timed, local=not zoned)


def _numeric(text: str, shapes: Sequence[TextShape], zone: str) -> Moments | None:
    """Read a column of nothing but epoch seconds, epoch milliseconds or Excel's day numbers."""
    found = {shape.shape for shape in shapes}
    number = f"TRY_CAST({text} AS DOUBLE)"
    if found == {EPOCH_SECONDS}:
        return Moments(f"to_timestamp({number})", date_only=False)
    if found == {EPOCH_MILLISECONDS}:
        return Moments(f"to_timestamp({number} / 1000)", date_only=False)
    if found and all(SERIAL.match(shape) for shape in found):
        local = f"make_timestamp((round(({number} - 25569) * 86400) * 1000000)::BIGINT)"
        return Moments(
            f"({local}) AT TIME ZONE {zone}",
            date_only=not any("." in shape for shape in found),
        )
    return None


def _canonical(text: str, steps: Sequence[int]) -> str:
    """SQL for the text in the one way of writing, by the steps this column needs."""
    sql = f"lower(translate({text}, '{WIDE}', '{NARROW}'))"
    for step in steps:
        pattern, to = STEPS[step]
        sql = f"regexp_replace({sql}, {literal(pattern)}, {literal(to)}, 'g')"
    return sql


def _naive(
    text: str,
    written: str,
    layouts: Sequence[Layout],
    order: str,
    strict: str | None,
    *,
    guard: bool,
) -> str:
    tries = []
    if strict and not re.search("%z", strict, re.IGNORECASE):
        tries.append(_parsed(text, [strict]))
    if any(layout.iso for layout in layouts):
        tries.append(_cast(text, guard=guard))
    formats = _formats([layout for layout in layouts if not layout.iso], order)
    if formats:
        tries.append(_parsed(written, formats))
    return f"coalesce({', '.join(tries)})" if tries else "NULL::TIMESTAMP"


def _cast(text: str, *, guard: bool) -> str:
    """The store's own cast, the fastest; it drops "PM" and offsets, so `guard` keeps them off."""
    cast = f"TRY_CAST({text} AS TIMESTAMP)"
    return f"CASE WHEN regexp_matches({text}, {literal(ISO)}) THEN {cast} END" if guard else cast


def _formats(layouts: Sequence[Layout], order: str) -> list[str]:
    # Two-digit years first: "%Y" would take "21" for the year 21.
    found = {layout.format(order) for layout in layouts}
    return sorted(found, key=lambda form: ("%y" not in form, form))


def _parsed(text: str, formats: Sequence[str]) -> str:
    listed = ", ".join(literal(form) for form in formats)
    parsed = f"try_strptime({text}, [{listed}])"
    return f"CASE WHEN {parsed} >= TIMESTAMP '1000-01-01' THEN {parsed} END"


def _has_zone(text: str) -> str:
    # Ends in Z, or in a sign within the last six characters after a clock time.
    return rf"regexp_matches({text}, '(?i):\d\d(?:\.\d+)? ?(?:z|[+-]\d\d(?::?\d\d)?)$')"


def _zoned(written: str, layouts: Sequence[Layout], order: str) -> str:
    zone = rf"regexp_extract({written}, ' ?(z|[+-]\d\d(?::?\d\d)?)$', 1)"
    bare = rf"regexp_replace({written}, ' ?(?:z|[+-]\d\d(?::?\d\d)?)$', '')"
    digits = f"replace({zone}, ':', '')"
    minutes = (
        f"CASE WHEN {zone} = 'z' THEN 0 ELSE (CASE WHEN {zone}[1] = '-' THEN -1 ELSE 1 END) * "
        f"({digits}[2:3]::INTEGER * 60 + coalesce(nullif({digits}[4:5], '')::INTEGER, 0)) END"
    )
    # The canonical text of ISO moments is what the cast reads; the rest has its formats.
    iso = [layout for layout in layouts if layout.date in {"%Y-%m-%d", "%Y/%m/%d"}]
    other = _formats([layout for layout in layouts if layout not in iso], order)
    tries = [_cast(bare, guard=True)] if iso else []
    if other:
        tries.append(_parsed(bare, other))
    return f"(coalesce({', '.join(tries)}) - to_minutes({minutes})) AT TIME ZONE 'UTC'"


def _order_of_format(date_format: str, place: Place) -> str:
    """Return the order of day, month and year that a `date_format` states."""
    if "%" in date_format:
        parts = re.findall(r"%-?([dmbByY])", date_format)
        order = "".join("m" if part in "bB" else part.lower() for part in parts)
    else:
        order = "".join(part[0].lower() for part in re.findall(r"[dD]+|M+|m+|[yY]+", date_format))
        order = order[:3]
    if order in {"dmy", "mdy", "ymd", "ydm", "m", "my", "ym", ""} and (order or "%" in date_format):
        return order if order in {"dmy", "mdy", "ymd"} else ""
    raise KadarError(
        "KDR-MAP-008",
        N_("Source {source}, column {column}: “{format}” is no date format."),
        N_('Write the order, as in "D/M/Y" or "M/D/Y", or a strptime format as in "%d/%m/%Y".'),
        source=place.source,
        column=place.column,
        format=date_format,
    )


def _order(  # noqa: PLR0917
    connection: DuckDBPyConnection,
    relation: str,
    text: str,
    written: str,
    layouts: Sequence[Layout],
    place: Place,
) -> str:
    """Decide from every value whether the day or the month comes first."""
    found = one(
        connection,
        rf"""
        WITH parts AS (
            SELECT _row, text, p.a::INTEGER AS a, p.b::INTEGER AS b FROM (
                SELECT _row, text,
                    regexp_extract(written, '^(\d\d?)[-/ ](\d\d?)[-/ ]\d\d', ['a', 'b']) AS p
                FROM (SELECT _row, {text} AS text, {written} AS written FROM {relation})
            ) WHERE p.a <> ''
        )
        SELECT
            min(_row) FILTER (a > 12 AND a <= 31 AND b <= 12),
            arg_min(text, _row) FILTER (a > 12 AND a <= 31 AND b <= 12),
            min(_row) FILTER (b > 12 AND b <= 31 AND a <= 12),
            arg_min(text, _row) FILTER (b > 12 AND b <= 31 AND a <= 12),
            count(*) FILTER (a > 31), count(*) FILTER (a <= 12), count(*),
            (list(DISTINCT text) FILTER (a <> b AND a <= 12 AND b <= 12))[:2]
        FROM parts
        """,
    )
    day_first, day_text, month_first, month_text, years, small, count, doubtful = found
    short = all(layout.date.endswith("%y") for layout in layouts)
    if years and short:
        return "ymd"
    if day_first is not None and month_first is not None:
        raise KadarError(
            "KDR-MAP-006",
            N_(
                "Source {source}, column {column}: in “{first}” ({where_first}) the day comes "
                "first, in “{second}” ({where_second}) the month."
            ),
            N_('Set date_format, as in {column} = "D/M/Y"; the others are then refused.'),
            source=place.source,
            column=place.column,
            first=day_text,
            where_first=place.where(day_first),
            second=month_text,
            where_second=place.where(month_first),
        )
    rather_years = short and not small and count >= MANY
    if not rather_years and day_first is not None:
        return "dmy"
    if month_first is not None:
        return "mdy"
    if not doubtful and not rather_years:
        return "dmy"  # the day and the month are the same number everywhere
    examples = sorted(doubtful or [day_text])
    raise KadarError(
        "KDR-MAP-007",
        N_(
            "Source {source}, column {column}: no value tells whether the day or the month comes "
            "first, as in {examples}."
        ),
        N_('Set date_format in the source: date_format = {{ {column} = "D/M/Y" }} or "M/D/Y".'),
        source=place.source,
        column=place.column,
        examples=", ".join(f"“{example}”" for example in examples),
    )
