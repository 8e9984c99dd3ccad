"""The statement of single predictions: each with the dimensions and under the filters asked for."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import ibis

from kadar.measure.dimensions import dimension
from kadar.measure.facts import Facts
from kadar.measure.placement import Placement
from kadar.measure.question import Question
from kadar.measure.tables import FORECAST, PREDICTIONS


@lru_cache(maxsize=32)
def compile_predictions(question: Question, day: date, *, dialect: str = "duckdb") -> str:
    """Compile the predictions made at the close of a day; a question over `all` periods.

    Dimensions stand in the columns `by_0`, `by_1` and so on.
    """
    names = [name for name in PREDICTIONS.column_names if name != "predicted_at"]
    placed = Placement(question).place(
        Facts(FORECAST, "made"), {*names, "predicted_on"}, unbounded=True
    )
    made = placed.filter(placed.predicted_on == ibis.literal(day))
    by = [f"by_{position}" for position in range(len(question.by))]
    return str(ibis.to_sql(made.select(*names, *by).order_by("customer_id"), dialect=dialect))


def reaches(question: Question) -> set[tuple[str, str]]:
    """Table and column of what a question's dimensions and filters need of the data.

    Raises KDR-ASK-004 for one that cannot be reached from a customer.
    """
    found = set()
    for name in [*question.by, *(condition.dimension for condition in question.where)]:
        reached = dimension(FORECAST, name)
        at = FORECAST
        for reference, to in reached.path:
            found.add((at, reference))
            at = to
        found.add((at, reached.column))
    return {(table, column) for table, column in found if table != FORECAST}
