"""How parts lead from one value to another: a waterfall."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kadar.charts.axis import value_format
from kadar.charts.theme import Theme

STEP = 28  # pixels of a bar and the space after it


def waterfall(
    rows: Sequence[Mapping[str, Any]],
    *,
    start: tuple[str, float],
    end: tuple[str, float],
    unit: str,
    theme: Theme,
    better: str | None = "up",
) -> Any:
    """Draw `name`, `effect` and `shown` of each row as steps from the start's value to the end's.

    Steps for the better and the worse differ in colour and in the sign written beside them; where
    neither direction is better they are of one colour.
    """
    import altair as alt

    data: list[dict[str, Any]] = []
    at = start[1]
    data.append({"name": start[0], "low": 0.0, "high": at, "end": at, "kind": "whole", "shown": ""})
    for row in rows:
        effect = float(row["effect"])
        good = None if better is None else (effect > 0) == (better == "up")
        kind = "step" if good is None or not effect else "good" if good else "bad"
        data.append(
            {"name": row["name"], "low": min(at, at + effect), "high": max(at, at + effect),
             "end": at + effect, "kind": kind, "shown": row["shown"]}
        )  # fmt: skip
        at += effect
    data.append({"name": end[0], "low": 0.0, "high": end[1], "end": end[1], "kind": "whole",
                 "shown": ""})  # fmt: skip
    points = [row[key] for row in data[1:-1] for key in ("low", "high")] + [start[1], end[1]]
    low, high = min(points), max(points)
    pad = (high - low) * 0.15 or abs(high) * 0.1 or 1.0
    floor = 0.0 if 0 <= low < 2 * (high - low) else low - pad
    for row in (data[0], data[-1]):
        row["low"], row["high"] = sorted((floor, row["end"]))
    colours = {"whole": theme.main, "step": theme.quiet, "good": theme.good, "bad": theme.bad}
    base = alt.Chart(alt.Data(values=data)).encode(
        y=alt.Y("name:N", sort=None, title=None, axis=alt.Axis(labelLimit=200, domain=False))
    )
    x = alt.X(
        "low:Q", title=None, scale=alt.Scale(domain=[floor, high + pad], zero=False, nice=False),
        axis=alt.Axis(format=value_format(unit, [low, high]), grid=True, tickCount=6),
    )  # fmt: skip
    colour = alt.Color(
        "kind:N", legend=None, scale=alt.Scale(domain=list(colours), range=list(colours.values()))
    )
    return alt.layer(
        base.mark_bar(height=16).encode(
            x=x, x2="high:Q", color=colour,
            tooltip=[alt.Tooltip("name:N"), alt.Tooltip("shown:N")],
        ),
        base.mark_text(align="left", dx=4, color=theme.ink, fontSize=11).encode(
            x="high:Q", text="shown:N"
        ),
    ).properties(width="container", height=STEP * len(data))  # fmt: skip
