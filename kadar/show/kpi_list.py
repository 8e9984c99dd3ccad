"""The KPIs there are, a line each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kadar.language import N_
from kadar.show.terminal import table

if TYPE_CHECKING:
    from rich.console import Console

    from kadar.kpi import Catalogue
    from kadar.show.reader import Reader


def records(kpis: Catalogue, reader: Reader) -> list[dict[str, Any]]:
    """Return name, title, unit, variants of each KPI, the core ones first."""
    return [
        {
            "kpi": made.name,
            "title": reader.t(made.title),
            "unit": made.unit,
            "core": made.core,
            "variants": [name for name in made.variants if name != "default"],
        }
        for made in sorted(kpis, key=lambda made: (not made.core, made.name))
    ]


def show(console: Console, listed: list[dict[str, Any]], reader: Reader) -> None:
    """Print them as a table."""
    made = table()
    made.add_column(reader.t(N_("name")), no_wrap=True)
    made.add_column(reader.t(N_("KPI")))
    made.add_column(reader.t(N_("variants")))
    for one in listed:
        style = None if one["core"] else "dim"
        made.add_row(one["kpi"], one["title"], ", ".join(one["variants"]), style=style)
    console.print(made)
