"""A panel as a file: `.json`, `.csv`, `.svg`, `.png`, `.sql`, `.vega`, and `.html` alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from kadar.errors import USAGE, KadarError, nearest
from kadar.language import N_
from kadar.show.records import text_rows
from kadar.web import drawing
from kadar.web.panel import Panel
from kadar.web.visit import Visit

Made = tuple[bytes, str]


def made(panel: Panel, suffix: str, visit: Visit) -> Made:
    """Return a panel as a file of that kind and its media type.

    Raises KDR-WEB-002 for a suffix the panel has not.
    """
    makers = _makers(panel)
    if suffix not in makers:
        raise KadarError(
            "KDR-WEB-002",
            N_("{panel} is not there as .{suffix}."),
            N_("These exist: {suffixes}."),
            exit_code=USAGE,
            panel=panel.name,
            suffix=suffix,
            suffixes=nearest(suffix, list(makers)),
        )
    return makers[suffix](panel, visit)


def suffixes(panel: Panel) -> list[str]:
    """Return the suffixes a panel has."""
    return list(_makers(panel))


def _makers(panel: Panel) -> dict[str, Callable[[Panel, Visit], Made]]:
    makers: dict[str, Callable[[Panel, Visit], Made]] = {"json": _json, "csv": _csv}
    if panel.draw is not None and panel.rows:
        makers |= {"svg": _svg, "png": _png, "vega": _specification}
    if panel.sql is not None:
        makers["sql"] = _sql
    return makers


def _json(panel: Panel, visit: Visit) -> Made:
    record = {
        "panel": panel.name,
        "title": visit.t(panel.title),
        "data_version": visit.version,
        "rows": panel.records(),
        "notes": [visit.t(note) for note in panel.notes],
        **panel.details,
    }
    return json.dumps(record, ensure_ascii=False, default=_plain).encode(), "application/json"


def _csv(panel: Panel, _visit: Visit) -> Made:
    header = [column.name for column in panel.columns]
    rows = [[record[name] for name in header] for record in panel.records()]
    return text_rows(header, rows).encode(), "text/csv; charset=utf-8"


def _svg(panel: Panel, visit: Visit) -> Made:
    return drawing.svg(panel, visit.colours, visit.reader, _width(visit)), "image/svg+xml"


def _png(panel: Panel, visit: Visit) -> Made:
    return drawing.png(panel, visit.colours, visit.reader, _width(visit)), "image/png"


def _specification(panel: Panel, visit: Visit) -> Made:
    made = drawing.specification(panel, visit.colours, visit.reader)
    return json.dumps(made, ensure_ascii=False, default=_plain).encode(), "application/json"


def _sql(panel: Panel, _visit: Visit) -> Made:
    assert panel.sql is not None  # noqa: S101  (else there is no such suffix)
    return panel.sql().encode(), "text/plain; charset=utf-8"


def _width(visit: Visit) -> int:
    asked = visit.get("width", "")
    return min(max(int(asked), 240), 2400) if asked and asked.isdecimal() else drawing.WIDTH


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)
