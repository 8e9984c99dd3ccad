"""Filters that leave nothing: whether the data has the values they name."""

from __future__ import annotations

from kadar.engines.engine import Engine
from kadar.errors import NO, KadarError, nearest
from kadar.language import N_
from kadar.measure.dimensions import dimension
from kadar.measure.question import Question

MOST = 12  # values named in the error


def check_values(engine: Engine, tables: set[str], question: Question) -> None:
    """Raise KDR-ASK-010 where a filter names a value that no row has: most often a misspelling."""
    for condition in question.where:
        if condition.operator != "=":
            continue
        there: set[str] = set()
        for table in tables:
            reached = dimension(table, condition.dimension)
            found = engine.run(
                f'SELECT DISTINCT CAST("{reached.column}" AS VARCHAR) AS there '
                f'FROM "crm"."{reached.home}"'
            )
            there |= {str(one) for one in found["there"] if one is not None}
        for value in condition.values:
            if value and value not in there:
                raise KadarError(
                    "KDR-ASK-010",
                    N_("No {dimension} is {value}."),
                    N_("These exist: {values}."),
                    exit_code=NO,
                    dimension=condition.dimension,
                    value=value,
                    values=", ".join(nearest(value, sorted(there)).split(", ")[:MOST]) or "-",
                )
