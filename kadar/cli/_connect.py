"""Connecting a live system step by step: what it needs, what it lets us read, what KPIs gain."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import typer

from kadar.cli._complain import say
from kadar.cli._language import t
from kadar.errors import NO, USAGE, KadarError, nearest
from kadar.extensions import extensions
from kadar.language import N_
from kadar.project import Source

if TYPE_CHECKING:
    from kadar.cli._session import Session
    from kadar.sources.live import Live
    from kadar.sources.live.connector import Option, Secret
    from kadar.sources.live.secrets import Secrets


def list_systems(session: Session) -> None:
    """Print the systems that can be connected, and the sources that are."""
    from kadar.show.terminal import table

    made = table()
    made.add_column(t(N_("system")))
    made.add_column(t(N_("name")))
    made.add_column(t(N_("connected as")))
    connected = session.project.sources if session.has_project() else []
    for name, kind in sorted(_systems().items()):
        made.add_row(
            name, kind.system, ", ".join(one.name for one in connected if one.kind == name)
        )
    session.console.print(made)
    session.console.print(t(N_("kadar connect SYSTEM walks through what it needs.")), style="dim")


def test(session: Session, name: str) -> int:
    """Test the credentials of a source; return the exit code: 1 where something is unreadable."""
    source = next(one for one in session.project.sources if one.name == name)
    return _test(session, source, _kind(source.kind))


def connect(
    session: Session, system: str, name: str | None, given: Sequence[str], keep: str | None
) -> int:
    """Walk through what a system needs, test it, write kadar.toml; return the exit code."""
    from msgspec.structs import replace

    from kadar.sources.live.secrets import Secrets
    from kadar.sources.propose import add_sources

    kind = _kind(system)
    connector = kind.connector()
    source = Source(name=name or system, kind=system, options=_options(given))
    if any(one.name == source.name for one in session.project.sources):
        raise KadarError(
            "KDR-SRC-020",
            N_("There is a source {name} already."),
            N_("Give the new one a name of its own: --name. Or test it: kadar connect {name}."),
            exit_code=USAGE,
            name=source.name,
        )
    _show_permissions(session, kind)
    asks = sys.stdin.isatty()
    source = replace(source, options=_asked(connector.options, source.options, ask=asks))
    options = {one.name: one.usual for one in connector.options} | source.options
    secrets = Secrets(session.project.folder, source.name)
    needed = [one for one in connector.secrets if one.needed(options)]
    missing = [one for one in needed if secrets.find(one.name) is None]
    if missing and asks:
        _ask_secrets(session, source.name, missing, keep)
    _missing(source.name, secrets, missing)
    code = _test(session, source, kind)
    add_sources(session.project.folder, [source])
    say(t(N_("Written to kadar.toml. Now: kadar sync {name}"), name=source.name))
    return code


def _systems() -> dict[str, Live]:
    from kadar.sources.live import Live

    found: dict[str, Live] = {}
    for point in extensions("kadar.sources"):
        try:
            made = point.load()()
        except ImportError:  # a third party's, whose parts are not installed
            continue
        if isinstance(made, Live):
            found[point.name] = made
    return found


def _kind(name: str) -> Live:
    systems = _systems()
    if name not in systems:
        raise KadarError(
            "KDR-SRC-021",
            N_("There is no system {name}."),
            N_("These can be connected: {systems}."),
            exit_code=USAGE,
            name=name,
            systems=nearest(name, sorted(systems)) or "-",
        )
    return systems[name]


def _options(given: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals:
            raise KadarError(
                "KDR-SRC-022",
                N_("“{text}” is no option."),
                N_("Write NAME=VALUE."),
                exit_code=USAGE,
                text=text,
            )
        words: dict[str, Any] = {"true": True, "false": False}
        whole = value.lstrip("-").isdecimal()
        found[name.strip()] = words.get(value, int(value) if whole else value)
    return found


def _asked(known: Sequence[Option], given: dict[str, Any], *, ask: bool) -> dict[str, Any]:
    """Ask for the options that must be given and are not, where somebody is there to answer."""
    made = dict(given)
    for one in known:
        if ask and one.needed and one.usual is None and one.name not in made:
            made[one.name] = str(typer.prompt(f"{one.name}: {t(one.says)}", err=True)).strip()
    return made


def _show_permissions(session: Session, kind: Live) -> None:
    from kadar.show.terminal import table

    connector = kind.connector()
    console = session.console
    console.print(t(N_("{system} will be asked for nothing but to read."), system=kind.system))
    if connector.permissions:
        made = table()
        made.add_column(t(N_("permission")))
        made.add_column(t(N_("without it these tables stay empty")), overflow="fold")
        for one in connector.permissions:
            made.add_row(one.name, ", ".join(one.tables))
        console.print(made)


def _ask_secrets(
    session: Session, source: str, missing: Sequence[Secret], keep: str | None
) -> None:
    """Ask for secrets without showing them, and keep them where the user says."""
    from kadar.sources.live.secrets import keep_in_file, keep_in_ring

    given: dict[str, str] = {}
    for one in missing:
        question = f"{one.name}: {t(one.says)}"
        given[one.name] = str(typer.prompt(question, hide_input=True, err=True)).strip()
    folder = session.project.folder
    where = keep or str(typer.prompt(t(N_("Keep them in the keyring or in a file?")), err=True))
    if where.startswith("k") and keep_in_ring(folder, source, given):
        say(t(N_("The key ring of this system keeps them.")))
        return
    file = keep_in_file(folder, source, given)
    say(t(N_("{file} keeps them; only you can read it. Never commit it."), file=file))


def _missing(source: str, secrets: Secrets, needed: Sequence[Secret]) -> None:
    """Raise KDR-SRC-023 for secrets that are nowhere, naming the variables that would hold them."""
    lacking = [one for one in needed if secrets.find(one.name) is None]
    if lacking:
        raise KadarError(
            "KDR-SRC-023",
            N_("{source} lacks secrets: {names}."),
            N_("Set them in the environment, or run this command in a terminal to be asked."),
            source=source,
            names=", ".join(f"{one.name} ({secrets.variable(one.name)})" for one in lacking),
        )


def _test(session: Session, source: Source, kind: Live) -> int:
    """Sign in, print what can be read and what KPIs will have; 1 where something cannot be."""
    from kadar.computable import gained
    from kadar.show import proposals
    from kadar.show.terminal import table

    found = kind.test(session.project, source, datetime.now(UTC))
    console = session.console
    console.print(
        t(N_("Signed in to {system}: {account}"), system=kind.system, account=found.account)
    )
    made = table()
    made.add_column(t(N_("object")))
    made.add_column("")
    for name, why in found.readable.items():
        said = t(N_("can be read")) if why is None else t(N_("cannot be read: {why}"), why=why)
        made.add_row(name, said, style=None if why is None else "red")
    console.print(made)
    columns = kind.columns(session.project, source)
    filled = [
        Source(name=source.name, table=name, columns=dict.fromkeys(named, ""))
        for name, named in columns.items()
    ]
    kpis = session.workspace.kpis
    works, lacks = gained(session.project, kpis, filled)
    proposals.show_kpis(console, kpis, works, lacks, session.reader)
    return NO if any(why is not None for why in found.readable.values()) else 0
