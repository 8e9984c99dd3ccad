"""Amounts written with another currency's sign than the others of their column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from kadar.project_checks import SIGNS
from kadar.sources.files.numbers import CURRENCY, NARROW, WIDE, WRITTEN, narrowed
from kadar.sources.files.profile import TextShape
from kadar.store.sql import literal

SAME = {"元": "CNY", "人民币": "CNY", "CNH": "CNY", "RP.": "IDR", "KR.": "SEK"}
SEVERAL = {"$", "¥", "圆", "円", "KR", "KR."}  # signs of several currencies


def others(shapes: Sequence[TextShape], company: str) -> tuple[str, list[str]]:
    """Return the currency of a column's amounts, and the signs in it that are another's.

    The column's is the company's where any amount is written in it, else that of most amounts.
    Amounts without a sign are taken for the column's.
    """
    counts: Counter[str] = Counter()
    signs: dict[str, str] = {}
    for shape in shapes:
        written = WRITTEN.match(narrowed(shape.shape))
        sign = written and (written["before"] or (written["after"] or "").replace("%", ""))
        if sign:
            signs[sign] = SAME.get(sign) or SIGNS.get(sign, sign)
            counts[signs[sign]] += shape.count
    if len(counts) < 2:
        return "", []
    own = company if company in counts else counts.most_common(1)[0][0]
    return own, sorted(s for s, meant in signs.items() if meant != own and not _may_be(s, own))


def _may_be(sign: str, currency: str) -> bool:
    if sign == "$":
        return currency == "USD" or currency.endswith("D")
    return sign in SEVERAL and currency in {"CNY", "JPY", "SEK", "NOK", "DKK"}


def sql_other(text: str, signs: Sequence[str]) -> str:
    """SQL that is true where a known text is written with one of these signs."""
    narrow = f"upper(translate({text}, {literal(WIDE)}, {literal(NARROW)}))"
    listed = ", ".join(literal(sign) for sign in signs)
    return f"regexp_extract({narrow}, {literal(CURRENCY)}) IN ({listed})"
