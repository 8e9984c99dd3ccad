"""Channels: what each costs, what it brings, and when that pays for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kadar.language import N_
from kadar.web import over
from kadar.web.page import Page
from kadar.web.panel import COUNT, SHARE, VALUE, Column, Link, Panel

if TYPE_CHECKING:
    from kadar.charts.theme import Theme
    from kadar.show.reader import Reader
    from kadar.web.visit import Visit

CHANNELS = N_("What each channel costs and brings")
COST = N_("Acquisition cost")
WORTH = N_("Lifetime value per acquisition cost")
BY = ("channel", "campaign_id")
# Each column: its name, the KPI and variant it is asked of.
ASKED = {
    "spend": ("spend", None),
    "conversion": ("lead_conversion_rate", None),
    "customers": ("new_customers", None),
    "cac": ("cac", None),
    "payback": ("cac", "payback_predicted"),
    "clv": ("clv", None),
    "to_cac": ("clv", "to_cac"),
}
LINKED = ("cac", "clv", "to_cac")  # columns whose numbers lead to their KPI


def _by(visit: Visit) -> str:
    asked = visit.get("by")
    return asked if asked in BY else BY[0]


def channels(visit: Visit) -> Panel:
    """Return every channel: spend, leads, conversion, cost, value and payback."""
    by = _by(visit)
    asked = {name: over.ask(visit, *kpi, by) for name, kpi in ASKED.items()}
    groups = dict.fromkeys(group for one in asked.values() for group in one.rows)
    rows: list[dict[str, Any]] = []
    for group in groups:
        found = {name: one[group] for name, one in asked.items()}
        leads = found["conversion"]
        rows.append(
            {by: group, **{name: row.value if row else None for name, row in found.items()},
             "leads": leads.denominator if leads else None}
        )  # fmt: skip
        for name in ("spend", "customers"):  # no row of a sum is a sum of nothing
            if rows[-1][name] is None and asked[name].rows:
                rows[-1][name] = 0.0
    rows.sort(key=lambda row: (-(row["spend"] or 0), -(row["leads"] or 0), str(row[by])))
    notes = over.refusals(list(asked.values()))
    if any(not row.mature for row in asked["conversion"].rows.values()):
        notes.append(
            visit.t(N_("Conversion still rises: the last leads have not had their time yet."))
        )
    return Panel(
        "channels",
        CHANNELS,
        [
            Column(by, N_("channel") if by == "channel" else N_("campaign")),
            Column("spend", N_("spend"), VALUE, "money"),
            Column("leads", N_("leads"), COUNT),
            Column("conversion", N_("conversion"), SHARE),
            Column("customers", N_("new customers"), COUNT),
            Column("cac", N_("cost a customer"), VALUE, "money"),
            Column("clv", N_("lifetime value"), VALUE, "money"),
            Column("to_cac", N_("value per cost"), VALUE, "ratio"),
            Column("payback", N_("payback"), VALUE, "months"),
        ],
        rows,
        N_("Nothing was spent and no lead came in during this span."),
        notes=notes,
        links=[
            Link(by, _to(visit, "/funnel", None, by)),
            *(Link(n, _to(visit, f"/kpi/{ASKED[n][0]}", ASKED[n][1], by)) for n in LINKED),
        ],
        wide=True,
    )  # fmt: skip


def _to(visit: Visit, path: str, variant: str | None, by: str) -> Any:
    def address(row: dict[str, Any]) -> str | None:
        only = [*visit.where, f"{by}={row[by] or ''}"]
        return visit.url(path, variant=variant, where=only)

    return address


def _bars(visit: Visit, name: str, panel: str, title: str, unit: str) -> Panel:
    by = _by(visit)
    asked = over.ask(visit, *ASKED[name], by)
    rows = [
        {by: group, "value": row.value, "lower": row.lower, "upper": row.upper, "n": row.n}
        for group, row in asked.rows.items()
        if row.value is not None
    ]
    rows.sort(key=lambda row: -(row["value"] or 0))

    def draw(theme: Theme, reader: Reader) -> Any:
        from kadar.charts.bars import bars

        drawn = [{**row, "shown": reader.value(row["value"], unit)} for row in rows]
        labels = {"value": reader.t(title), "name": by, "none": reader.t(N_("(none)"))}
        return bars(drawn, name=by, unit=unit, theme=theme, labels=labels)

    return Panel(
        panel,
        title,
        [
            Column(by, N_("channel") if by == "channel" else N_("campaign")),
            Column("value", N_("value"), VALUE, unit),
            Column("lower", N_("from"), VALUE, unit),
            Column("upper", N_("to"), VALUE, unit),
            Column("n", "n", COUNT, bare=True),
        ],
        rows,
        asked.why or N_("No channel has both spend and new customers in this span."),
        draw if rows else None,
    )


def cost(visit: Visit) -> Panel:
    """Return what a new customer costs by channel, with intervals."""
    return _bars(visit, "cac", "cost", COST, "money")


def worth(visit: Visit) -> Panel:
    """Return lifetime value per acquisition cost by channel, with intervals."""
    return _bars(visit, "to_cac", "worth", WORTH, "ratio")


def view(visit: Visit) -> dict[str, Any]:
    """Return what the page of channels shows."""
    guide = None
    if not over.carried(visit, "spend", "leads", "customers"):
        guide = over.guide(
            visit,
            visit.t(N_("There is no spend and no lead yet")),
            visit.t(N_("Channels need what was spent (spend), leads, and customers with the "
                       "channel they came through.")),
            "spend", "leads", "customers",
        )  # fmt: skip
    return {
        "heading": visit.t(PAGE.title),
        "span": over.said(over.span(visit), visit),
        "intro": visit.t(
            N_("What each channel costs, what it brings, and when it has paid for itself.")
        ),
        "guide": guide,
        "months": over.months(visit),
        "by": _by(visit),
        "dimensions": BY,
        "panels": [] if guide else [
            over.shown(channels, visit, "channels", CHANNELS),
            over.shown(cost, visit, "cost", COST),
            over.shown(worth, visit, "worth", WORTH),
        ],
        "until": over.until(visit),
    }  # fmt: skip


PANELS = {"channels": channels, "cost": cost, "worth": worth}
PAGE = Page("/channels", "spanned.html", N_("Channels"), view, PANELS, place=3, key="h")
