"""One company with rows in every table, and every engine filled with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest

from kadar.asking import Asking
from kadar.model import TABLES
from kadar.store import Store
from kadar.workspace import Workspace
from tests.companies import company
from tests.conformance.engines import OTHERS
from tests.kpis.plain import Settings
from tests.kpis.strategies import Maker

ROWS = 150
SETTINGS = Settings(time_zone="Asia/Kuala_Lumpur", contract=True, holidays="MY-10")


@dataclass
class Company:
    """The company, what DuckDB answered about it, and the same data on another engine."""

    work: Workspace
    duckdb: Asking
    folder: Path
    stack: ExitStack
    answers: dict[Any, Any] = field(default_factory=dict)
    engines: dict[str, Asking] = field(default_factory=dict)

    def on(self, name: str) -> Asking:
        """Return the company on an engine, copied there when first asked for."""
        if name not in self.engines:
            fill = self.stack.enter_context(OTHERS[name](self.folder))
            source = Store(self.work.project.folder).reader()
            assert source is not None
            with source:
                self.engines[name] = Asking(self.work.project, engine=fill(source))
            self.stack.callback(self.engines[name].engine.close)
        return self.engines[name]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """Return the company: odd moments, unknown values, four currencies, holidays, contracts."""
    names = ("leads", "deals", "orders", "subscriptions", "interactions", "tickets", "surveys",
             "spend")  # fmt: skip
    sizes = {**dict.fromkeys(names, ROWS), "customers": 10}
    work = company(
        tmp_path_factory.mktemp("company"),
        toml=SETTINGS.toml(),
        columns={table: TABLES[table].column_names for table in TABLES},
        **Maker(SETTINGS, Random(7)).tables(sizes),
    )
    with ExitStack() as stack:
        duckdb = stack.enter_context(Asking(work.project))
        yield Company(work, duckdb, tmp_path_factory.mktemp("copied"), stack)
