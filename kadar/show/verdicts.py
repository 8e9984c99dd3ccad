"""Changes and their verdicts, in words and as columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kadar.language import N_

if TYPE_CHECKING:
    from rich.text import Text

    from kadar.insight.change import Change
    from kadar.show.reader import Reader

WORDS = {
    "signal": N_("signal"),
    "noise": N_("noise"),
    "n too small": N_("n too small"),
}
# What columns of changes hold; the rest is text.
KINDS = {
    "opens": "day",
    "closes": "day",
    "previous_opens": "day",
    "n": "integer",
    "complete": "boolean",
    "mature": "boolean",
    "met": "boolean",
    "improved": "boolean",
    **dict.fromkeys(
        (
            "value", "numerator", "denominator", "lower", "upper", "target", "previous", "change",
            "change_lower", "change_upper", "p",
        ),
        "number",
    ),
}  # fmt: skip


def kind(column: str) -> str:
    """Return what a column of changes holds, also of those to date."""
    return KINDS.get(column.removeprefix("to_date_"), "text")


def verdict(one: Change | None, reader: Reader) -> str:
    """Return a verdict in a word; nothing where there is none."""
    return reader.t(WORDS[one.verdict]) if one is not None and one.verdict else ""


def signed(one: Change | None, reader: Reader, better: str | None) -> Text:
    """Return a change, green or red where it is a signal, for the better or worse."""
    from rich.text import Text

    if one is None or one.value is None or one.after.value is None or one.before.value is None:
        return Text("")
    shown = reader.change(one.after.value, one.before.value, one.after.unit)
    if one.verdict != "signal" or better is None or one.value == 0:
        return Text(shown)
    return Text(shown, "green" if (one.value > 0) == (better == "up") else "red")


def interval(one: Change | None, reader: Reader) -> str:
    """Return the 95 % interval of a change in the KPI's own unit."""
    if one is None or one.lower is None or one.upper is None:
        return ""
    return reader.interval(one.lower, one.upper, one.after.unit)


def p_value(p: float | None) -> str:
    """Return p with three decimals."""
    if p is None:
        return ""
    return "< 0.001" if p < 0.001 else f"{p:.3f}"
