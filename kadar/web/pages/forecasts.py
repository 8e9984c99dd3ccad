"""Forecasts: what customers are worth, who may be lost and why, KPIs ahead; with their record."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from kadar.forecasts.calendar import months_on
from kadar.forecasts.distribution import value_classes, whale_curve
from kadar.forecasts.reasons import spoken
from kadar.forecasts.series import SEASONS
from kadar.language import N_
from kadar.show.kpi_forecast import told
from kadar.web import over
from kadar.web.at_risk import record
from kadar.web.customer_link import customer_url
from kadar.web.page import Page
from kadar.web.panel import COUNT, SCORE, SHARE, VALUE, WORDS, Column, Link, Panel

if TYPE_CHECKING:
    from kadar.charts.theme import Theme
    from kadar.forecasts.backtest import Backtest
    from kadar.forecasts.customers_to_come import Forecast
    from kadar.forecasts.kpi_series import KpiForecast
    from kadar.show.reader import Reader
    from kadar.web.visit import Visit

FIRST, HORIZON = "churn_rate", 6
SHOWN, IN_A_FILE = 30, 100_000  # customers
RISK, VALUES, WHALE = N_("Customers with most at stake"), N_("Value to come"), N_("Whale curve")
RECORD, TRACKING = N_("How good such forecasts were"), N_("Expected and come")
AHEAD = N_("A KPI ahead")


def _customers(visit: Visit) -> Forecast:
    limit = IN_A_FILE if visit.path.endswith(("/risk.json", "/risk.csv")) else SHOWN
    return visit.once(
        "churn", lambda: visit.workspace.forecasts.churn(where=visit.where, limit=limit)
    )


def _backtest(visit: Visit) -> Backtest:
    return visit.once("backtest", visit.workspace.forecasts.backtest)


def risk(visit: Visit) -> Panel:
    """Return the customers with most at stake: risk, value and why; files have all."""
    made = _customers(visit)
    names = _names(visit, [row["customer_id"] for row in made.rows])
    rows = [
        {
            **row,
            "name": names.get(row["customer_id"]) or row["customer_id"],
            "reason": spoken(row["reason"], visit.language),
        }
        for row in made.rows
    ]
    notes = record(visit, made)
    if len(rows) < made.count:
        notes.append(
            visit.t(
                N_("The first {shown} of {count} customers; the files have more."),
                shown=visit.reader.count(len(rows)),
                count=visit.reader.count(made.count),
            )
        )
    return Panel(
        "risk",
        RISK,
        [
            Column("name", N_("customer")),
            Column("customer_id", N_("id")),
            Column("risk", N_("risk"), SHARE),
            Column("clv", N_("value to come"), VALUE, "money"),
            Column("at_stake", N_("at stake"), VALUE, "money"),
            Column("reason", N_("why"), WORDS),
        ],
        rows,
        N_("No customer meets the filters."),
        notes=notes,
        links=[Link("name", lambda row: customer_url(visit, row["customer_id"]))],
        wide=True,
        details={"count": made.count},
    )


def _names(visit: Visit, ids: list[str]) -> dict[str, str | None]:
    from kadar.asking import Asking
    from kadar.insight.rows import listed
    from kadar.store.sql import literal

    few = ", ".join(map(literal, ids)) if 0 < len(ids) <= SHOWN else ""
    only = f" WHERE customer_id IN ({few})" if few else ""
    with Asking(visit.project, visit.workspace.as_of) as asking:
        if ("customers", "name") not in asking.carried:
            return {}
        found = listed(asking, f"SELECT customer_id, name FROM crm.customers{only}")
    return {row["customer_id"]: row["name"] for row in found}


def values(visit: Visit) -> Panel:
    """Return how many customers are worth how much."""
    made = _customers(visit)
    classes = value_classes(made.worth)
    rows = [
        {"least": one.least, "most": one.most, "customers": one.customers, "total": one.total}
        for one in classes
    ]

    def draw(theme: Theme, reader: Reader) -> Any:
        from kadar.charts.bars import bars

        drawn = [
            {"name": reader.interval(row["least"], row["most"], "money"),
             "value": row["customers"], "shown": reader.count(one.customers)}
            for row, one in zip(rows, classes, strict=True)
        ]  # fmt: skip
        labels = {"value": reader.t(N_("customers")), "name": reader.t(VALUES), "none": ""}
        return bars(drawn, name="name", unit="number", theme=theme, labels=labels)

    return Panel(
        "values",
        VALUES,
        [
            Column("least", N_("from"), VALUE, "money"),
            Column("most", N_("to"), VALUE, "money"),
            Column("customers", N_("customers"), COUNT),
            Column("total", N_("value of all"), VALUE, "money"),
        ],
        rows,
        N_("No customer meets the filters."),
        draw if rows else None,
        notes=record(visit, made)[:2],
    )


def whale(visit: Visit) -> Panel:
    """Return the share of all value that the most valuable customers hold."""
    made = _customers(visit)
    points = whale_curve(made.worth)
    rows = [{"customers": share, "value": value} for share, value in points]

    def draw(theme: Theme, reader: Reader) -> Any:
        from kadar.charts.curves import curves

        drawn = [
            {**row, "name": reader.t(WHALE), "at": reader.value(row["customers"], "percent"),
             "shown": reader.value(row["value"], "percent")}
            for row in rows
        ]  # fmt: skip
        labels = {"x": reader.t(N_("customers, worth most first")),
                  "value": reader.t(N_("share of the value to come"))}  # fmt: skip
        return curves(
            drawn, x="customers", unit_x="percent", unit="percent", theme=theme, labels=labels
        )

    return Panel(
        "whale",
        WHALE,
        [
            Column("customers", N_("customers, worth most first"), SHARE),
            Column("value", N_("share of the value to come"), SHARE),
        ],
        rows,
        N_("No customer meets the filters."),
        draw if rows else None,
    )


def backtest(visit: Visit) -> Panel:
    """Return every forecaster's record over the past origins, the naive rules last."""
    made = _backtest(visit)
    rows = [
        {
            "model": visit.t(name),
            "used": visit.t(N_("used")) if name == made.best else None,
            "bias": made.bias_of(name),
            **{figure: made.mean(name, figure) for figure in
               ("mae", "rmse", "auc", "brier", "calibration")},
        }
        for name in made.models
    ]  # fmt: skip
    said = N_("Forecasts of {months} months from {origins}, beside what then came")
    origins = ", ".join(f"{origin:%Y-%m-%d}" for origin in made.origins)
    return Panel(
        "backtest",
        RECORD,
        [
            Column("model", N_("forecast by")),
            Column("used", N_("used"), usually_empty=True),
            Column("bias", N_("total bias"), SHARE),
            Column("mae", "MAE", SCORE, bare=True),
            Column("rmse", "RMSE", SCORE, bare=True),
            Column("auc", "AUC", SCORE, bare=True),
            Column("brier", "Brier", SCORE, bare=True),
            Column("calibration", N_("calibration error"), SCORE),
        ],
        rows,
        N_("There is no backtest yet."),
        notes=[visit.t(said, months=made.horizon, origins=origins), *_sampled(visit, made)],
        wide=True,
    )


