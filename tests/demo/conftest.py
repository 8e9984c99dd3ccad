"""The example company, written once for all of its tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from kadar.demo import write
from kadar.demo.report import DemoReport


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoReport:
    """Write the demo into a fresh folder."""
    folder: Path = tmp_path_factory.mktemp("demo")
    return write(folder)
