"""Rows of the store as Python has them, for lists that are no KPI."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from kadar.store.sql import literal

if TYPE_CHECKING:
    from kadar.asking import Asking
    from kadar.measure.question import Filter

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def containing(text: str) -> str:
    """Return a pattern of LIKE … ESCAPE '!' for what holds `text`, its own signs taken as such."""
    kept = "".join(f"!{sign}" if sign in "!%_" else sign for sign in text)
    return literal(f"%{kept}%")


def meeting(asking: Asking, table: str, alias: str, where: Sequence[Filter]) -> str:
    """Return a condition, " AND …", on rows of a table that meet some filters; "" without any.

    Raises KDR-ASK-010 where a filter names a value that no row has, and as `compile_keys`.
    """
    if not where:
        return ""
    from kadar.filtered import check_values
    from kadar.measure.keys import compile_keys
    from kadar.measure.question import Question
    from kadar.measure.tables import READABLE

    keys = compile_keys(table, where, asking.engine.dialect)
    check_values(asking.engine, {table}, Question("all", (), tuple(where)))
    return f" AND {alias}.{READABLE[table].key[0]} IN ({keys})"


def moment(column: str) -> str:
    """Return a moment as SQL that an engine gives back whole: seconds since 1970 in UTC."""
    return f"CAST(EXTRACT(EPOCH FROM {column}) AS DOUBLE PRECISION)"


def listed(asking: Asking, sql: str, *moments: str) -> list[dict[str, Any]]:
    """Run a statement and return its rows, NaN as None, the columns of `moments` as such.

    Those are aware, in the company's time zone.
    """
    columns = asking.engine.run(sql)
    plain = {
        name: [_plain(value, name in moments, asking) for value in values.tolist()]
        for name, values in columns.items()
    }
    return [dict(zip(plain, row, strict=True)) for row in zip(*plain.values(), strict=True)]


def _plain(value: Any, is_moment: bool, asking: Asking) -> Any:
    if value is None or value != value:  # noqa: PLR0124  (NaN)
        return None
    if is_moment:
        return (_EPOCH + timedelta(seconds=float(value))).astimezone(asking.zone)
    return value
