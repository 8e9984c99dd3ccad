"""How the text of one canonical column becomes its value, and what is said where it cannot."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kadar.language import N_
from kadar.sources.files.booleans import sql_boolean
from kadar.sources.files.dates import iso_moments, moments
from kadar.sources.files.decimal_mark import decimal_mark
from kadar.sources.files.dialect import NUL
from kadar.sources.files.numbers import Mark, sql_number
from kadar.sources.files.other_currency import others, sql_other
from kadar.sources.files.profile import Place, TextShape, iso_only, plain_only, shapes_of
from kadar.store.sql import literal, quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from kadar.model import Column, Table
    from kadar.project import Project, Source
    from kadar.sources.files.mapping import Input

DESTROYED = r"^[+-]?\d(?:\.\d+)?[eE]\+\d+$"  # what Excel leaves of a long id
SHOWN = 80  # characters of a value that a reason quotes


@dataclass(frozen=True)
class Reader:
    """SQL over the input, which is the column `text` names, and what to say where it is NULL."""

    value: str
    reason: str  # SQL for a text
    remedy: str
    date_only: bool = False
    may_be_midnight: bool = False  # local moments: all at midnight means they are only dates


def said(template: str, text: str) -> str:
    """Return SQL for a sentence that quotes the value at `{value}`."""
    before, _, after = template.partition("{value}")
    return f"concat({literal(before)}, left({text}::VARCHAR, {SHOWN}), {literal(after)})"


def mapped(text: str, values: Mapping[str, str]) -> str:
    """Return SQL for a known text taken through a `values` map: exactly, then in any case.

    "*" is for every other text, "" for where there is none; a value "" means nothing.
    """
    if not values:
        return text

    def cases(pairs: Mapping[str, str]) -> str:
        return " ".join(
            f"WHEN {literal(raw)} THEN {literal(to) if to else 'NULL'}" for raw, to in pairs.items()
        )

    exact = {raw.strip(): to for raw, to in values.items() if raw not in {"*", ""}}
    folded = {raw.lower(): to for raw, to in exact.items()}
    rest = text
    if "*" in values:
        rest = literal(values["*"]) if values["*"] else "NULL"
    sql = rest
    if exact:
        sql = (
            f"CASE {text} {cases(exact)} ELSE CASE lower({text}) {cases(folded)} "
            f"ELSE {rest} END END"
        )
    nothing = literal(values[""]) if values.get("") else "NULL"
    return f"CASE WHEN {text} IS NULL THEN {nothing} ELSE {sql} END"


def reader(  # noqa: PLR0911, PLR0917 (one type of column, one return)
    connection: DuckDBPyConnection,
    project: Project,
    source: Source,
    table: Table,
    given: Input,
    relation: str,
    text: str,
    place: Place,
) -> Reader:
    """Decide how the input of one canonical column is read.

    `relation` has `_row` and the column `text`.
    """
    column = table[given.column]
    if given.type != "VARCHAR":
        return _typed(column, given.type, project.company.time_zone, text)
    if column.type == "moment":
        return _moment(connection, project, source, relation, text, place)
    if column.type in {"money", "number", "integer"}:
        mark, shapes = _mark(connection, project, source, column.type, relation, text, place)
        read = _number(column, text, sql_number(text, mark, column.sql_type), mark)
        if column.type != "money" or "currency" in source.columns:
            return read
        return _one_currency(read, text, *others(shapes, project.company.currency))
    if column.type == "boolean":
        return Reader(
            sql_boolean(text),
            said(N_("“{value}” means neither yes nor no"), text),
            N_("Add it to the source's values for this column, as true or false."),
        )
    if column.choices:
        listed = ", ".join(literal(choice) for choice in column.choices)
        return Reader(
            f"CASE WHEN lower({text}) IN ({listed}) THEN lower({text}) END",
            said(N_("“{value}” is none of the values this column may hold"), text),
            N_(
                "Say what it means in the source's values for this column: {choices}; “*” stands "
                "for the rest."
            ).format(choices=", ".join(column.choices)),
        )
    if column.references or column.name in table.key:
        shortened = f"contains({text}, '+') AND regexp_matches({text}, {literal(DESTROYED)})"
        broken = f"contains({text}, {literal(NUL)})"
        excel = said(N_("the id “{value}” was shortened by Excel: its last digits are lost"), text)
        nul = said(N_("the id “{value}” holds a NUL character: the file is damaged there"), text)
        return Reader(
            f"CASE WHEN {shortened} OR {broken} THEN NULL ELSE {text} END",
            f"CASE WHEN {broken} THEN {nul} ELSE {excel} END",
            N_("Export again, and do not open the file in Excel before; ids must stay text."),
        )
    return Reader(f"replace({text}, {literal(NUL)}, '')", "NULL", "")


def _moment(  # noqa: PLR0917
    connection: DuckDBPyConnection,
    project: Project,
    source: Source,
    relation: str,
    text: str,
    place: Place,
) -> Reader:
    given = source.date_format
    date_format = given.get(place.column) if isinstance(given, dict) else given
    zone = project.company.time_zone
    iso, timed = iso_only(connection, relation, text)
    if iso and not date_format:
        read = iso_moments(text, zone, date_only=not timed)
    else:
        shapes = shapes_of(connection, relation, text)
        read = moments(connection, relation, text, shapes, date_format, zone, place)
    # A text that would be a date on the 28th or the 30th names a day its month does not have.
    column = re.escape(text)
    leap = re.sub(rf"(?<!\w){column}(?!\w)", f"replace({text}, '29', '28')", read.sql)
    late = re.sub(rf"(?<!\w){column}(?!\w)", f"replace({text}, '31', '30')", read.sql)
    return Reader(
        read.sql,
        f"CASE WHEN contains({text}, '29') AND ({leap}) IS NOT NULL "
        f"THEN {said(N_('“{value}” is 29 February in a year that has none'), text)} "
        f"WHEN contains({text}, '31') AND ({late}) IS NOT NULL "
        f"THEN {said(N_('“{value}” is a day its month does not have'), text)} "
        f"ELSE {said(N_('“{value}” is no date or moment'), text)} END",
        N_("Correct it in the source, or set date_format if the file writes dates in this way."),
        date_only=read.date_only,
        may_be_midnight=read.local and not read.date_only,
    )


def _mark(  # noqa: PLR0917
    connection: DuckDBPyConnection,
    project: Project,
    source: Source,
    type_: str,
    relation: str,
    text: str,
    place: Place,
) -> tuple[Mark, list[TextShape]]:
    """Return the decimal mark and the shapes of the texts; none where all are plain numbers."""
    if source.decimal is None and plain_only(connection, relation, text):
        return ".", []
    shapes = shapes_of(connection, relation, text)
    return decimal_mark(shapes, type_, project.company.currency, source.decimal, place), shapes


def _one_currency(read: Reader, text: str, own: str, signs: Sequence[str]) -> Reader:
    """Refuse the amounts whose sign is of another currency than the column's own."""
    if not signs:
        return read
    other = sql_other(text, signs)
    reason = said(
        N_("“{value}” is in another currency than the other amounts ({own})").replace("{own}", own),
        text,
    )
    return replace(
        read,
        value=f"CASE WHEN NOT ({other}) THEN {read.value} END",
        reason=f"CASE WHEN {other} THEN {reason} ELSE {read.reason} END",
        remedy=N_("Map the column that tells each row's currency, or correct the amount."),
    )


