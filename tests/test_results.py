"""Answers kept by data version: the same as computed ones, and never a stale one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import kadar
from kadar import asking
from kadar.store import Store
from tests.companies import at, company

TOML = 'observed_until = "2026-06-30"'
LEADS = [
    {
        "lead_id": str(i),
        "created_at": at(f"2026-0{1 + i % 3}-02"),
        "channel": "web" if i % 2 else None,
        "existing_customer": i % 5 == 0,
    }
    | ({"converted_at": at(f"2026-0{1 + i % 3}-{20 + i % 5}")} if i % 4 else {})
    for i in range(24)
]


@pytest.fixture
def workspace(tmp_path: Path) -> kadar.Workspace:
    return company(tmp_path, toml=TOML, leads=LEADS)


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count how often a question goes to the engine."""
    times: list[int] = []
    real: Callable[..., object] = asking.Asking.answer

    def counted(*given: object, **named: object) -> object:
        times.append(1)
        return real(*given, **named)

    monkeypatch.setattr(asking.Asking, "answer", counted)
    return times


def test_a_question_is_computed_once(workspace: kadar.Workspace, computed: list[int]) -> None:
    asked = {"by": ["channel", "existing_customer"], "collect": True}
    first = workspace.ask(["lead_conversion_rate", "nps"], **asked)  # type: ignore[arg-type]
    again = kadar.open(workspace.project.folder).ask(["lead_conversion_rate", "nps"], **asked)  # type: ignore[arg-type]
    assert len(computed) == 1
    assert again.rows == first.rows
    assert len(first.rows) > 3
    assert (again.observed_until, again.assumed, again.data_version) == (
        first.observed_until, first.assumed, first.data_version,
    )  # fmt: skip
    assert [str(one.error) for one in again.refused] == [str(one.error) for one in first.refused]
    assert [one.kpi for one in again.refused] == ["nps"]


def test_another_question_setting_or_version_is_computed(
    workspace: kadar.Workspace, computed: list[int]
) -> None:
    workspace.ask("lead_conversion_rate")
    workspace.ask("lead_conversion_rate", grain="quarter")
    workspace.ask("lead_conversion_rate", where={"channel": "web"})
    assert len(computed) == 3
    file = workspace.project.folder / "kadar.toml"
    file.write_text(file.read_text() + "\n[kpi.lead_conversion_rate]\nwindow_days = 1\n")
    (row, *_) = kadar.open(workspace.project.folder).ask("lead_conversion_rate").rows
    assert len(computed) == 4
    assert row.numerator == 0
    file.write_text(file.read_text() + "target = 0.3\n")  # a target changes no number
    kadar.open(workspace.project.folder).ask("lead_conversion_rate")
    assert len(computed) == 4


def test_a_new_version_forgets_the_old_answers(
    workspace: kadar.Workspace, computed: list[int]
) -> None:
    folder = workspace.project.folder
    workspace.ask("lead_conversion_rate")
    with Store(folder).writer() as writer:
        writer.connection.execute("delete from model.leads where channel is null")
        writer.connection.execute("update meta.version set revision = revision + 1")
        writer.publish(workspace.project)
    answer = workspace.ask("lead_conversion_rate")
    assert len(computed) == 2
    assert sum(row.denominator or 0 for row in answer) == 12
    kept = list((folder / "store" / "results").iterdir())
    assert [one.name for one in kept] == [answer.data_version]


def test_a_damaged_file_is_computed_again(workspace: kadar.Workspace, computed: list[int]) -> None:
    first = workspace.ask("lead_conversion_rate")
    for file in (workspace.project.folder / "store" / "results").rglob("*.msgpack"):
        file.write_bytes(file.read_bytes()[:20])
    assert workspace.ask("lead_conversion_rate").rows == first.rows
    assert len(computed) == 2


def test_a_kept_answer_needs_no_engine(workspace: kadar.Workspace) -> None:
    folder = workspace.project.folder
    workspace.ask("lead_conversion_rate", collect=True)
    code = (
        "import sys; from kadar.cli import main; sys.argv = ['kadar', 'ask', "
        f"'lead_conversion_rate', '--format', 'json', '--project', {str(folder)!r}]\n"
        "try: main()\nexcept SystemExit: pass\n"
        "sys.stderr.write(' '.join(m for m in ('duckdb', 'numpy', 'ibis') if m in sys.modules))"
    )
    made = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    assert '"lead_conversion_rate"' in made.stdout
    assert made.stderr == ""
