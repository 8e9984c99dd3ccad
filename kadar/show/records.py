"""Answers for other tools: JSON, CSV and Parquet."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kadar.show import columns

if TYPE_CHECKING:
    from kadar.answer import Answer

FORMATS = ("table", "csv", "json", "parquet")
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes a cell for that begins so
_SPECIAL = re.compile('[,"\r\n]')
LINES = 1000  # of CSV made at a time
_TYPES = {
    "opens": "DATE",
    "closes": "DATE",
    "value": "DOUBLE",
    "numerator": "DOUBLE",
    "denominator": "DOUBLE",
    "n": "BIGINT",
    "lower": "DOUBLE",
    "upper": "DOUBLE",
    "complete": "BOOLEAN",
    "mature": "BOOLEAN",
}


def as_json(answer: Answer) -> str:
    """Return the rows as a JSON list: days as ISO dates, null where there is no number."""
    records = [{k: plain(v) for k, v in record.items()} for record in answer.records()]
    if not records:
        return "[]\n"
    lines = (json.dumps(record, ensure_ascii=False, allow_nan=False) for record in records)
    return "[\n" + ",\n".join(lines) + "\n]\n"


def as_csv(answer: Answer) -> str:
    """Return the rows as CSV with a header: null as nothing, `excluded` as JSON."""
    return text_rows(names(answer), [list(record.values()) for record in answer.records()])


def to_parquet(answer: Answer, file: Path) -> None:
    """Write the rows to a Parquet file: `excluded` as JSON text, dimensions as text."""
    types = {name: _TYPES.get(name, "VARCHAR") for name in names(answer)}
    records = answer.records()
    values = [[_stored(name, record[name]) for record in records] for name in types]
    columns.to_parquet(types, values, file)


def names(answer: Answer) -> list[str]:
    """Return the columns of the rows, in order."""
    from kadar.answer import FIELDS

    place = FIELDS.index("value")
    return [*FIELDS[:place], *answer.question.by, *FIELDS[place:]]


def plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return value
    if value is None or isinstance(value, str | bool | int | dict | list):
        return value
    return plain(value.item()) if hasattr(value, "item") else str(value)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool | dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return str(value)


def _stored(name: str, value: Any) -> Any:
    made = value if isinstance(value, date) else plain(value)
    return made if name in _TYPES or made is None else _cell(made)


def text_rows(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return any rows as CSV with a header; text is defused (see `defused`)."""
    return "".join(text_parts(header, rows))


def text_parts(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield any rows as pieces of CSV, a thousand lines each, the header first."""
    lines = [_line(header)]
    for row in rows:
        lines.append(_line(row))
        if len(lines) >= LINES:
            yield "".join(lines)
            lines.clear()
    yield "".join(lines)


def defused(text: str) -> str:
    """Return text that no spreadsheet takes for a formula: an apostrophe before = + - @.

    So too before a tab or a carriage return. See docs/api.md.
    """
    return f"'{text}" if text.startswith(FORMULA) else text


def _line(row: Sequence[Any]) -> str:
    cells = [defused(v) if isinstance(v, str) else _cell(plain(v)) for v in row]
    # Python's own writer leaves a carriage return bare, and readers end the line there.
    if cells == [""]:  # not an empty line
        return '""\n'
    return ",".join(_enclosed(cell) if _SPECIAL.search(cell) else cell for cell in cells) + "\n"


def _enclosed(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'
