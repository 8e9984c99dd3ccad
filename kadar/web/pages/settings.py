"""Settings: targets, changed here where that is safe; all else with its line of kadar.toml."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from kadar.asking import Asking
from kadar.errors import KadarError
from kadar.insight.rows import listed
from kadar.language import N_
from kadar.project import FILE
from kadar.toml_lines import lines
from kadar.web import over
from kadar.web.page import Page
from kadar.web.panel import COUNT, WORDS, Column, Link, Panel
from kadar.web.targets import save_target, target_line, writable

if TYPE_CHECKING:
    from kadar.kpi import Kpi
    from kadar.web.visit import Visit

MOST = 500  # people listed
BETTER = {"up": N_("higher"), "down": N_("lower")}


def _text(visit: Visit) -> str:
    raw = (visit.project.folder / FILE).read_text("utf-8-sig")
    return raw.replace("\r\n", "\n")


def _unit(made: Kpi) -> str:
    return made.get(made.usual).unit


def targets(visit: Visit) -> Panel:
    """Return every KPI with its target and the line of kadar.toml it stands on."""
    text = _text(visit)
    rows: list[dict[str, Any]] = []
    for made in sorted(visit.workspace.kpis, key=lambda kpi: (not kpi.core, kpi.name)):
        target, line = visit.workspace.settings(made).get("target"), target_line(text, made.name)
        rows.append(
            {
                "kpi": visit.t(made.title),
                "target": None if target is None else visit.reader.value(target, _unit(made)),
                "raw": target,
                "better": visit.t(BETTER[made.better]) if made.better else "",
                "name": made.name,
                "line": line,
            }
        )
    rows.sort(key=lambda row: row["raw"] is None)
    return Panel(
        "targets",
        N_("Targets"),
        [
            Column("kpi", N_("KPI"), WORDS),
            Column("target", N_("target")),
            Column("better", N_("better")),
            Column("line", N_("line"), COUNT, usually_empty=True),
            Column("name", N_("name")),
        ],
        rows,
        N_("There are no KPIs."),
        links=[Link("kpi", lambda row: visit.here(kpi=row["name"], saved=None) + "#change")],
    )


def people(visit: Visit) -> Panel:
    """Return the company's people, as its sources know them."""
    with Asking(visit.project, visit.workspace.as_of) as asking:
        rows = listed(
            asking,
            "SELECT p.person_id, coalesce(p.name, p.person_id) AS name, p.team, p.role, p.active, "
            "p.source, coalesce(m.name, p.manager_id) AS manager FROM crm.people p "
            "LEFT JOIN crm.people m ON m.person_id = p.manager_id "
            f"ORDER BY p.team, name, p.person_id LIMIT {MOST}",
        )
    states = {True: N_("yes"), False: N_("no")}
    for row in rows:
        row["active"] = None if row["active"] is None else visit.t(states[bool(row["active"])])
    return Panel(
        "people",
        N_("People"),
        [
            Column("name", N_("name")),
            Column("team", N_("team")),
            Column("role", N_("role")),
            Column("manager", N_("manager")),
            Column("active", N_("works here")),
            Column("source", N_("source")),
            Column("person_id", N_("id")),
        ],
        rows,
        N_("No source has people: map the table people."),
        notes=[visit.t(N_("People come from the sources: change them there."))],
    )


def facts(visit: Visit) -> Panel:
    """Return the company's facts and the settings of its KPIs, each with its line."""
    project, found = visit.project, lines(_text(visit))
    tables = {
        "company": project.company,
        "tickets": project.tickets,
        "checks": project.checks,
        "web": project.web,
    }
    rows = [
        {"where": f"[{table}] {name}", "value": _said(getattr(settings, name)),
         "line": found.get((table, name)), "state": _given(visit, (table, name) in found)}
        for table, settings in tables.items()
        for name in settings.__struct_fields__
    ]  # fmt: skip
    for made in visit.workspace.kpis:
        for name, value in visit.workspace.settings(made).items():
            if name != "target":
                path = ("kpi", made.name, name)
                rows.append(
                    {"where": f"[kpi.{made.name}] {name}", "value": _said(value),
                     "line": found.get(path), "state": _given(visit, path in found)}
                )  # fmt: skip
    return Panel(
        "facts",
        N_("Everything else, in kadar.toml"),
        [
            Column("where", N_("setting")),
            Column("value", N_("value"), WORDS),
            Column("line", N_("line"), COUNT, usually_empty=True),
            Column("state", N_("state")),
        ],
        rows,
        N_("There are no settings."),
        notes=[visit.t(N_("These decide what numbers mean: change them in kadar.toml, and run "
                          "kadar check."))],
    )  # fmt: skip


