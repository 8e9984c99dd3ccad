"""One KPI: its series, its parts, its variants, what it means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kadar.explanation import Explanation, explain
from kadar.insight.change import judged
from kadar.insight.changes import comparable
from kadar.insight.comparer import Comparer
from kadar.language import N_
from kadar.show import withheld
from kadar.show.answers import known_until, state, value
from kadar.show.formula import written
from kadar.web.page import Page
from kadar.web.panel import COUNT, PERIOD, TEXT, VALUE, WORDS, Column, Link, Panel
from kadar.web.verdict import told

if TYPE_CHECKING:
    from kadar.answer import Answer, Row
    from kadar.charts.theme import Theme
    from kadar.show.reader import Reader
    from kadar.web.visit import Visit

EMPTY = N_("No row of the data meets the question.")
INTERVAL = [
    Column("lower", N_("from"), VALUE),
    Column("upper", N_("to"), VALUE),
]
MOST = 20  # bars of a breakdown


def _answer(visit: Visit, name: str, **asked: Any) -> Answer:
    return visit.workspace.ask(
        name,
        variant=visit.get("variant"),
        where=visit.where,
        **{
            "grain": visit.grain,
            "since": visit.get("since"),
            "until": visit.get("until"),
            **asked,
        },
    )


def _sql(visit: Visit, name: str) -> str:
    from kadar.show.sql import pretty

    return pretty(_explained(visit, name).sql) + "\n"


def _explained(visit: Visit, name: str) -> Explanation:
    return explain(visit.workspace.kpis[name], visit.get("variant"), visit.workspace)


def _record(row: Row, reader: Reader) -> dict[str, Any]:
    return {
        **row.as_dict(),
        "finished": row.complete and row.mature,
        "unfinished": not (row.complete and row.mature),
        "state": state(row, reader),
        "period": reader.period(row.grain, row.opens, row.closes),
        "shown": value(row, reader),
    }


def series(visit: Visit, name: str) -> Panel:
    """Return the KPI by period, with its natural process limits."""
    made = visit.workspace.signals(
        name,
        variant=visit.get("variant"),
        grain=visit.grain,
        where=visit.where,
        since=visit.get("since"),
        until=visit.get("until"),
    )
    rows = [
        {
            **_record(point.row, visit.reader),
            "limit_lower": point.level.lower if point.level else None,
            "centre": point.level.centre if point.level else None,
            "limit_upper": point.level.upper if point.level else None,
            "rules": "; ".join(visit.t(rule) for rule in point.rules),
        }
        for one in made.series
        for point in one.points
    ]
    target = visit.workspace.settings(visit.workspace.kpis[name]).get("target")

    def draw(theme: Theme, reader: Reader) -> Any:
        from kadar.charts.series import series as chart

        labels = {"value": reader.t(visit.workspace.kpis[name].title),
                  "period": reader.t(N_("period")), "target": reader.t(N_("target")),
                  "none": reader.t(N_("(none)"))}  # fmt: skip
        known = [row for row in rows if row["value"] is not None]
        return chart(known, unit=known[0]["unit"], theme=theme, labels=labels, target=target)

    return Panel(
        "series",
        N_("Over time"),
        [
            Column("opens", N_("period"), PERIOD),
            Column("value", N_("value"), VALUE, otherwise="shown"),
            Column("at_least", N_("at least"), VALUE, in_files=True),
            *INTERVAL,
            Column("numerator", N_("numerator"), VALUE, "number"),
            Column("denominator", N_("denominator"), VALUE, "number"),
            Column("n", "n", COUNT, bare=True),
            Column("limit_lower", N_("lower limit"), VALUE),
            Column("limit_upper", N_("upper limit"), VALUE),
            Column("rules", N_("signals"), WORDS),
            Column("state", N_("state"), TEXT),
        ],
        rows[::-1],
        EMPTY,
        draw if any(row["value"] is not None for row in rows) else None,
        lambda: _sql(visit, name),
        notes=[N_("Band: 95 % interval. Dotted: natural process limits; within them, noise.")],
        links=[Link("opens", lambda row: visit.url(
            f"/kpi/{name}/records", period=row["period"], variant=visit.get("variant")))],
    )  # fmt: skip


def breakdown(visit: Visit, name: str) -> Panel:
    """Return the last whole period divided by a dimension, the largest groups first."""
    by = visit.get("by")
    columns = [
        Column("value", N_("value"), VALUE, otherwise="shown"),
        Column("at_least", N_("at least"), VALUE, in_files=True),
        *INTERVAL,
        Column("n", "n", COUNT, bare=True),
    ]
    if by is None:
        return Panel("breakdown", N_("Divided"), columns, [], N_("Choose a dimension above."))
    whole = [row for row in _answer(visit, name) if row.complete and row.mature]
    rows: list[dict[str, Any]] = []
    if whole:
        last = whole[-1]
        answer = _answer(visit, name, by=[by], since=last.opens, until=last.closes)
        known = [row for row in answer if row.value is not None or row.at_least is not None]
        rows = [_record(row, visit.reader) for row in known]
        rows.sort(key=lambda row: -(row["n"] or 0))

    def only(row: dict[str, Any]) -> str:
        return visit.here(where=[*visit.where, f"{by}={row[by] or ''}"], by=None)

    def draw(theme: Theme, reader: Reader) -> Any:
        from kadar.charts.bars import bars

        labels = {"value": reader.t(N_("value")), "name": by, "none": reader.t(N_("(none)"))}
        drawn = [row for row in rows if row["value"] is not None][:MOST]
        return bars(drawn, name=by, unit=rows[0]["unit"], theme=theme, labels=labels)

    return Panel(
        "breakdown",
        N_("Divided"),
        [Column(by, by, bare=True), *columns],
        rows,
        EMPTY,
        draw if any(row["value"] is not None for row in rows) else None,
        lambda: _sql(visit, name),
        links=[Link(by, only)],
        details={"by": by},
    )  # fmt: skip


def variants(visit: Visit, name: str) -> Panel:
    """Return every variant's last whole period side by side."""
    made = visit.workspace.kpis[name]
    rows: list[dict[str, Any]] = []
    for variant in made.variants.values():
        answer = visit.workspace.ask(
            name, variant=variant.name, grain=visit.grain, where=visit.where, collect=True
        )
        whole = [row for row in answer if row.complete and row.mature]
        record = _record(whole[-1], visit.reader) if whole else {}
        why = answer.refused[0].error.sentence(visit.language) if answer.refused else ""
        rows.append(
            {
                **record,
                "unit": variant.unit,
                "variant": variant.name,
                "wording": why or visit.t(variant.wording),
                "reported_by": visit.t(variant.reported_by or ""),
            }
        )
    return Panel(
        "variants",
        N_("The same name, defined otherwise"),
        [
            Column("variant", N_("variant")),
            Column("value", N_("value"), VALUE, otherwise="shown"),
            Column("at_least", N_("at least"), VALUE, in_files=True),
            *INTERVAL,
            Column("period", N_("period")),
            Column("reported_by", N_("reported so by"), WORDS),
            Column("wording", N_("definition"), WORDS),
        ],
        rows,
        EMPTY,
        links=[Link("variant", lambda row: visit.here(variant=row["variant"]))],
    )


