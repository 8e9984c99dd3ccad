"""A KPI explained, as text and tables, or as a record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kadar.language import N_
from kadar.show.formula import written
from kadar.show.sql import pretty
from kadar.show.terminal import table

if TYPE_CHECKING:
    from rich.console import Console

    from kadar.explanation import Definition, Explanation
    from kadar.show.reader import Reader

_UNITS = {
    "percent": N_("percent"),
    "points": N_("points"),
    "hours": N_("hours"),
    "days": N_("days"),
    "money": N_("money in the company's currency"),
    "number": N_("number"),
    "ratio": N_("ratio"),
    "months": N_("months"),
}
_BETTER = {
    "up": N_("higher is better"),
    "down": N_("lower is better"),
    None: N_("neither direction is better"),
}
_ROLES = {
    "sales": N_("sales manager"),
    "marketing": N_("marketing manager"),
    "service": N_("service manager"),
    "leadership": N_("leadership"),
}


def show(console: Console, made: Explanation, reader: Reader) -> None:
    """Print an explanation."""
    t, kpi, chosen = reader.t, made.kpi, made.chosen
    console.print(t(kpi.title), style="bold", end="")
    console.print(f"  {kpi.name}" + ("" if chosen.name == "default" else f" ({chosen.name})"))
    console.print()
    console.print(t(chosen.wording))
    console.print()
    facts = [t(_UNITS.get(chosen.unit, chosen.unit)), t(_BETTER[kpi.better])]
    roles = ", ".join(t(_ROLES.get(role, role)) for role in kpi.roles)
    about = t(N_("{unit}; {better}."), unit=facts[0], better=facts[1])
    console.print(f"{about} " + t(N_("Answered for by: {roles}."), roles=roles))
    if made.target is not None:
        console.print(t(N_("Target: {target}."), target=reader.value(made.target, chosen.unit)))
    _formula(console, made, reader)
    _variants(console, made, reader)
    _settings(console, made, reader)
    _reads(console, made, reader)
    for head, lines in (
        (N_("Caveats"), kpi.caveats),
        (N_("What improves it"), kpi.improve),
    ):
        if lines:
            _head(console, t(head))
            for line in lines:
                console.print(f"  - {t(line)}")
    note = N_("SQL, by day (the daily values are then summed)")
    _head(console, t(note) if made.sums_days else t(N_("SQL, for a question by month")))
    console.print(pretty(made.sql), soft_wrap=True)


def record(made: Explanation, reader: Reader) -> dict[str, Any]:
    """Return an explanation as a record for other tools, words in the reader's language."""
    t, kpi = reader.t, made.kpi
    return {
        "kpi": kpi.name,
        "title": t(kpi.title),
        "variant": made.chosen.name,
        "definition": t(made.chosen.wording),
        "unit": made.chosen.unit,
        "better": kpi.better,
        "group": kpi.group,
        "core": kpi.core,
        "roles": ["crm", *kpi.roles],
        "target": made.target,
        "formula": str(made.chosen.formula),
        "version": made.chosen.version,
        "variants": [
            {
                "name": each.name,
                "definition": t(each.wording),
                "unit": each.unit,
                "usual": each.usual,
                "version": each.version,
                "reported_by": each.reported_by,
                "computable": None if each.lacks is None else not each.lacks,
                "lacks": each.lacks,
            }
            for each in made.variants
        ],
        "settings": {
            name: {"default": default, "value": value}
            for name, (default, value) in made.settings.items()
        },
        "reads": {name: list(columns) for name, columns in made.reads.items()},
        "dimensions": made.dimensions,
        "caveats": [t(text) for text in kpi.caveats],
        "improve": [t(text) for text in kpi.improve],
        "sql": pretty(made.sql),
    }


def _head(console: Console, text: str) -> None:
    console.print()
    console.print(text, style="bold")


def _formula(console: Console, made: Explanation, reader: Reader) -> None:
    _head(console, reader.t(N_("Formula")))
    text = written(made.chosen.formula)
    console.print(f"  {text.arithmetic}")
    for letter, rows in text.rows.items():
        console.print(f"  {letter} = {rows}", style="dim")
    version = reader.t(N_("Version of this definition: {version}."), version=made.chosen.version)
    console.print(f"  {version}", style="dim")


def _variants(console: Console, made: Explanation, reader: Reader) -> None:
    if len(made.variants) < 2:
        return
    _head(console, reader.t(N_("Variants")))
    shown = table()
    for head in (N_("name"), N_("definition"), N_("reported so by"), N_("here")):
        shown.add_column(reader.t(head))
    for each in made.variants:
        if each.name == "default" and made.kpi.usual != "default":
            continue  # it only says which one stands in for it
        name = f"{each.name} *" if each.usual else each.name
        shown.add_row(
            name,
            " ".join(reader.t(each.wording).split()),
            reader.t(each.reported_by or ""),
            _here(each, reader),
        )
    console.print(shown)
    console.print(reader.t(N_("* the usual one")), style="dim")


def _here(each: Definition, reader: Reader) -> str:
    if each.lacks is None:
        return ""
    if not each.lacks:
        return reader.t(N_("yes"))
    return reader.t(N_("lacks {columns}"), columns=", ".join(each.lacks))


def _settings(console: Console, made: Explanation, reader: Reader) -> None:
    if not made.settings:
        return
    _head(console, reader.t(N_("Settings, under [kpi.{kpi}] in kadar.toml"), kpi=made.kpi.name))
    for name, (default, value) in made.settings.items():
        text = N_("{name} = {value} (default {default})")
        console.print("  " + reader.t(text, name=name, value=value, default=default))


def _reads(console: Console, made: Explanation, reader: Reader) -> None:
    _head(console, reader.t(N_("Reads")))
    shown = table()
    for head in (N_("table"), N_("column"), N_("meaning")):
        shown.add_column(reader.t(head))
    for name, columns in made.reads.items():
        for position, (column, meaning) in enumerate(columns.items()):
            shown.add_row("" if position else name, column, reader.t(meaning))
    console.print(shown)
    if made.dimensions:
        names = ", ".join(made.dimensions)
        console.print(reader.t(N_("Divided by (--by): {names}."), names=names), style="dim")
