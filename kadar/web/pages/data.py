"""The data: what there is, how fresh it is, what was refused and how to mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kadar import contents
from kadar.language import N_
from kadar.last_sync import Failure, Synced, last_sync
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
            "refused": one.refused.get(source, 0),
            "recorded_at": one.learnt[source].astimezone(zone) if source in one.learnt else None,
            "columns": ", ".join(one.columns) if position == 0 else "",
        }
        for one in found
        for position, (source, count) in enumerate(one.sources.items())
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
        wide=True,
    )


def last(visit: Visit) -> Panel:
    """Return how the last sync went, whoever started it."""
    from zoneinfo import ZoneInfo

    found = last_sync(visit.project.folder)
    notes = []
    rows = []
    if found is not None:
        when = found.ended.astimezone(ZoneInfo(visit.project.company.time_zone))
        notes = [visit.t(N_("It ended on {moment}."), moment=f"{when:%Y-%m-%d %H:%M}")]
        if found.failure is not None:
            notes.append(_said(found.failure))
        rows = [_synced(visit, one) for one in found.sources]
    return Panel(
        "last_sync",
        N_("The last sync"),
        [
            Column("source", N_("source")),
            Column("table", N_("table")),
            Column("outcome", N_("what became of it")),
            Column("read", N_("read"), COUNT),
            Column("new", N_("new"), COUNT),
            Column("changed", N_("changed"), COUNT),
            Column("gone", N_("gone"), COUNT),
            Column("quarantined", N_("refused"), COUNT),
            Column("said", N_("what was said"), WORDS, usually_empty=True),
        ],
        rows,
        N_("No sync has been noted yet."),
        notes=notes,
        wide=True,
    )


def ledger(visit: Visit) -> Panel:
    """Return what each object of the live systems brought last: what is there, what is here."""
    from kadar.show.sources import rows as ledger_rows

    rows = [
        row | {"agrees": visit.t(_AGREES[row["balances"]]) if row["balances"] in _AGREES else None}
        for row in ledger_rows(visit.project)
        if row["read_at"] is not None
    ]
    return Panel(
        "ledger",
        N_("Live systems"),
        [
            Column("source", N_("source")),
            Column("object", N_("object")),
            Column("read_at", N_("last read")),
            Column("received", N_("received"), COUNT),
            Column("changed", N_("changed"), COUNT),
            Column("gone", N_("gone"), COUNT),
            Column("kept", N_("here"), COUNT),
            Column("total", N_("there"), COUNT, usually_empty=True),
            Column("agrees", N_("the two"), usually_empty=True),
            Column("said", N_("what was said"), WORDS, usually_empty=True),
        ],
        rows,
        N_("No live system is connected: kadar connect."),
        wide=True,
    )


_AGREES = {True: N_("agree"), False: N_("differ")}
_OUTCOMES = {
    "loaded": N_("loaded"),
    "unchanged": N_("as before, not read"),
    "removed": N_("removed"),
    "failed": N_("failed"),
}


def _synced(visit: Visit, one: Synced) -> dict[str, Any]:
    counted = one.outcome in ("loaded", "removed")
    counts = {
        name: getattr(one, name) if counted else None
        for name in ("read", "new", "changed", "gone", "quarantined")
    }
    said = [visit.t(note) for note in one.notes]
    if one.failure is not None:
        said.insert(0, _said(one.failure))
    outcome = visit.t(_OUTCOMES.get(one.outcome, one.outcome))
    return {
        "source": one.source, "table": one.table, "outcome": outcome, **counts,
        "said": " ".join(said) or None,
    }  # fmt: skip


def _said(failure: Failure) -> str:
    return f"{failure.message} {failure.remedy} [{failure.code}]"


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
        wide=True,
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
        wide=True,
    )


def view(visit: Visit) -> dict[str, Any]:
    """Return what the page of the data shows."""
    return {
        "heading": visit.t(PAGE.title),
        "onward": (visit.url("/checks"), visit.t(N_("What the checks found"))),
        "panels": [panel(visit) for panel in PANELS.values()],
        "until": visit.t(N_("data version {version}"), version=visit.version),
    }


PANELS = {
    "sources": sources,
    "last_sync": last,
    "ledger": ledger,
    "refused": refused,
    "lacking": lacking,
}
PAGE = Page("/data", "panels.html", N_("Data"), view, PANELS, place=8, key="d")
