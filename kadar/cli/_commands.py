"""Finding the commands and running one."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.main import get_command

import kadar.cli
from kadar.cli._language import t
from kadar.language import N_

if TYPE_CHECKING:
    from types import ModuleType

ABOUT = N_("From raw CRM records to every customer KPI, with the proof behind the number.")
# In the order of use; a command not named here comes after these, by its name.
ORDER = (
    "demo",
    "init",
    "import",
    "connect",
    "sync",
    "sources",
    "ask",
    "signals",
    "why",
    "reconcile",
    "serve",
    "records",
    "cohorts",
    "forecast",
    "restatements",
    "explain",
    "tables",
    "check",
    "duplicates",
    "export",
)


def commands() -> dict[str, ModuleType]:
    """Return the module of each command by the command's name."""
    names = [module.name for module in iter_modules(kadar.cli.__path__)]
    found = {
        name.removesuffix("_"): import_module(f"kadar.cli.{name}")
        for name in names
        if not name.startswith("_")
    }
    placed = {name: position for position, name in enumerate(ORDER)}
    return {name: found[name] for name in sorted(found, key=lambda n: (placed.get(n, 99), n))}


def application() -> Any:
    """Return the whole command line, its help in the language spoken."""
    app = typer.Typer(
        add_completion=False,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback(help=ABOUT, invoke_without_command=True)(_about)
    for name, module in commands().items():
        function = getattr(module, module.__name__.rpartition(".")[2])
        app.command(name, help=module.HELP)(function)
    made = get_command(app)
    for command in [made, *made.commands.values()]:  # type: ignore[attr-defined]
        command.help = t(command.help or "")
        for parameter in command.params:
            if getattr(parameter, "help", None):
                parameter.help = t(parameter.help)
    return made


def run(arguments: list[str]) -> int:
    """Run the command that some arguments name; return its exit code."""
    try:
        application()(args=arguments, prog_name="kadar")
    except SystemExit as end:
        if isinstance(end.__context__, typer.Abort):  # Ctrl-C, which click ends with 1
            raise KeyboardInterrupt from None
        return int(end.code or 0)
    return 0


def _about(
    version: Annotated[bool, typer.Option("--version", help=N_("Show the version."))] = False,
) -> None:
    if version:
        typer.echo(f"kadar {kadar.__version__}")
        raise typer.Exit
