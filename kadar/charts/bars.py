"""Values side by side: one bar each, with its interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kadar.charts.axis import value_format
from kadar.charts.theme import Theme

STEP = 26  # pixels of a bar and the space after it


def bars(
    rows: Sequence[Mapping[str, Any]],
    *,
    name: str,
    unit: str,
    theme: Theme,
    labels: Mapping[str, str],
    signed: bool = False,
) -> Any:
    """Draw `value` of each row as a bar named by `name`, in the order given.

    `lower` and `upper`, where a row has them, are drawn as a whisker. A `signed` value is
    coloured by its sign, and its sign is written beside it.
    """
    import altair as alt

    data = [
        {"name": str(row[name]) if row[name] is not None else labels["none"],
         "value": row.get("value"), "lower": row.get("lower"), "upper": row.get("upper"),
         "shown": row.get("shown", "")}
        for row in rows
    ]  # fmt: skip
    values = [float(row["value"]) for row in data if row["value"] is not None]
    base = alt.Chart(alt.Data(values=data)).encode(
        y=alt.Y("name:N", sort=None, title=None, axis=alt.Axis(labelLimit=180, domain=False))
    )
    x = alt.X(
        "value:Q",
        title=labels["value"],
        axis=alt.Axis(format=value_format(unit, values), grid=True, tickCount=6),
    )
    colour = (
        alt.condition("datum.value < 0", alt.value(theme.bad), alt.value(theme.good))
        if signed
        else alt.value(theme.main)
    )
    layers = [
        base.mark_bar(height=14).encode(
            x=x, color=colour,
            tooltip=[alt.Tooltip("name:N", title=labels["name"]),
                     alt.Tooltip("shown:N", title=labels["value"])],
        )
    ]  # fmt: skip
    if any(row["lower"] is not None and row["upper"] is not None for row in data):
        layers.append(
            base.mark_rule(color=theme.ink, strokeWidth=1.5).encode(
                x=alt.X("lower:Q"), x2="upper:Q"
            )
        )
    layers.append(
        base.mark_text(align="left", dx=4, color=theme.ink, fontSize=11).encode(
            x=alt.X("upper:Q" if len(layers) > 1 else "value:Q"), text="shown:N"
        )
    )
    return alt.layer(*layers).properties(width="container", height=STEP * max(len(data), 1))
