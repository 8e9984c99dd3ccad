"""Values over two axes as a grid of cells, the number in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kadar.charts.theme import Theme

STEP = 24  # pixels of a row


def heat(
    rows: Sequence[Mapping[str, Any]],
    *,
    x: str,
    y: str,
    theme: Theme,
    titles: Mapping[str, str],
) -> Any:
    """Draw `value` of each row at `x`, sorted, and `y`, in their order; `shown` stands within.

    A row with `unfinished` is drawn pale and its number in italics.
    """
    import altair as alt

    data = [
        {"x": row[x], "y": str(row[y]), "value": row["value"], "shown": row["shown"],
         "unfinished": bool(row.get("unfinished"))}
        for row in rows
    ]  # fmt: skip
    known = sorted(float(row["value"]) for row in data if row["value"] is not None)
    # from here on the paper's colour is read better on a cell than the ink's
    share = 0.7 if theme.name == "light" else 0.6
    turn = known[0] + share * (known[-1] - known[0]) if known else 0.0
    columns = sorted({row["x"] for row in data})
    lines = list(dict.fromkeys(row["y"] for row in data))
    ramp = [theme.paper, theme.main]
    base = alt.Chart(alt.Data(values=data)).encode(
        x=alt.X("x:O", title=titles["x"], sort=columns, scale=alt.Scale(domain=columns),
                axis=alt.Axis(orient="top", labelAngle=0, domain=False, ticks=False)),
        y=alt.Y("y:O", title=titles["y"], sort=lines, scale=alt.Scale(domain=lines),
                axis=alt.Axis(domain=False, ticks=False)),
    )  # fmt: skip
    return alt.layer(
        base.mark_rect(stroke=theme.paper, strokeWidth=1).encode(
            color=alt.Color("value:Q", legend=None, scale=alt.Scale(range=ramp, interpolate="rgb")),
            opacity=alt.condition("datum.unfinished", alt.value(0.45), alt.value(1)),
            tooltip=[alt.Tooltip("y:O", title=titles["y"]), alt.Tooltip("x:O", title=titles["x"]),
                     alt.Tooltip("shown:N", title=titles["value"])],
        ),
        base.mark_text(fontSize=10).encode(
            text="shown:N",
            color=alt.condition(
                f"datum.value > {turn} && !datum.unfinished",
                alt.value(theme.paper),
                alt.value(theme.ink),
            ),
        ),
    ).properties(width="container", height=STEP * len({row["y"] for row in data}))  # fmt: skip
