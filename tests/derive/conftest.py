"""Fixtures of the derivation's tests."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest
from derive_model import Crm


@pytest.fixture
def crm() -> Iterator[Crm]:
    """An empty model in memory."""
    connection = duckdb.connect(config={"threads": 2})
    yield Crm(connection)
    connection.close()
