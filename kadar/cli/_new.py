"""Making a project: kadar.toml from options, from questions where someone is there to answer."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import typer

from kadar.cli._complain import say
from kadar.cli._language import asked, t
from kadar.errors import KadarError
from kadar.language import N_


def new_project(folder: Path, *, ask: bool, **given: Any) -> Path:
    """Write a `kadar.toml` into a folder and return its path.

    `given` are settings of `[company]`; where `ask` and a person sits there, what is not given is
    asked. Raises KDR-CLI-007 where the folder has one, and KDR-PRJ errors for settings that
    cannot be.
    """
    import msgspec

    from kadar.project import FILE, Company, initial_toml, load

    file = folder / FILE
    if file.exists():
        raise KadarError(
            "KDR-CLI-007",
            N_("{folder} is a project already."),
            N_("Change its kadar.toml, or choose another folder."),
            folder=folder,
        )
    settings = {name: value for name, value in given.items() if value is not None}
    settings.setdefault("name", folder.name)
    if asked():
        settings.setdefault("language", asked())
    if ask and sys.stdin.isatty():
        settings |= _answers(given, settings["name"])
    folder.mkdir(parents=True, exist_ok=True)
    try:
        company = msgspec.convert(settings, Company)
    except msgspec.ValidationError:
        company = Company(**settings)  # what is wrong is said below, with its line
    file.write_text(initial_toml(company), "utf-8")
    try:
        load(folder)
    except KadarError:
        file.unlink()
        raise
    say(t(N_("Made {file}: read it once, its settings decide the numbers."), file=file))
    return file


def _answers(given: dict[str, Any], name: str) -> dict[str, Any]:
    """Ask for the settings that are not given; an empty answer takes the default shown."""
    questions = (
        ("name", t(N_("Name of the company")), name),
        ("currency", t(N_("Currency of its figures (ISO 4217)")), "USD"),
        ("time_zone", t(N_("Time zone in which its days begin (IANA name)")), "UTC"),
        ("holidays", t(N_("Country of its public holidays (MY, MY-10; - for none)")), "-"),
    )
    made: dict[str, Any] = {}
    for setting, question, default in questions:
        if given.get(setting) is None:
            answer = str(typer.prompt(question, default=default, err=True)).strip()
            if answer and answer != "-":
                made[setting] = answer
    if given.get("contract") is None:
        question = t(N_("Do customers subscribe (rather than order when they please)?"))
        made["contract"] = typer.confirm(question, default=False, err=True)
    return made