def view(visit: Visit, name: str) -> dict[str, Any]:
    """Return what the page of a KPI shows."""
    made = visit.workspace.kpis[name]
    explained = _explained(visit, name)
    answer = _answer(visit, name)
    whole = [i for i, row in enumerate(answer.rows) if row.complete and row.mature]
    return {
        "made": made,
        "variant": explained.chosen.name,
        "wording": explained.chosen.wording,
        "reported_by": explained.chosen.reported_by,
        "dimensions": explained.dimensions,
        "by": visit.get("by"),
        "now": _headline(visit, explained, answer, whole) if whole else None,
        "panels": [panel(visit, name) for panel in PANELS.values()],
        "formula": written(explained.chosen.formula),
        "reads": explained.reads,
        "settings": explained.settings,
        "target": explained.target and visit.reader.value(explained.target, explained.chosen.unit),
        "caveats": made.caveats,
        "improve": made.improve,
        "until": known_until(answer, visit.workspace, visit.reader),
        "notes": answer.notes,
    }


def _headline(
    visit: Visit, explained: Explanation, answer: Answer, whole: list[int]
) -> dict[str, Any]:
    rows = answer.rows
    now = rows[whole[-1]]
    before = rows[whole[-2]] if len(whole) > 1 and whole[-2] == whole[-1] - 1 else None
    reader = visit.reader
    changed = None
    if before is not None and comparable(before, now):
        kpi, variant = explained.kpi, explained.chosen.name
        with Comparer(visit.workspace) as comparer:
            tested = comparer.compare(kpi, variant, answer.question, [(before, now)])
        changed = judged(tested)[0]
    return {
        "value": value(now, reader),
        "why": withheld.reason(now, visit.workspace, reader),
        "interval": reader.interval(now.lower, now.upper, now.unit),
        "n": reader.count(now.n),
        "period": reader.period(now.grain, now.opens, now.closes),
        **told(changed, explained.kpi.better, visit),
    }


PANELS = {"series": series, "breakdown": breakdown, "variants": variants}
PAGE = Page("/kpi/{name}", "kpi.html", N_("KPI"), view, PANELS)
