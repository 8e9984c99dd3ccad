"""Files written on the spot, and what is proposed for them."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from kadar.project import load
from kadar.sources.propose import Proposal, propose

Rows = Sequence[Sequence[object]]
Propose = Callable[..., list[Proposal]]


@pytest.fixture
def proposed(tmp_path: Path) -> Propose:
    """Return a function: headers, rows and a file name → the proposals for that file."""
    (tmp_path / "kadar.toml").write_text("", "utf-8")

    def run(headers: Sequence[str], rows: Rows, name: str = "file.csv") -> list[Proposal]:
        path = tmp_path / name
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(headers)
            writer.writerows(rows)
        return propose(load(tmp_path), [path])

    return run
