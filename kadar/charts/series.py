"""A KPI over time: the value, its interval, what is not finished, limits and target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kadar.charts.axis import value_format
from kadar.charts.theme import Theme

HEIGHT = 260


def series(
    rows: Sequence[Mapping[str, Any]],
    *,
    unit: str,
    theme: Theme,
    labels: Mapping[str, str],
    target: float | None = None,
    by: str | None = None,
) -> Any:
    """Draw rows of `opens`, `period`, `value`, `lower`, `upper`, `finished` as lines over time.

    Rows may carry `limit_lower`, `centre` and `limit_upper` (process limits), and with `by` a
    dimension that makes a line each. `labels` names the value, the periods and what the marks
    mean. Unfinished periods are hollow points off the line.
    """
    import altair as alt

    data = [
        {**{k: row.get(k) for k in ("value", "lower", "upper", "period")},
         "opens": row["opens"].isoformat(), "finished": bool(row["finished"]),
         "shown": row.get("shown", row.get("value")),
         **({by: str(row.get(by) or labels["none"])} if by else {}),
         **{k: row.get(k) for k in ("limit_lower", "centre", "limit_upper")}}
        for row in rows
    ]  # fmt: skip
    values = [
        float(row[key])
        for row in data
        for key in ("value", "lower", "upper")
        if row[key] is not None
    ]
    base = alt.Chart(alt.Data(values=data))
    x = alt.X(
        "opens:T", title=None, scale=alt.Scale(type="utc"),
        axis=alt.Axis(format="%Y-%m", labelOverlap=True, tickCount=8),
    )  # fmt: skip
    y = alt.Y(
        "value:Q", title=labels["value"],
        axis=alt.Axis(format=value_format(unit, values), tickCount=5),
        scale=alt.Scale(zero=False, nice=True),
    )  # fmt: skip
    colour = alt.Color(f"{by}:N", title=by) if by else alt.value(theme.main)
    tips = [
        alt.Tooltip("period:N", title=labels["period"]),
        alt.Tooltip("shown:N", title=labels["value"]),
        *([alt.Tooltip(f"{by}:N")] if by else []),
    ]
    layers: list[Any] = []
    if not by:
        layers.append(
            base.mark_area(color=theme.band, opacity=0.55).encode(
                x=x, y=alt.Y("lower:Q", title=labels["value"]), y2="upper:Q"
            ).transform_filter("datum.finished")
        )  # fmt: skip
        layers += _limits(alt, base, data, x, theme)
    layers.append(
        base.mark_line(strokeWidth=2)
        .encode(x=x, y=y, color=colour)
        .transform_filter("datum.finished")
    )
    for finished in sorted({row["finished"] for row in data}, reverse=True):
        mark = base.mark_point(size=34, filled=finished, strokeWidth=1.5)
        layers.append(
            mark.encode(x=x, y=y, color=colour, tooltip=tips).transform_filter(
                f"{'' if finished else '!'}datum.finished"
            )
        )
    if target is not None:
        line = alt.Chart(alt.Data(values=[{"target": target, "label": labels["target"]}]))
        layers.append(
            line.mark_rule(color=theme.quiet, strokeDash=[5, 4]).encode(y=alt.Y("target:Q"))
        )
        layers.append(
            line.mark_text(
                align="right", dx=-2, dy=-6, color=theme.quiet, fontSize=11
            ).encode(y="target:Q", x=alt.value("width"), text="label:N")
        )  # fmt: skip
    return alt.layer(*layers).properties(width="container", height=HEIGHT)


def _limits(alt: Any, base: Any, data: list[dict[str, Any]], x: Any, theme: Theme) -> list[Any]:
    if not any(row["centre"] is not None for row in data):
        return []
    dashes = {"limit_lower": [2, 3], "centre": [1, 0], "limit_upper": [2, 3]}
    return [
        base.mark_line(color=theme.quiet, strokeWidth=1, strokeDash=dash, opacity=0.8)
        .encode(x=x, y=alt.Y(f"{name}:Q"))
        .transform_filter(f"isValid(datum.{name})")
        for name, dash in dashes.items()
    ]
