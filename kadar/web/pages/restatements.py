"""Why a number that was reported is another now: causes that add up, with their records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kadar.errors import KadarError
from kadar.language import N_
from kadar.show.restatements import NAMES
from kadar.web.page import Page
from kadar.web.panel import COUNT, EFFECT, VALUE, WORDS, Column, Panel
from kadar.web.periods import chosen, label, valued

if TYPE_CHECKING:
    from kadar.insight.restatements import Restatements
    from kadar.web.visit import Visit

CHOOSE = N_("Choose the day on which the number was reported.")


def _restated(visit: Visit, name: str) -> Restatements | KadarError | None:
    return visit.once("restated", lambda: _restated_now(visit, name))


def _restated_now(visit: Visit, name: str) -> Restatements | KadarError | None:
    period = chosen(visit, valued(visit, name))
    if period is None:
        return None
    try:
        return visit.workspace.restatements(
            name,
            period,
            since=visit.get("since"),
            variant=visit.get("variant"),
            by=visit.all("group"),
            where=visit.where,
        )
    except KadarError as error:
        if not error.code.startswith("KDR-RST"):
            raise
        return error  # nothing was reported yet: told on the page


def _restatements(visit: Visit, name: str) -> Restatements | None:
    made = _restated(visit, name)
    return None if isinstance(made, KadarError) else made


def causes(visit: Visit, name: str) -> Panel:
    """Return the causes and what each made of the number; they add up exactly."""
    made = _restatements(visit, name)
    rows = [
        {**record, "cause_said": visit.t(NAMES[record["cause"]])}
        for record in (made.records() if made else [])
        if record["effect"] or record["rows"]
    ]
    return Panel(
        "causes",
        N_("What changed since"),
        [
            Column("cause_said", N_("cause"), WORDS),
            Column("before", N_("before"), VALUE),
            Column("after", N_("after"), VALUE),
            Column("effect", N_("effect"), EFFECT),
            Column("rows", N_("rows"), COUNT),
            Column("records", N_("of this number"), COUNT),
        ],
        rows,
        N_("Nothing was recorded since then that differs."),
    )


def records(visit: Visit, name: str) -> Panel:
    """Return the records behind the change: what each was and what it is."""
    made = _restatements(visit, name)
    rows = [
        {
            "cause": visit.t(NAMES[one["cause"]]),
            "record": f"{one['table']} {one['key']}",
            "source": one["source"],
            "recorded_at": one["recorded_at"],
            "changed": "; ".join(
                f"{column}: {'–' if old is None else old} → {'–' if new is None else new}"
                for column, (old, new) in one["columns"].items()
            ),
        }
        for one in (made.touched() if made else [])
    ]
    return Panel(
        "records",
        N_("Records behind the change"),
        [
            Column("cause", N_("cause"), WORDS),
            Column("record", N_("record")),
            Column("source", N_("source")),
            Column("recorded_at", N_("learnt")),
            Column("changed", N_("what changed"), WORDS),
        ],
        rows,
        N_("No record of this number changed."),
    )


def view(visit: Visit, name: str) -> dict[str, Any]:
    """Return what the page of a restated number shows."""
    kpi = visit.workspace.kpis[name]
    made = _restated(visit, name)
    listed = valued(visit, name)
    told = None
    if isinstance(made, KadarError):
        told = f"{made.sentence(visit.language)} {visit.t(CHOOSE)}"
    elif made is not None:
        told = visit.t(
            N_("Reported {before}, known at {moment}; {after} now."),
            before=visit.reader.value(made.before.value, made.unit),
            moment=f"{made.since.astimezone(_zone(visit)):%Y-%m-%d %H:%M}",
            after=visit.reader.value(made.after.value, made.unit),
        )
    return {
        "kpi": kpi,
        "variant": kpi.get(visit.get("variant")).name,
        "periods": [label(visit, row) for row in listed][::-1],
        "period": chosen(visit, listed),
        "since": visit.get("since") or "",
        "told": told,
        "panels": [causes(visit, name), records(visit, name)],
        "until": visit.t(N_("data version {version}"), version=visit.version),
    }


def _zone(visit: Visit) -> Any:
    from zoneinfo import ZoneInfo

    return ZoneInfo(visit.project.company.time_zone)


PANELS = {"causes": causes, "records": records}
PAGE = Page("/kpi/{name}/restatements", "restatements.html", N_("Restatements"), view, PANELS)
