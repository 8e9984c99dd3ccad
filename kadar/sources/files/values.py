"""What a column of raw texts holds, guessed from its values."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from kadar.sources.files.booleans import FALSE, TRUE
from kadar.sources.files.calendar_text import Layout, canonical, layout_of
from kadar.sources.files.nulls import is_null
from kadar.sources.files.numbers import PLAIN, WRITTEN, narrowed
from kadar.sources.files.profile import DIGITS

Kind = Literal["empty", "number", "money", "moment", "date", "boolean", "text"]
_MASK = str.maketrans(DIGITS, "9" * len(DIGITS))
MOST = 0.95  # a column may hold a few texts that are wrong


def kind_of(values: Iterable[str | None]) -> Kind:
    """Guess what a column holds; texts that stand for nothing are left out.

    "money" is a number written with a currency or a scale (`RM 1,234.50`, `$342.09K`); a plain
    number may be money too. "date" has no clock time. Long or zero-led digits are text.
    """
    texts = [value.strip() for value in values if value is not None and not is_null(value)]
    if not texts:
        return "empty"
    enough = MOST * len(texts)
    lowered = {text.casefold() for text in texts}
    if lowered <= TRUE | FALSE and not lowered <= {"0", "1"}:
        return "boolean"
    layouts = [_real_layout(text) for text in texts]
    if sum(found is not None for found in layouts) >= enough:
        timed = any(found is not None and found.time for found in layouts)
        return "moment" if timed else "date"
    numbers = [_number_kind(text) for text in texts]
    if sum(found is not None for found in numbers) >= enough:
        return "money" if sum(found == "money" for found in numbers) * 2 >= len(texts) else "number"
    return "text"


def _real_layout(text: str) -> Layout | None:
    """Find the layout of a text; digits that only look like a date are none."""
    found = layout_of(text.translate(_MASK))
    if found is None or not (found.month_only or found.date == "%Y%m%d"):
        return found
    try:
        written = canonical(text)[: 8 if not found.month_only else None]
        year = datetime.strptime(written, found.date).year  # noqa: DTZ007 (a check only)
    except ValueError:
        return None
    return found if 1900 <= year < 2200 else None


def _number_kind(text: str) -> Literal["number", "money"] | None:
    if PLAIN.match(text):
        digits = text.lstrip("+-").replace(".", "")
        zero_led = len(digits) > 1 and digits[0] == "0" and "." not in text
        return None if zero_led or (len(digits) > 15 and "." not in text) else "number"
    matched = WRITTEN.match(narrowed(text))
    if not matched:
        return None
    return "money" if matched["before"] or matched["after"] or matched["scale"] else "number"
