"""A change in words: an arrow, how much, and whether it is more than chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kadar.insight.change import SIGNAL
from kadar.language import N_
from kadar.show.verdicts import WORDS

if TYPE_CHECKING:
    from kadar.insight.change import Change
    from kadar.web.visit import Visit


NOTHING = {"change": None, "arrow": "", "verdict": "", "badge": "", "test": ""}


def told(changed: Change | None, better: str | None, visit: Visit) -> dict[str, Any]:
    """Return `change`, `arrow`, `verdict`, `test` and `badge` (good, bad or nothing) of a change.

    `better` is the KPI's better side, None where there is none.
    """
    if changed is None or changed.value is None:
        return NOTHING
    assert changed.after.value is not None  # noqa: S101  (a change needs both)
    assert changed.before.value is not None  # noqa: S101
    badge = ""
    if changed.verdict == SIGNAL and better is not None:
        badge = "good" if (changed.value > 0) == (better == "up") else "bad"
    return {
        "change": visit.reader.change(
            changed.after.value, changed.before.value, changed.after.unit
        ),
        "arrow": "▲" if changed.value > 0 else "▼" if changed.value < 0 else "▬",
        "verdict": visit.t(WORDS[changed.verdict]) if changed.verdict else "",
        "badge": badge,
        "test": _test(changed, visit),
    }


def _test(changed: Change, visit: Visit) -> str:
    """Name the test, its p and the interval of the change."""
    if changed.p is None or changed.test is None:
        return ""
    unit = changed.after.unit
    return visit.t(
        N_("{test}: p {p}; the change lies between {low} and {high}."),
        test=visit.t(changed.test),
        p=f"{changed.p:.3f}",
        low=visit.reader.signed(changed.lower, unit),
        high=visit.reader.signed(changed.upper, unit),
    )