def _number(column: Column, text: str, value: str, mark: Mark) -> Reader:
    double = sql_number(text, mark, "DOUBLE")
    if column.type == "integer":
        other = said(N_("“{value}” is no whole number"), text)
    else:
        other = said(N_("“{value}” is larger than an amount can be"), text)
    return Reader(
        value,
        f"CASE WHEN ({double}) IS NOT NULL THEN {other} "
        f"ELSE {said(N_('“{value}” is no number'), text)} END",
        N_("Correct it in the source, or set decimal if the file writes numbers in this way."),
    )


def _typed(column: Column, type_: str, time_zone: str, value: str) -> Reader:
    """Read the value of an expression that is no text."""
    sql = f"TRY_CAST({value} AS {column.sql_type})"
    date_only = midnight = False
    if column.type == "moment":
        if type_ == "DATE" or (type_.startswith("TIMESTAMP") and "ZONE" not in type_):
            sql = f"{value}::TIMESTAMP AT TIME ZONE {literal(time_zone)}"
            date_only, midnight = type_ == "DATE", type_ != "DATE"
        elif "ZONE" not in type_:
            sql = "NULL::TIMESTAMPTZ"
    elif column.sql_type == "VARCHAR" and (type_ in {"DOUBLE", "FLOAT"} or "DECIMAL" in type_):
        sql = (
            f"CASE WHEN {value} = trunc({value}) THEN TRY_CAST({value} AS HUGEINT)::VARCHAR "
            f"ELSE {value}::VARCHAR END"
        )
    elif column.type == "integer":
        sql = f"CASE WHEN {value} = trunc({value}) THEN TRY_CAST({value} AS BIGINT) END"
        if type_ == "BOOLEAN":
            sql = f"{value}::BIGINT"
    if column.choices:
        listed = ", ".join(literal(choice) for choice in column.choices)
        sql = f"CASE WHEN {value}::VARCHAR IN ({listed}) THEN {value}::VARCHAR END"
    return Reader(
        sql,
        said(N_("the expression gives “{value}”, which this column cannot hold"), value),
        N_("Correct the expression in the source's columns."),
        date_only=date_only,
        may_be_midnight=midnight,
    )


def alias(number: int) -> str:
    """Return the name of the column an input has in the staging query."""
    return quoted(f"_input_{number}")
