"""The data: what there is, how fresh it is, what was refused and how to mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kadar import contents
from kadar.language import N_
from kadar.web.page import Page
from kadar.web.panel import COUNT, WORDS, Column, Panel

if TYPE_CHECKING:
    from kadar.web.visit import Visit

MOST = 500  # refused rows shown


def sources(visit: Visit) -> Panel:
    """Return the tables that hold rows, by source, with when each last learnt something."""
    from zoneinfo import ZoneInfo

    zone = ZoneInfo(visit.project.company.time_zone)
    with contents.opened(visit.project) as connection:
        found = contents.tables(connection)
    rows = [
        {
            "table": one.table,
            "source": source,
            "rows": count,
            "refused": one.quarantined if position == 0 else None,
            "recorded_at": one.recorded_at.astimezone(zone) if one.recorded_at else None,
            "columns": ", ".join(one.columns) if position == 0 else "",
        }
        for one in found
        for position, (source, count) in enumerate((one.sources or {"": 0}).items())
    ]
    return Panel(
        "sources",
        N_("What there is"),
        [
            Column("table", N_("table")),
            Column("source", N_("source")),
            Column("rows", N_("rows"), COUNT),
            Column("refused", N_("refused"), COUNT),
            Column("recorded_at", N_("last learnt")),
            Column("columns", N_("columns"), WORDS),
        ],
        rows,
        N_("No source has been loaded yet: kadar import FILE…"),
    )


def refused(visit: Visit) -> Panel:
    """Return the records in quarantine: where each stands, why, and what to do."""
    with contents.opened(visit.project) as connection:
        found = contents.refused_rows(connection)
    rows = [
        {
            "file": one.file or one.source,
            "line": one.line,
            "table": one.table,
            "column": one.column,
            "reason": visit.t(one.reason),
            "remedy": visit.t(one.remedy),
        }
        for one in found[:MOST]
    ]
    return Panel(
        "refused",
        N_("What was refused"),
        [
            Column("file", N_("file")),
            Column("line", N_("line"), COUNT),
            Column("table", N_("table")),
            Column("column", N_("column")),
            Column("reason", N_("reason"), WORDS),
            Column("remedy", N_("what to do"), WORDS),
        ],
        rows,
        N_("No record was refused."),
        details={"count": len(found)},
    )


def lacking(visit: Visit) -> Panel:
    """Return the KPIs and variants that this data cannot carry, and the columns they need."""
    rows = [
        {
            "kpi": visit.t(visit.workspace.kpis[kpi].title),
            "name": kpi,
            "variant": variant,
            "columns": ", ".join(columns),
        }
        for kpi, variants in visit.workspace.computable().items()
        for variant, columns in variants.items()
        if columns
    ]
    return Panel(
        "lacking",
        N_("Not computable from this data"),
        [
            Column("kpi", N_("KPI"), WORDS),
            Column("variant", N_("variant")),
            Column("columns", N_("columns to map"), WORDS),
        ],
        rows,
        N_("Every KPI can be computed."),
    )


def view(visit: Visit) -> dict[str, Any]:
    """Return what the page of the data shows."""
    return {
        "heading": visit.t(PAGE.title),
        "panels": [panel(visit) for panel in PANELS.values()],
        "until": visit.t(N_("data version {version}"), version=visit.version),
    }


PANELS = {"sources": sources, "refused": refused, "lacking": lacking}
PAGE = Page("/data", "panels.html", N_("Data"), view, PANELS, place=8, key="d")
