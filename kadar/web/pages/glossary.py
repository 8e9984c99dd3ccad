"""The glossary: every KPI in three languages, with its definition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kadar.language import LANGUAGES, N_, translate
from kadar.web.page import Page
from kadar.web.panel import WORDS, Column, Link, Panel

if TYPE_CHECKING:
    from kadar.web.visit import Visit

OWN_NAMES = {"en": "English", "ms": "Bahasa Melayu", "zh_CN": "简体中文"}


def kpis(visit: Visit) -> Panel:
    """Return every KPI, the core ones first."""
    made = sorted(visit.workspace.kpis, key=lambda kpi: (not kpi.core, kpi.name))
    rows: list[dict[str, Any]] = [
        {
            "name": kpi.name,
            **{language: translate(kpi.title, language) for language in LANGUAGES},
            "definition": visit.t(kpi.get().wording),
            "variants": ", ".join(name for name in kpi.variants if name != kpi.usual),
        }
        for kpi in made
    ]
    return Panel(
        "kpis",
        N_("KPIs"),
        [
            Column("name", N_("name")),
            *(Column(language, OWN_NAMES[language], WORDS, bare=True) for language in LANGUAGES),
            Column("definition", N_("definition"), WORDS),
            Column("variants", N_("variants"), WORDS),
        ],
        rows,
        N_("There are no KPIs."),
        links=[Link("name", lambda row: visit.url(f"/kpi/{row['name']}"))],
    )


def view(visit: Visit) -> dict[str, Any]:
    """Return what the glossary shows."""
    return {
        "heading": visit.t(PAGE.title),
        "panels": [kpis(visit)],
        "until": visit.t(N_("data version {version}"), version=visit.version),
    }


PAGE = Page("/glossary", "panels.html", N_("Glossary"), view, {"kpis": kpis}, place=9, key="y")
