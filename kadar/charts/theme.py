"""Colours and type of charts: light and dark, the same as the pages'."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

FONT = "Inter, system-ui, 'Noto Sans', 'Noto Sans CJK SC', sans-serif"


@dataclass(frozen=True)
class Theme:
    """Colours of a chart, each with 3:1 contrast or more on the paper where it carries meaning."""

    name: str
    paper: str
    ink: str
    quiet: str
    rule: str
    main: str
    band: str
    good: str
    bad: str
    series: tuple[str, ...]

    def config(self) -> dict[str, Any]:
        """Return the Vega-Lite configuration."""
        axis = {
            "labelColor": self.quiet, "titleColor": self.quiet, "tickColor": self.rule,
            "domainColor": self.rule, "gridColor": self.rule, "gridOpacity": 0.6,
            "labelFontSize": 11, "titleFontSize": 11, "titleFontWeight": "normal",
            "labelPadding": 4,
        }  # fmt: skip
        return {
            "background": "transparent",
            "font": FONT,
            "view": {"stroke": None},
            "axis": axis,
            "axisX": {"grid": False},
            "axisY": {"domain": False, "ticks": False},
            "legend": {"labelColor": self.ink, "titleColor": self.quiet, "orient": "top"},
            "range": {"category": list(self.series)},
            "text": {"color": self.ink},
        }


# Categorical colours that people with colour blindness tell apart (Okabe & Ito 2008), darkened
# for a light page and lightened for a dark one.
LIGHT = Theme(
    "light", "#ffffff", "#1b2430", "#5a6675", "#d5dbe3", "#1f5fbf", "#bcd3f5", "#0b7a4b",
    "#b3372f", ("#1f5fbf", "#c05a00", "#0b7a4b", "#a0347c", "#6b5b00", "#006f8e", "#7a4bc2"),
)  # fmt: skip
DARK = Theme(
    "dark", "#141a22", "#e7ecf2", "#a3afbd", "#34404e", "#7fb2ff", "#29466f", "#55c795",
    "#ff8d82", ("#7fb2ff", "#f2a154", "#55c795", "#e58cc6", "#d9c64a", "#5cc7e2", "#b99bf0"),
)  # fmt: skip
THEMES = {theme.name: theme for theme in (LIGHT, DARK)}