def tracking(visit: Visit) -> Panel:
    """Return what came since the last origin, and what the model used had expected by then."""
    made = _backtest(visit)
    origin = made.origins[-1]
    (score,) = [one for one in made.of(made.best) if one.origin == origin]
    rows: list[dict[str, Any]] = [
        {
            "until": months_on(origin, step)
            if made.contract
            else min(origin + timedelta(days=7 * step), score.until),
            "came": came,
            "expected": expected,
        }
        for step, (came, expected) in enumerate(
            zip(made.came[origin], score.tracking, strict=True), 1
        )
    ]

    def draw(theme: Theme, reader: Reader) -> Any:
        from kadar.charts.curves import curves

        drawn = [
            {"day": row["until"], "name": reader.t(name), "value": row[key],
             "shown": reader.number(row[key]), "expected": key == "expected"}
            for key, name in (("came", N_("came")), ("expected", N_("expected")))
            for row in rows
        ]  # fmt: skip
        counted = N_("contracts ended") if made.contract else N_("purchases")
        labels = {"x": reader.t(N_("up to")), "value": reader.t(counted)}
        return curves(drawn, x="day", unit_x="day", unit="number", theme=theme, labels=labels)

    return Panel(
        "tracking",
        TRACKING,
        [
            Column("until", N_("up to")),
            Column("came", N_("came"), VALUE, "number"),
            Column("expected", N_("expected"), VALUE, "number"),
        ],
        rows,
        N_("There is no backtest yet."),
        draw,
        notes=[
            visit.t(N_("From {origin}, by {model}."), origin=origin, model=made.best),
            *_sampled(visit, made),
        ],
    )


