"""A change in words: an arrow, how much, and whether it is more than chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kadar.insight.change import SIGNAL
from kadar.show.verdicts import WORDS

if TYPE_CHECKING:
    from kadar.scoreboard import Line
    from kadar.web.visit import Visit


def told(line: Line, visit: Visit) -> dict[str, Any]:
    """Return `change`, `arrow`, `verdict` and `badge` (good, bad or nothing) of a board's line."""
    if line.now is None or line.before is None or line.change is None:
        return {"change": None, "arrow": "", "verdict": "", "badge": ""}
    assert line.now.value is not None  # noqa: S101  (a change needs both)
    assert line.before.value is not None  # noqa: S101
    found = line.changed.verdict if line.changed else None
    badge = ""
    if found == SIGNAL and line.improved is not None:
        badge = "good" if line.improved else "bad"
    return {
        "change": visit.reader.change(line.now.value, line.before.value, line.now.unit),
        "arrow": "▲" if line.change > 0 else "▼" if line.change < 0 else "▬",
        "verdict": visit.t(WORDS[found]) if found else "",
        "badge": badge,
    }
