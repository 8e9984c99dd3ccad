"""Point or comma: which decimal mark a column of numbers uses, decided from all its values."""

from __future__ import annotations

from collections.abc import Sequence

from kadar.errors import KadarError
from kadar.language import N_
from kadar.sources.files.numbers import (
    THREE_DECIMALS,
    Mark,
    Marks,
    NumberShape,
    marks_of,
)
from kadar.sources.files.profile import Place, TextShape


def decimal_mark(
    shapes: Sequence[TextShape], type_: str, currency: str, given: Mark | None, place: Place
) -> Mark:
    """Return the decimal mark of a column of the model type "money", "number" or "integer".

    A value such as `1,234` alone does not tell. Whole numbers have no decimals; money is not
    written with three decimals after a comma, but for a few currencies; anything else that stays
    open raises KDR-MAP-005, and values that contradict each other raise KDR-MAP-004.
    """
    if given is not None:
        return given
    marks = marks_of(
        NumberShape(shape.shape, shape.example, shape.row, shape.zero_led) for shape in shapes
    )
    if marks.point and marks.comma:
        raise KadarError(
            "KDR-MAP-004",
            N_(
                "Source {source}, column {column}: “{first}” ({where_first}) has a decimal point, "
                "“{second}” ({where_second}) a decimal comma."
            ),
            N_('Set decimal = "." or decimal = "," in the source; the others are then refused.'),
            source=place.source,
            column=place.column,
            first=marks.point.example,
            where_first=place.where(marks.point.row),
            second=marks.comma.example,
            where_second=place.where(marks.comma.row),
        )
    if marks.point or marks.comma:
        return "." if marks.point else ","
    if marks.open is None:
        return "."
    decided = _by_type(marks, type_, currency)
    if decided is None:
        raise KadarError(
            "KDR-MAP-005",
            N_(
                "Source {source}, column {column}: “{example}” ({where}) can be read in two ways, "
                "and no other value tells whether the mark parts thousands or decimals."
            ),
            N_('Set decimal = "." or decimal = "," in the source.'),
            source=place.source,
            column=place.column,
            example=marks.open.example,
            where=place.where(marks.open.row),
        )
    return decided


def _by_type(marks: Marks, type_: str, currency: str) -> Mark | None:
    if marks.open_other is not None:
        return None
    if type_ == "integer":
        return "," if marks.open_mark == "." else "."
    if type_ == "money" and marks.open_mark == "," and currency not in THREE_DECIMALS:
        return "."
    return None
