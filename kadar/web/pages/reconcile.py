"""One definition of a KPI beside another, or beside a figure somebody else reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kadar.insight.figure import Explained
from kadar.language import N_
from kadar.show.bridge import METHOD
from kadar.web.page import Page
from kadar.web.panel import COUNT, TEXT, VALUE, WORDS, Column, Panel
from kadar.web.periods import chosen, label, valued

if TYPE_CHECKING:
    from kadar.charts.theme import Theme
    from kadar.insight.reconcile import Reconciled
    from kadar.show.reader import Reader
    from kadar.web.visit import Visit

MOST = 500  # rows shown


def _same_unit(visit: Visit, name: str) -> list[str]:
    kpi = visit.workspace.kpis[name]
    usual = kpi.get(visit.get("variant"))
    return [n for n, one in kpi.variants.items() if n != usual.name and one.unit == usual.unit]


def _computable(visit: Visit, name: str) -> list[str]:
    lacking = visit.workspace.computable()[name]
    return [variant for variant in _same_unit(visit, name) if not lacking[variant]]


def _reconciled(visit: Visit, name: str) -> Reconciled | Explained | None:
    return visit.once("reconciled", lambda: _reconciled_now(visit, name))


def _reconciled_now(visit: Visit, name: str) -> Reconciled | Explained | None:
    period = chosen(visit, valued(visit, name))
    others = _computable(visit, name)
    figure = visit.get("value")
    if period is None or not (others or figure):
        return None
    return visit.workspace.reconcile(
        name,
        period,
        other=None if figure else visit.get("with") or others[0],
        value=figure,
        variant=visit.get("variant"),
        by=visit.all("group"),
        where=visit.where,
    )


def _bridge(made: Reconciled | Explained | None) -> Reconciled | None:
    return made.bridge if isinstance(made, Explained) else made


def steps(visit: Visit, name: str) -> Panel:
    """Return the steps from one number to the other; they add up exactly."""
    bridge = _bridge(_reconciled(visit, name))
    lines = bridge.records(visit.t) if bridge else []
    for line in lines:
        line["effect_said"] = (
            "" if line["effect"] is None else visit.reader.signed(line["effect"], line["unit"])
        )

    def draw(theme: Theme, reader: Reader) -> Any:
        from kadar.charts.waterfall import waterfall

        shown = [
            {"name": f"{line['step']}. {line['what']}", "effect": line["effect"],
             "shown": reader.signed(line["effect"], line["unit"])}
            for line in lines[1:-1]
        ]  # fmt: skip
        return waterfall(
            shown,
            start=(lines[0]["what"], lines[0]["value"]),
            end=(lines[-1]["what"], lines[-1]["value"]),
            unit=lines[0]["unit"],
            theme=theme,
            better=None,
        )

    return Panel(
        "steps",
        N_("The way from one number to the other"),
        [
            Column("step", N_("step"), COUNT),
            Column("what", N_("what differs"), WORDS),
            Column("rows", N_("rows"), COUNT),
            Column("numerator", N_("numerator"), VALUE, "number"),
            Column("denominator", N_("denominator"), VALUE, "number"),
            Column("effect_said", N_("effect"), TEXT),
            Column("value", N_("value"), VALUE),
        ],
        lines,
        N_("There is nothing to reconcile this with."),
        draw if len(lines) > 2 else None,
        notes=[METHOD],
        open_table=True,
    )


def rows(visit: Visit, name: str) -> Panel:
    """Return the rows behind the steps; the first 500 on the page."""
    bridge = _bridge(_reconciled(visit, name))
    found = bridge.rows(visit.t) if bridge else []
    shown = found if not visit.path.endswith("/reconcile") else found[:MOST]
    names = list(found[0]) if found else ["step", "reason"]
    return Panel(
        "rows",
        N_("Rows"),
        [Column(one, one, bare=True) for one in names],
        shown,
        N_("The two are the same number: no row tells them apart."),
        details={"count": len(found)},
    )


def view(visit: Visit, name: str) -> dict[str, Any]:
    """Return what the page of a reconciliation shows."""
    kpi = visit.workspace.kpis[name]
    made = _reconciled(visit, name)
    listed = valued(visit, name)
    told = None
    if isinstance(made, Explained):
        best = made.candidates[0]
        said = (
            N_("{figure} is {what}: {value}.")
            if made.explained
            else N_("Nothing known comes to {figure}. The nearest is {what}: {value}.")
        )
        what = best.variant
        if best.convention is not None:
            what = f"{what}, {best.convention.text(visit.t)}"
        value = visit.reader.value(best.value, made.bridge.unit)
        told = visit.t(said, figure=made.figure.text, what=what, value=value)
    return {
        "kpi": kpi,
        "variant": kpi.get(visit.get("variant")).name,
        "others": _same_unit(visit, name),
        "other": visit.get("with") or next(iter(_computable(visit, name)), None),
        "figure": visit.get("value") or "",
        "periods": [label(visit, row) for row in listed][::-1],
        "period": chosen(visit, listed),
        "told": told,
        "panels": [steps(visit, name), rows(visit, name)],
        "until": visit.t(N_("data version {version}"), version=visit.version),
    }


PANELS = {"steps": steps, "rows": rows}
PAGE = Page("/kpi/{name}/reconcile", "reconcile.html", N_("Reconcile"), view, PANELS)
