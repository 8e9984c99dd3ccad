"""Checks: what is wrong in the data, how far each number may be off, what is withheld."""

from __future__ import annotations

from collections import Counter
from math import isfinite
from typing import TYPE_CHECKING, Any

from kadar.checks import SEVERITIES, Bound, Finding, examined
from kadar.language import N_
from kadar.show.findings import ROW, SEVERITY
from kadar.web import over
from kadar.web.page import Page
from kadar.web.panel import APART, COUNT, PERIOD, VALUE, WORDS, Column, Link, Panel
from kadar.withheld import withheld as remembered

if TYPE_CHECKING:
    from kadar.web.visit import Visit


def _found(visit: Visit) -> list[Finding]:
    """Return the findings, the gravest first; refused records each stand on the page Data."""
    found = visit.once("findings", lambda: examined(visit.workspace))
    gravest = sorted(found, key=lambda one: -SEVERITIES.index(one.severity))
    return [one for one in gravest if one.code != ROW]


def findings(visit: Visit) -> Panel:
    """Return what the checks found, with the remedy and the KPIs that read such rows."""
    kpis = visit.workspace.kpis
    rows = [
        {
            "code": one.code,
            "severity": visit.t(SEVERITY[one.severity]),
            "reason": visit.t(one.reason, **one.details),
            "count": one.count,
            "examples": ", ".join(one.examples),
            "remedy": visit.t(one.remedy, **one.details),
            "kpis": ", ".join(visit.t(kpis[name].title) for name in one.touches),
        }
        for one in _found(visit)
    ]
    return Panel(
        "findings",
        N_("What the checks found"),
        [
            Column("severity", N_("severity")),
            Column("reason", N_("finding"), WORDS),
            Column("count", N_("rows"), COUNT),
            Column("examples", N_("examples"), WORDS),
            Column("remedy", N_("what to do"), WORDS),
            Column("kpis", N_("KPIs that read them"), WORDS),
            Column("code", N_("code")),
        ],
        rows,
        N_("The checks found nothing."),
        wide=True,
    )


def bounds(visit: Visit) -> Panel:
    """Return how far each finding may put a KPI's last whole periods off, the farthest first."""
    found = [(one, bound) for one in _found(visit) for bound in one.bounds]
    found.sort(key=lambda pair: (not pair[1].exceeds, -_share(pair[1])))
    rows = [
        {
            "kpi": visit.t(visit.workspace.kpis[bound.kpi].title),
            "name": bound.kpi,
            "grain": bound.grain,
            "opens": bound.opens,
            "closes": bound.closes,
            "value": bound.value,
            "lower": _finite(bound.lower),
            "upper": _finite(bound.upper),
            "most": _finite(bound.most),
            "any": visit.t(N_("any amount")),
            "unit": bound.unit,
            "exceeds": visit.t(N_("more than is allowed")) if bound.exceeds else None,
            "reason": visit.t(one.reason, **one.details),
            "code": one.code,
        }
        for one, bound in found
    ]
    return Panel(
        "bounds",
        N_("How far each number may be off"),
        [
            Column("kpi", N_("KPI")),
            Column("opens", N_("period"), PERIOD),
            Column("value", N_("value"), VALUE),
            Column("lower", N_("from"), VALUE, otherwise="any"),
            Column("upper", N_("to"), VALUE, otherwise="any"),
            Column("most", N_("off by at most"), APART, otherwise="any"),
            Column("exceeds", N_("limit"), usually_empty=True),
            Column("reason", N_("if this is so"), WORDS),
            Column("code", N_("code")),
        ],
        rows,
        N_("What was found puts no number off."),
        notes=[N_("Each finding alone, in the last whole month, quarter and year of each KPI.")],
        links=[Link("kpi", lambda row: visit.url(f"/kpi/{row['name']}", grain=row["grain"]))],
        wide=True,
    )


def withheld(visit: Visit) -> Panel:
    """Return the numbers that are not shown: all findings together leave them too far apart."""
    from datetime import date

    _found(visit)  # whoever looks here first has the data checked
    kpis = visit.workspace.kpis
    closes = {(b.kpi, b.grain, b.opens): b.closes for f in _found(visit) for b in f.bounds}
    rows: list[dict[str, Any]] = []
    for one in remembered(visit.project, visit.version or ""):
        opens = date.fromisoformat(one.opens)
        rows.append(
            {
                "kpi": visit.t(kpis[one.kpi].title),
                "name": one.kpi,
                "grain": one.grain,
                "opens": opens,
                "closes": closes.get((one.kpi, one.grain, opens), opens),
                "lower": _finite(one.lower),
                "upper": _finite(one.upper),
                "any": visit.t(N_("any amount")),
                "unit": kpis[one.kpi].get(one.variant).unit,
                "codes": ", ".join(one.codes),
            }
        )
    checks = visit.project.checks
    return Panel(
        "withheld",
        N_("What is withheld"),
        [
            Column("kpi", N_("KPI")),
            Column("opens", N_("period"), PERIOD),
            Column("lower", N_("from"), VALUE, otherwise="any"),
            Column("upper", N_("to"), VALUE, otherwise="any"),
            Column("codes", N_("because of"), WORDS),
        ],
        rows,
        N_("No number is withheld."),
        notes=[
            visit.t(
                N_(
                    "A share may be off by {points}, a score by {score}, any other number by "
                    "{relative} of itself, unless kadar.toml says otherwise."
                ),
                points=visit.reader.apart(checks.limit_points, "percent"),
                score=visit.reader.value(100 * checks.limit_points, "points"),
                relative=visit.reader.value(checks.limit_relative, "percent"),
            ),
        ],
        links=[Link("kpi", lambda row: visit.url(f"/kpi/{row['name']}", grain=row["grain"]))],
        wide=True,
    )


def _share(bound: Bound) -> float:
    """How far a value may be off, of itself."""
    return bound.most / abs(bound.value) if bound.value else bound.most


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None


def view(visit: Visit) -> dict[str, Any]:
    """Return what the page of the checks shows."""
    counts = Counter(one.severity for one in _found(visit))
    said = ", ".join(
        f"{visit.reader.count(counts[name])} {visit.t(SEVERITY[name])}"
        for name in reversed(SEVERITIES)
        if counts[name]
    )
    intro = visit.t(N_("What may be wrong in the data, and how far off a number is if it is."))
    return {
        "heading": visit.t(PAGE.title),
        "names": said,
        "intro": intro,
        "back": (visit.url("/data"), visit.t(N_("Data"))),
        "panels": [panel(visit) for panel in PANELS.values()],
        "until": over.until(visit),
    }


PANELS = {"withheld": withheld, "findings": findings, "bounds": bounds}
PAGE = Page("/checks", "panels.html", N_("Checks"), view, PANELS)
