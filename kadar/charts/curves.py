"""Curves: one line for each name, over days or over shares; with a band where they have one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kadar.charts.axis import value_format
from kadar.charts.theme import Theme

HEIGHT = 260


def curves(
    rows: Sequence[Mapping[str, Any]],
    *,
    x: str,
    unit_x: str,
    unit: str,
    theme: Theme,
    labels: Mapping[str, str],
) -> Any:
    """Draw `value` of each row over its `x`, a line for each `name`, in the order given.

    `x` is a day where `unit_x` is `day`, else a number of that unit. A row's `lower` and `upper`
    make a band, and rows that are `expected` a dashed line. `labels` has the titles `x` and
    `value`.
    """
    import altair as alt

    dated = unit_x == "day"
    data = [
        {"x": row[x].isoformat() if dated else row[x], "name": row["name"], "value": row["value"],
         "lower": row.get("lower"), "upper": row.get("upper"), "at": row.get("at", row[x]),
         "shown": row.get("shown", row["value"]), "expected": bool(row.get("expected"))}
        for row in rows
    ]  # fmt: skip
    for row in data:
        row["at"] = str(row["at"])
    values = [float(row[key]) for row in data for key in ("value", "lower", "upper")
              if row[key] is not None]  # fmt: skip
    names = list(dict.fromkeys(row["name"] for row in data))
    base = alt.Chart(alt.Data(values=data))
    if dated:
        along = alt.X("x:T", title=labels["x"], scale=alt.Scale(type="utc"),
                      axis=alt.Axis(format="%Y-%m", labelOverlap=True, tickCount=8))  # fmt: skip
    else:
        over = value_format(unit_x, [float(row["x"]) for row in data])
        along = alt.X("x:Q", title=labels["x"], axis=alt.Axis(format=over, tickCount=8))
    up = alt.Y(
        "value:Q",
        title=labels["value"],
        axis=alt.Axis(format=value_format(unit, values), tickCount=5),
        scale=alt.Scale(zero=False, nice=True),
    )
    colour = (
        alt.Color("name:N", title=None, sort=names) if len(names) > 1 else alt.value(theme.main)
    )
    tips = [
        alt.Tooltip("name:N", title=" "),
        alt.Tooltip("at:N", title=labels["x"]),
        alt.Tooltip("shown:N", title=labels["value"]),
    ]
    layers: list[Any] = []
    if any(row["lower"] is not None for row in data):
        layers.append(
            base.mark_area(color=theme.band, opacity=0.55)
            .encode(x=along, y=alt.Y("lower:Q", title=labels["value"]), y2="upper:Q")
            .transform_filter("isValid(datum.lower)")
        )
    for expected in sorted({row["expected"] for row in data}):
        line = base.mark_line(
            strokeWidth=2, strokeDash=[5, 4] if expected else [1, 0], point={"size": 20}
        )
        layers.append(
            line.encode(x=along, y=up, color=colour, tooltip=tips).transform_filter(
                f"{'' if expected else '!'}datum.expected"
            )
        )
    if labels.get("target"):
        mark = alt.Chart(alt.Data(values=[{"y": float(labels["at"]), "label": labels["target"]}]))
        layers.append(mark.mark_rule(color=theme.quiet, strokeDash=[2, 3]).encode(y=alt.Y("y:Q")))
        layers.append(
            mark.mark_text(align="right", dx=-2, dy=-6, color=theme.quiet, fontSize=11).encode(
                y="y:Q", x=alt.value("width"), text="label:N"
            )
        )
    return alt.layer(*layers).properties(width="container", height=HEIGHT)
