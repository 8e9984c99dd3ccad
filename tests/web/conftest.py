"""A served company: the application over a small real store, asked without a network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the dashboard is not installed: pip install 'kadar[web]'")

from fastapi.testclient import TestClient

from kadar.web.app import make_app
from tests.companies import at, company
from tests.web.shop import shop

KPIS = """
[kpi.win_rate]
target = 0.6
"""
DEALS = [
    {
        "deal_id": f"d{i}",
        "customer_id": f"c{i % 30}",
        "channel": ("web", "event", "<b>partner</b>")[i % 3],
        "created_at": at(f"2026-{1 + i % 5:02}-03"),
        "closed_at": at(f"2026-{2 + i % 5:02}-{10 + i % 9}"),
        "outcome": "won" if i % 5 < 2 else "lost",
        "amount": 100.0 + i,
    }
    for i in range(300)
]


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("served")
    toml = 'name = "Acme & Söhne"\ncurrency = "EUR"\nobserved_until = "2026-06-30"'
    company(made, toml=toml, kpi=KPIS, deals=DEALS)
    return made


@pytest.fixture
def client(folder: Path) -> Iterator[TestClient]:
    with TestClient(make_app(folder, warming=False), raise_server_exceptions=False) as made:
        yield made


@pytest.fixture(scope="session")
def shop_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("shop")
    shop(made)
    return made


@pytest.fixture
def shop_client(shop_folder: Path) -> Iterator[TestClient]:
    with TestClient(make_app(shop_folder, warming=False), raise_server_exceptions=False) as made:
        yield made


@pytest.fixture(scope="session")
def bare_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A company with surveys and nothing else: most pages have nothing to show."""
    made = tmp_path_factory.mktemp("bare")
    company(made, surveys=[{"kind": "nps", "answered_at": at("2026-05-03"), "score": 9}])
    with TestClient(make_app(made, warming=False), raise_server_exceptions=False) as served:
        yield served