def _given(visit: Visit, there: bool) -> str:
    return visit.t(N_("given")) if there else visit.t(N_("usual"))


def _said(value: Any) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{name} {_said(one)}" for name, one in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def change(visit: Visit, form: Mapping[str, str]) -> str:
    """Write the target a form gives into kadar.toml; return the address that shows it.

    A share is given in percent. Raises KDR-WEB-044 where nothing may be changed here,
    KDR-WEB-045 for what is no number, KDR-KPI-003 for what is no KPI.
    """
    made = visit.workspace.kpis[form.get("kpi", "")]
    if not _changeable(visit):
        line = target_line(_text(visit), made.name)
        raise KadarError(
            "KDR-WEB-044",
            N_("Targets cannot be changed on this server."),
            N_("Change [kpi.{kpi}] target in {file}, line {line}."),
            kpi=made.name,
            file=visit.project.folder / FILE,
            line=line or "-",
        )
    text = form.get("target", "").strip()
    save_target(visit.project.folder, made.name, _number(text, _unit(made)) if text else None)
    return f"/settings?saved={made.name}#change"


def _number(text: str, unit: str) -> float:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number.adjusted()) > 15:
        raise KadarError(
            "KDR-WEB-045",
            N_("{text} is no target."),
            N_("Give a number, with a point before its decimals, or nothing to take it away."),
            text=text[:40],
        )
    return float(number / 100 if unit == "percent" else number)


def _changeable(visit: Visit) -> bool:
    return visit.may_change and not visit.get("as_of") and writable(visit.project.folder)


def _shown(target: float | None, unit: str) -> str:
    """Return a target as the form takes it: digits with a point."""
    if target is None:
        return ""
    number = Decimal(str(target)) * (100 if unit == "percent" else 1)
    return f"{number.normalize():f}"


def view(visit: Visit) -> dict[str, Any]:
    """Return what the page of settings shows."""
    kpis = sorted(visit.workspace.kpis, key=lambda kpi: (not kpi.core, kpi.name))
    chosen = visit.workspace.kpis[visit.get("kpi") or visit.get("saved") or kpis[0].name]
    unit = _unit(chosen)
    target = visit.workspace.settings(chosen).get("target")
    signs = {"percent": "%", "money": visit.project.company.currency, "hours": visit.t(N_("hours")),
             "days": visit.t(N_("days")), "months": visit.t(N_("months"))}  # fmt: skip
    return {
        "heading": visit.t(PAGE.title),
        "kpis": [(kpi.name, visit.t(kpi.title)) for kpi in kpis],
        "chosen": chosen.name,
        "chosen_title": visit.t(chosen.title),
        "sign": signs.get(unit, ""),
        "target": _shown(target, unit),
        "target_said": visit.reader.value(target, unit),
        "saved": visit.get("saved") is not None,
        "changeable": _changeable(visit),
        "file": visit.project.folder / FILE,
        "line": target_line(_text(visit), chosen.name),
        "panels": [targets(visit), facts(visit), _people(visit)],
        "until": visit.t(N_("data version {version}"), version=visit.version or "-"),
    }


def _people(visit: Visit) -> Panel:
    """Return the people; a project without data has none yet, and settings all the same."""
    try:
        return people(visit)
    except KadarError as error:
        if error.code != over.NO_DATA:
            raise
        said = f"{error.sentence(visit.language)} {error.next_step(visit.language)}"
        return Panel("people", N_("People"), [], [], said)


PANELS = {"targets": targets, "people": people, "facts": facts}
PAGE = Page(
    "/settings", "settings.html", N_("Settings"), view, PANELS, place=10, key="e", change=change
)
