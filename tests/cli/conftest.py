"""A small company, and a way to run the command line on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from kadar.cli import main
from tests.companies import at, company

# observed until 15 June 2026: June is not whole; leads of March have not had their 90 days
TOML = """
name = "Acme"
currency = "MYR"
time_zone = "Asia/Kuala_Lumpur"
observed_until = "2026-06-15"
"""
WON = {1: 5, 2: 4, 3: 2, 4: 3, 5: 4, 6: 9}  # of ten deals closed each month
CONVERTED = {1: 2, 2: 3, 3: 9}  # of ten leads created each month


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture(scope="session")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("acme")
    company(
        folder,
        toml=TOML,
        kpi="[kpi.win_rate]\ntarget = 0.35\n[kpi.lead_conversion_rate]\ntarget = 0.5\n",
        deals=[
            {
                "created_at": at(f"2026-{month:02}-02"),
                "closed_at": at(f"2026-{month:02}-{day + 3:02} 09:00"),
                "outcome": "won" if day < won else "lost",
                "channel": None if day == 9 else ("web", "event")[day % 2],
                "amount": 1000 + day,
            }
            for month, won in WON.items()
            for day in range(10)
        ],
        leads=[
            {
                "created_at": at(f"2026-{month:02}-{day + 3:02}"),
                "converted_at": at(f"2026-{month:02}-{day + 5:02}") if day < converted else None,
            }
            for month, converted in CONVERTED.items()
            for day in range(10)
        ],
        tickets=[
            {
                "created_at": at("2026-05-03 01:00"),
                "channel": "web",
                "responded_at": None if hours is None else at(f"2026-05-03 {1 + hours:02}:00"),
            }
            for hours in (1, 2, 3, 4, 5, None)
        ],
    )
    return folder


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("KADAR_PROJECT", "KADAR_LANGUAGE", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("COLUMNS", "140")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run_(*arguments: object) -> Ran:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return run_