def _sampled(visit: Visit, made: Backtest) -> list[str]:
    return [] if made.sampled is None else [visit.t(made.sampled)]


def _ahead(visit: Visit) -> KpiForecast:
    asked = visit.get("horizon") or ""
    return visit.once(
        "ahead",
        lambda: visit.workspace.forecasts.kpi(
            visit.get("kpi") or FIRST,
            variant=visit.get("variant"),
            grain=visit.grain if visit.grain in SEASONS else "month",
            horizon=min(max(int(asked), 1), 60)
            if asked.isdecimal() and len(asked) < 4
            else HORIZON,
            where=visit.where,
        ),
    )


def ahead(visit: Visit) -> Panel:
    """Return a KPI's series and what is expected of it, with its record."""
    made = _ahead(visit)
    (line,) = made.lines
    rows = [
        {**one, "unit": made.unit,
         "period": visit.reader.period(made.grain, one["opens"], one["closes"])}
        for one in made
    ]  # fmt: skip

    def draw(theme: Theme, reader: Reader) -> Any:
        from kadar.charts.curves import curves

        drawn = [
            {**row, "name": reader.t(made.kpi.title), "at": row["period"],
             "expected": row["forecast"], "shown": reader.value(row["value"], made.unit)}
            for row in rows
        ]  # fmt: skip
        drawn.insert(len(line.known), {**drawn[len(line.known) - 1], "expected": True})
        labels = {"x": reader.t(N_("period")), "value": reader.t(made.kpi.title)}
        if line.target is not None:
            labels["at"] = repr(line.target.target)
            labels["target"] = reader.t(
                N_("target {target}"), target=reader.value(line.target.target, made.unit)
            )
        return curves(drawn, x="opens", unit_x="day", unit=made.unit, theme=theme, labels=labels)

    return Panel(
        "ahead",
        made.kpi.title,
        [
            Column("period", N_("period")),
            Column("value", N_("value"), VALUE),
            Column("lower", N_("80 %: from"), VALUE, usually_empty=True),
            Column("upper", N_("80 %: to"), VALUE, usually_empty=True),
            Column("lower_95", N_("95 %: from"), VALUE, usually_empty=True),
            Column("upper_95", N_("95 %: to"), VALUE, usually_empty=True),
        ],
        rows[::-1],
        N_("There is no whole period yet."),
        draw,
        notes=told(made, line, visit.reader),
        wide=True,
    )


def view(visit: Visit) -> dict[str, Any]:
    """Return what the page of forecasts shows."""
    guide = None
    if not over.carried(visit, "orders", "subscriptions"):
        guide = over.guide(
            visit,
            visit.t(N_("There is nothing to forecast from yet")),
            visit.t(N_("What customers are worth and who may be lost is learnt from their orders, "
                       "or from their subscriptions.")),
            "orders", "subscriptions",
        )  # fmt: skip
    panels = {"risk": (risk, RISK), "values": (values, VALUES), "whale": (whale, WHALE),
              "backtest": (backtest, RECORD), "tracking": (tracking, TRACKING)}  # fmt: skip
    shown = [over.shown(made, visit, name, title) for name, (made, title) in panels.items()]
    return {
        "heading": visit.t(PAGE.title),
        "guide": guide,
        "intro": visit.t(
            N_("What customers will bring, who may be lost and why, and where KPIs are heading; "
               "each with how good such forecasts were.")
        ),
        "panels": [] if guide else shown,
        "ahead": over.shown(ahead, visit, "ahead", AHEAD),
        "kpis": [(made.name, visit.t(made.title)) for made in visit.workspace.kpis],
        "chosen": visit.get("kpi") or FIRST,
        "horizon": visit.get("horizon") or HORIZON,
        "until": over.until(visit),
    }  # fmt: skip


PANELS = {"risk": risk, "values": values, "whale": whale, "backtest": backtest,
          "tracking": tracking, "ahead": ahead}  # fmt: skip
PAGE = Page("/forecasts", "forecasts.html", N_("Forecasts"), view, PANELS, place=7, key="a")
