"""The funnel: from lead to customer, stage by stage, and how long deals stay in each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kadar.asking import Asking
from kadar.insight.stages import longest_stays, stage_order
from kadar.language import N_
from kadar.web import over
from kadar.web.customer_link import customer_url
from kadar.web.page import Page
from kadar.web.panel import COUNT, SHARE, VALUE, WORDS, Column, Link, Panel

if TYPE_CHECKING:
    from kadar.charts.theme import Theme
    from kadar.show.reader import Reader
    from kadar.web.visit import Visit

STEPS = N_("From lead to customer")
STAGES = N_("Stage by stage")
WAITING = N_("Open deals that stay longest in their stage")
# Each step: its words, the KPI and variant it is read from, which side of the ratio it is.
READ = (
    (N_("leads that came in"), "lead_conversion_rate", "ever", "denominator"),
    (N_("of these, customers by now"), "lead_conversion_rate", "ever", "numerator"),
    (N_("deals opened"), "sales_conversion_rate", None, "denominator"),
    (N_("of these, won by now"), "sales_conversion_rate", None, "numerator"),
)


def steps(visit: Visit) -> Panel:
    """Return how many leads and deals of the span came how far."""
    asked = {(kpi, variant): over.ask(visit, kpi, variant) for _, kpi, variant, _ in READ}
    rows: list[dict[str, Any]] = []
    for words, kpi, variant, side in READ:
        row = asked[kpi, variant][None]
        if row is None:
            continue
        share = row.value if side == "numerator" else None
        rows.append(
            {"step": visit.t(words), "count": getattr(row, side), "share": share,
             "lower": row.lower if share is not None else None,
             "upper": row.upper if share is not None else None,
             "kpi": kpi, "variant": variant, "part": side}
        )  # fmt: skip

    def draw(theme: Theme, reader: Reader) -> Any:
        from kadar.charts.bars import bars

        drawn = [
            {"name": row["step"], "value": row["count"], "shown": _counted(row, reader)}
            for row in rows
        ]
        labels = {"value": reader.t(N_("rows")), "name": "", "none": ""}
        return bars(drawn, name="name", unit="number", theme=theme, labels=labels)

    return Panel(
        "steps",
        STEPS,
        [
            Column("step", N_("step"), WORDS),
            Column("count", N_("rows"), COUNT),
            Column("share", N_("share"), SHARE),
            Column("lower", N_("from"), SHARE),
            Column("upper", N_("to"), SHARE),
        ],
        rows,
        N_("The data has neither leads nor deals of this span."),
        draw if rows else None,
        notes=over.refusals(list(asked.values())),
        links=[Link("step", lambda row: visit.url(f"/kpi/{row['kpi']}", variant=row["variant"]))],
        open_table=True,
    )


def _counted(row: dict[str, Any], reader: Reader) -> str:
    count = reader.count(int(row["count"] or 0))
    if row["share"] is None:
        return count
    return f"{count} · {reader.value(row['share'], 'percent')}"


def stages(visit: Visit) -> Panel:
    """Return each stage: stays begun, moved on, days they took, and what stands there now."""
    moved = over.ask(visit, "stage_conversion", by="stage")
    time = over.ask(visit, "time_in_stage", by="stage")
    there = over.ask(visit, "pipeline_value", by="stage", now=True)
    with Asking(visit.project, visit.workspace.as_of) as asking:
        order = stage_order(asking)
    known = [stage for stage in order if moved[stage] or time[stage] or there[stage]]
    known += [stage for stage in there.rows if stage not in order]
    rows: list[dict[str, Any]] = []
    for stage in known:
        begun, days, now = moved[stage], time[stage], there[stage]
        rows.append(
            {"stage": stage,
             "entered": begun.denominator if begun else None,
             "moved_on": begun.value if begun else None,
             "days": days.value if days else None,
             "lower": days.lower if days else None, "upper": days.upper if days else None,
             "stays": days.n if days else None,
             "open": now.n if now else None,
             "value": now.value if now else None}
        )  # fmt: skip

    def draw(theme: Theme, reader: Reader) -> Any:
        from kadar.charts.bars import bars

        drawn = [{**row, "value": row["days"], "shown": reader.value(row["days"], "days")}
                 for row in rows if row["days"] is not None]  # fmt: skip
        labels = {"value": reader.t(N_("median days in the stage")), "name": reader.t(N_("stage")),
                  "none": reader.t(N_("(none)"))}  # fmt: skip
        return bars(drawn, name="stage", unit="days", theme=theme, labels=labels)

    return Panel(
        "stages",
        STAGES,
        [
            Column("stage", N_("stage")),
            Column("entered", N_("stays begun"), COUNT),
            Column("moved_on", N_("moved on"), SHARE),
            Column("days", N_("median days"), VALUE, "days"),
            Column("lower", N_("from"), VALUE, "days"),
            Column("upper", N_("to"), VALUE, "days"),
            Column("stays", N_("stays ended"), COUNT, in_files=True),
            Column("open", N_("open now"), COUNT),
            Column("value", N_("worth"), VALUE, "money"),
        ],
        rows,
        N_("No deal has a stage: map the table deal_stages, or the column stage of deals."),
        draw if any(row["days"] is not None for row in rows) else None,
        notes=over.refusals([moved, time, there]),
        links=[Link("days", lambda row: visit.url(
            "/kpi/time_in_stage", where=[*visit.where, f"stage={row['stage'] or ''}"]))],
        open_table=True,
    )  # fmt: skip


def waiting(visit: Visit) -> Panel:
    """Return the open deals that have been longest in their stage."""
    with Asking(visit.project, visit.workspace.as_of) as asking:
        found = longest_stays(asking)
    usual = over.ask(visit, "time_in_stage", by="stage")
    rows: list[dict[str, Any]] = []
    for stay in found:
        median = usual[stay.stage]
        rows.append(
            {"deal": stay.name or stay.deal_id, "deal_id": stay.deal_id,
             "customer": stay.customer or stay.customer_id, "customer_id": stay.customer_id,
             "owner": stay.owner, "stage": stay.stage, "entered_at": stay.entered_at,
             "days": stay.days, "usual": median.value if median else None,
             "amount": stay.amount}
        )  # fmt: skip
    return Panel(
        "waiting",
        WAITING,
        [
            Column("deal", N_("deal"), WORDS),
            Column("stage", N_("stage")),
            Column("days", N_("days there"), VALUE, "days"),
            Column("usual", N_("median"), VALUE, "days"),
            Column("amount", N_("amount"), VALUE, "money"),
            Column("customer", N_("customer"), WORDS),
            Column("owner", N_("owner")),
            Column("entered_at", N_("since")),
            Column("deal_id", N_("deal id"), in_files=True),
        ],
        rows,
        N_("No open deal has a stay in a stage."),
        links=[Link("customer", lambda row: customer_url(visit, row["customer_id"]))],
        wide=True,
    )


def view(visit: Visit) -> dict[str, Any]:
    """Return what the funnel shows."""
    guide = None
    if not over.carried(visit, "leads", "deals"):
        guide = over.guide(
            visit,
            visit.t(N_("There are no leads and no deals yet")),
            visit.t(N_("The funnel needs the table leads or deals; deal_stages adds the stages.")),
            "deals", "leads", "deal_stages",
        )  # fmt: skip
    return {
        "heading": visit.t(PAGE.title),
        "span": over.said(over.span(visit), visit),
        "intro": visit.t(
            N_("How far the leads and deals that began in the span have come, and what holds them.")
        ),
        "guide": guide,
        "months": over.months(visit),
        "by": None,
        "dimensions": (),
        "panels": [] if guide else [
            over.shown(steps, visit, "steps", STEPS),
            over.shown(stages, visit, "stages", STAGES),
            over.shown(waiting, visit, "waiting", WAITING),
        ],
        "until": over.until(visit),
    }  # fmt: skip


PANELS = {"steps": steps, "stages": stages, "waiting": waiting}
PAGE = Page("/funnel", "spanned.html", N_("Funnel"), view, PANELS, place=2, key="f")
