"""The rows behind a number of a KPI: its numerator, its denominator, what was left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kadar.insight.records import PARTS
from kadar.language import N_
from kadar.show.answers import known_until
from kadar.show.listing import PARTS as NAMES
from kadar.show.listing import in_one_currency
from kadar.web.customer_link import customer_url
from kadar.web.page import Page
from kadar.web.panel import COUNT, TEXT, VALUE, Column, Link, Panel
from kadar.web.periods import chosen, valued

if TYPE_CHECKING:
    from kadar.insight.records import Records
    from kadar.web.visit import Visit

KINDS = {"integer": COUNT, "number": VALUE}
PAGE_OF = 200  # rows shown; files have them all


def _period(visit: Visit, name: str) -> str:
    return visit.get("period") or chosen(visit, valued(visit, name)) or "all"


def _records(visit: Visit, name: str) -> Records:
    """Return the rows, listed once in a visit: the first 200 on the page, else all of them."""
    return visit.once(
        "records",
        lambda: visit.workspace.records(
            name,
            _period(visit, name),
            part=visit.get("part") or "numerator",
            variant=visit.get("variant"),
            by=visit.all("group"),
            where=visit.where,
            limit=PAGE_OF if visit.path.endswith("/records") else None,
        ),
    )


def rows(visit: Visit, name: str) -> Panel:
    """Return the rows; the first 200 on the page, all of them in files."""
    made = _records(visit, name)
    notes = []
    if made.count > len(made.rows):
        notes.append(
            visit.t(
                N_("The first {shown} of {count} rows; the files have them all."),
                shown=visit.reader.count(len(made.rows)),
                count=visit.reader.count(made.count),
            )
        )
    converted = in_one_currency(made.columns, visit.reader)
    if converted:
        notes.append(converted)
    return Panel(
        "rows",
        N_("Rows"),
        [
            Column(column, column, KINDS.get(kind, TEXT), bare=True)
            for column, kind in made.columns.items()
        ],
        list(made.rows),
        N_("No row makes this part."),
        notes=notes,
        links=[Link("customer_id", lambda row: _customer(visit, row))],
        details={"count": made.count, "figure": made.figure},
    )


def _customer(visit: Visit, row: dict[str, Any]) -> str | None:
    return customer_url(visit, row.get("customer_id"))


def view(visit: Visit, name: str) -> dict[str, Any]:
    """Return what the page of a KPI's rows shows."""
    kpi = visit.workspace.kpis[name]
    made = _records(visit, name)
    answer = visit.workspace.ask(name, variant=visit.get("variant"), grain=visit.grain)
    unit = "number" if made.adds_up else kpi.get(visit.get("variant")).unit
    return {
        "kpi": kpi,
        "variant": made.variant,
        "period": _period(visit, name),
        "parts_": [(part, visit.t(NAMES[part])) for part in PARTS],
        "part": made.part,
        "groups": visit.all("group"),
        "count": visit.reader.count(made.count),
        "figure": visit.reader.value(made.figure, unit),
        "panel": rows(visit, name),
        "until": known_until(answer, visit.workspace, visit.reader),
    }


PAGE = Page(
    "/kpi/{name}/records", "records.html", N_("Rows behind the number"), view, {"rows": rows}
)
