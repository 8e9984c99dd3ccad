"""Every command is found, explained, and takes the options that all take."""

from __future__ import annotations

import pytest

from kadar.cli._commands import application, commands
from tests.cli.conftest import Run

NAMES = [
    "demo",
    "init",
    "import",
    "sync",
    "ask",
    "why",
    "records",
    "explain",
    "tables",
    "check",
    "export",
]


def test_commands_are_found_by_their_files() -> None:
    assert list(commands()) == NAMES
    assert list(application().commands) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_help_of_every_command(name: str, run: Run) -> None:
    done = run(name, "--help")
    assert done.code == 0
    command = application().commands[name]
    assert all(parameter.help for parameter in command.params if parameter.name != "help")
    assert "--language" in done.out
    assert ("--project" in done.out) == (name != "demo")


def test_version_and_no_command(run: Run) -> None:
    import kadar

    assert run("--version").out.strip() == f"kadar {kadar.__version__}"
    assert "explain" in run("--help").out
    nothing = run()
    assert (nothing.code, "Usage" in nothing.err) == (2, True)
