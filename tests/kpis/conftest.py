"""Generated companies for the tests of the KPIs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from kadar.model import TABLES
from kadar.workspace import Workspace
from tests.companies import company
from tests.kpis.strategies import Generated

Build = Callable[[Generated], "contextmanager[Workspace]"]


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Return a context manager that builds a company; all share their compiled statements."""
    compiled = tmp_path_factory.mktemp("compiled")

    @contextmanager
    def built(made: Generated) -> Iterator[Workspace]:
        with TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "store").mkdir()
            (folder / "store" / "compiled").symlink_to(compiled)
            columns = {table: TABLES[table].column_names for table in TABLES}
            yield company(folder, toml=made.settings.toml(), columns=columns, **made.tables)

    return built
