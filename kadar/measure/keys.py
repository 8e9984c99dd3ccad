"""From filters to the keys of the rows of a table that meet them."""

from __future__ import annotations

from collections.abc import Sequence

import ibis

from kadar.measure.placement import Placement
from kadar.measure.question import Filter, Question
from kadar.measure.tables import READABLE


def compile_keys(table: str, where: Sequence[Filter], dialect: str = "duckdb") -> str:
    """Compile the keys of a table's rows that meet some filters, whenever the rows are.

    Raises KDR-ASK-004 for a dimension that cannot be reached, KDR-ASK-009 for a filter without
    sense.
    """
    rows = Placement(Question("all", (), tuple(where))).meeting(table)
    return str(ibis.to_sql(rows.select(READABLE[table].key[0]), dialect=dialect))
