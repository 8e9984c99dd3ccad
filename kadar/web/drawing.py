"""A panel's chart as Vega-Lite, SVG or PNG."""

from __future__ import annotations

from typing import Any

from kadar.charts.theme import Theme
from kadar.show.reader import Reader
from kadar.web.panel import Panel

WIDTH = 760  # pixels of a chart that no page stretches
LOCALES: dict[str, Any] = {"en": "en-US", "ms": "en-US", "zh_CN": "zh-CN"}


def specification(
    panel: Panel, theme: Theme, reader: Reader, width: int | None = None
) -> dict[str, Any]:
    """Return the Vega-Lite specification; without a width the chart fills its container."""
    assert panel.draw is not None  # noqa: S101  (asked only of panels that have a chart)
    made: dict[str, Any] = panel.draw(theme, reader).to_dict()
    made["config"] = theme.config()
    made["usermeta"] = {"embedOptions": {"renderer": "svg"}}
    if width is not None and made.get("width") == "container":
        made["width"] = width
    return made


def svg(panel: Panel, theme: Theme, reader: Reader, width: int = WIDTH) -> bytes:
    """Return the chart as SVG."""
    import vl_convert

    made = vl_convert.vegalite_to_svg(
        specification(panel, theme, reader, width),
        format_locale=LOCALES[reader.language],
        time_format_locale=LOCALES[reader.language],
    )
    return str(made).encode()


def png(panel: Panel, theme: Theme, reader: Reader, width: int = WIDTH) -> bytes:
    """Return the chart as PNG, twice as dense as a page, on the theme's paper."""
    import vl_convert

    made = specification(panel, theme, reader, width)
    made["background"] = theme.paper
    return bytes(
        vl_convert.vegalite_to_png(
            made,
            scale=2,
            format_locale=LOCALES[reader.language],
            time_format_locale=LOCALES[reader.language],
        )
    )
