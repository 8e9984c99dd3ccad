"""The bar of long work: its rate as people read it, anew for every step."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from kadar.cli._progress import pick, progress_bar


@pytest.mark.parametrize(
    ("number", "said"), [(950.4, "950"), (12_345, "12.3 k"), (4_600_000, "4.6 M"), (0.4, "0")]
)
def test_a_rate_is_short(number: float, said: str) -> None:
    assert pick(number) == said


def test_steps_are_told_with_rate_and_time(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    terminal = Console(file=out, force_terminal=True, width=120)
    monkeypatch.setattr("kadar.show.terminal.console", lambda **_: terminal)
    with progress_bar() as tell:
        for step in ("crm: deals", "crm: owners"):
            for done in range(0, 101, 20):
                tell(step, done, 100)
    shown = out.getvalue()
    assert "crm: owners" in shown
    assert "100%" in shown
