"""Flat records of any kind for other tools: JSON, CSV, Parquet."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from kadar.show import columns
from kadar.show.records import plain, text_rows

Records = Sequence[dict[str, Any]]


def joined(records: Iterable[dict[str, Any]]) -> Records:
    """Return records of several kinds with the columns of all of them."""
    listed = list(records)
    names = dict.fromkeys(name for record in listed for name in record)
    return [{name: record.get(name) for name in names} for record in listed]


def as_json(records: Records) -> str:
    """Return records as a JSON list: days and moments as ISO 8601, null where there is nothing."""
    lines = (
        json.dumps({k: plain(v) for k, v in record.items()}, ensure_ascii=False, allow_nan=False)
        for record in records
    )
    return "[\n" + ",\n".join(lines) + "\n]\n" if records else "[]\n"


def as_csv(records: Records) -> str:
    """Return records as CSV with a header; null as nothing."""
    if not records:
        return ""
    return text_rows(list(records[0]), [list(record.values()) for record in records])


def as_parquet(records: Records) -> bytes:
    """Return records as a Parquet file, each column of the type all its values have, else text."""
    names = list(records[0]) if records else ["step"]
    kinds = {name: _kind([record[name] for record in records]) for name in names}
    values = [[_stored(record[name], kind) for record in records] for name, kind in kinds.items()]
    return columns.as_parquet(kinds, values)


def _kind(values: list[Any]) -> str:
    there = [value for value in values if value is not None]
    for made, kind in (
        (bool, "BOOLEAN"), (int, "BIGINT"), (float, "DOUBLE"), (datetime, "TIMESTAMPTZ"),
        (date, "DATE"),
    ):  # fmt: skip
        if there and all(type(value) is made for value in there):
            return kind
    return "VARCHAR"


def _stored(value: Any, kind: str) -> Any:
    return value if value is None or kind != "VARCHAR" else str(value)
