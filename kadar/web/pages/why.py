"""Why a KPI changed from one period to another: exact parts by a dimension."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kadar.explanation import explain
from kadar.language import N_
from kadar.show.answers import known_until
from kadar.web.page import Page
from kadar.web.panel import COUNT, EFFECT, TEXT, VALUE, WORDS, Column, Link, Panel
from kadar.web.periods import answered, label, valued

if TYPE_CHECKING:
    from kadar.charts.theme import Theme
    from kadar.insight.why import Why
    from kadar.show.reader import Reader
    from kadar.web.visit import Visit

MOST = 12  # steps of the chart; the rest are one
KINDS = {
    "both": N_("in both"),
    "came": N_("came"),
    "went": N_("went"),
    "no_rate": N_("nothing below the line"),
    "several": N_("counts under several"),
    "whole": N_("whole"),
}
USUAL = ("channel", "segment", "team", "category", "owner_id", "country", "product")


def _periods(visit: Visit, name: str) -> tuple[str, str] | None:
    """Return the periods compared: those asked for, else the last two whole ones."""
    since, until = visit.get("from"), visit.get("to")
    whole = [row for row in valued(visit, name) if row.complete and row.mature]
    names = [label(visit, row) for row in whole]
    if since and until:
        return since, until
    if until and until in names and names.index(until):
        return names[names.index(until) - 1], until
    return (names[-2], names[-1]) if len(names) > 1 else None


def _dimension(visit: Visit, name: str) -> str | None:
    asked = visit.get("by")
    if asked:
        return asked
    there = _dimensions(visit, name)
    return next((one for one in USUAL if one in there), None)


def _dimensions(visit: Visit, name: str) -> list[str]:
    kpi, variant = visit.workspace.kpis[name], visit.get("variant")
    return visit.once("dimensions", lambda: explain(kpi, variant, visit.workspace).dimensions)


def _why(visit: Visit, name: str) -> Why | None:
    return visit.once("why", lambda: _why_now(visit, name))


def _why_now(visit: Visit, name: str) -> Why | None:
    periods = _periods(visit, name)
    if periods is None:
        return None
    by = _dimension(visit, name)
    return visit.workspace.why(
        name, *periods, by=[by] if by else [], variant=visit.get("variant"), where=visit.where
    )


def parts(visit: Visit, name: str) -> Panel:
    """Return the parts of the change by the dimension, the largest first."""
    made = _why(visit, name)
    by = _dimension(visit, name) or N_("value")
    columns = [
        Column("value", by, TEXT, bare=True),
        Column("kind_said", N_("kind"), WORDS),
        Column("before", N_("before"), VALUE),
        Column("after", N_("after"), VALUE),
        Column("n_before", N_("n before"), COUNT),
        Column("n_after", N_("n after"), COUNT),
        Column("rate_effect", N_("by its own rate"), EFFECT),
        Column("mix_effect", N_("by the mix"), EFFECT),
        Column("effect", N_("effect"), EFFECT),
        Column("verdict_said", N_("verdict"), TEXT),
    ]
    if made is None or not made.divisions:
        return Panel("parts", N_("Parts of the change"), columns, [], NOTHING_TO_COMPARE)
    reader = visit.reader
    rows = [
        {
            **record,
            "kind_said": visit.t(KINDS[record["kind"]]),
            "verdict_said": visit.t(record["verdict"]) if record["verdict"] else "",
        }
        for record in made.records()
        if record["kind"] != "whole"
    ]
    kpi = visit.workspace.kpis[name]

    def draw(theme: Theme, reader: Reader) -> Any:
        from kadar.charts.waterfall import waterfall

        steps = [
            {"name": _named(row, reader), "effect": row["effect"],
             "shown": reader.signed(row["effect"], made.unit)}
            for row in rows[:MOST]
        ]  # fmt: skip
        rest = sum(row["effect"] for row in rows[MOST:])
        if len(rows) > MOST:
            shown = reader.signed(rest, made.unit)
            steps.append({"name": reader.t(N_("all others")), "effect": rest, "shown": shown})
        return waterfall(
            steps,
            start=(label(visit, made.before), made.before.value or 0.0),
            end=(label(visit, made.after), made.after.value or 0.0),
            unit=made.unit,
            theme=theme,
            better=kpi.better,
        )

    note = visit.t(
        N_("The parts add up exactly to the change of {change}."),
        change=reader.signed(made.change, made.unit),
    )
    return Panel(
        "parts",
        N_("Parts of the change"),
        columns,
        rows,
        NOTHING_TO_COMPARE,
        draw,
        notes=[note],
        links=[Link("value", lambda row: _rows_of(visit, name, made, row))],
    )


def _rows_of(visit: Visit, name: str, made: Why, row: dict[str, Any]) -> str | None:
    if row["kind"] == "several":
        return None
    return visit.url(
        f"/kpi/{name}/records",
        period=label(visit, made.after),
        variant=visit.get("variant"),
        group=f"{row['dimension']}={'' if row['value'] is None else row['value']}",
    )


def _named(row: dict[str, Any], reader: Reader) -> str:
    if row["kind"] == "several":
        return reader.t(KINDS["several"])
    return reader.t(N_("(none)")) if row["value"] is None else str(row["value"])


def view(visit: Visit, name: str) -> dict[str, Any]:
    """Return what the page of a change shows."""
    kpi = visit.workspace.kpis[name]
    made, reader = _why(visit, name), visit.reader
    periods = [label(visit, row) for row in valued(visit, name)]
    shown = None
    if made is not None:
        assert made.before.value is not None  # noqa: S101  (else there is no change)
        assert made.after.value is not None  # noqa: S101
        shown = {
            "before": reader.value(made.before.value, made.unit),
            "after": reader.value(made.after.value, made.unit),
            "change": reader.change(made.after.value, made.before.value, made.unit),
            "verdict": visit.t(made.verdict) if made.verdict else "",
            "p": None if made.p is None else f"{made.p:.3f}",
        }
    return {
        "kpi": kpi,
        "variant": kpi.get(visit.get("variant")).name,
        "dimensions": _dimensions(visit, name),
        "by": _dimension(visit, name),
        "periods": periods[::-1],
        "compared": _periods(visit, name) or ("", ""),
        "shown": shown,
        "panel": parts(visit, name),
        "until": known_until(answered(visit, name), visit.workspace, reader),
    }


NOTHING_TO_COMPARE = N_("There are no two whole periods to compare yet.")
PAGE = Page("/kpi/{name}/why", "why.html", N_("Why it changed"), view, {"parts": parts})
