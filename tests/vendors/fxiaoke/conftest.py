"""The company, and a project that reads it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.vendors.acceptance import Run
from tests.vendors.fxiaoke.company import CASE, Company


@pytest.fixture
def company() -> Iterator[Company]:
    with Company() as made:
        yield made


@pytest.fixture
def run(company: Company, tmp_path: Path) -> Run:
    return Run(CASE, company, tmp_path / "project").make()
