"""Every command is found, explained, and takes the options that all take."""

from __future__ import annotations

from pathlib import Path

import pytest

import kadar.cli
from kadar.cli._commands import application, commands
from tests.cli.conftest import Run

NAMES = sorted(
    file.stem.removesuffix("_")
    for file in Path(kadar.cli.__file__).parent.glob("*.py")
    if not file.name.startswith("_")
)


def test_commands_are_found_by_their_files() -> None:
    assert sorted(commands()) == NAMES
    assert list(application().commands) == list(commands())
    assert list(commands())[:3] == ["demo", "init", "import"]  # in the order of use


@pytest.mark.parametrize("name", NAMES)
def test_help_of_every_command(name: str, run: Run) -> None:
    done = run(name, "--help")
    assert done.code == 0
    command = application().commands[name]
    assert all(parameter.help for parameter in command.params if parameter.name != "help")
    assert "--language" in done.out
    assert ("--project" in done.out) == (name != "demo")


def test_version_and_no_command(run: Run) -> None:

    assert run("--version").out.strip() == f"kadar {kadar.__version__}"
    assert "explain" in run("--help").out
    nothing = run()
    assert (nothing.code, "Usage" in nothing.err) == (2, True)
