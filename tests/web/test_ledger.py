"""The ledger of live systems on the page of the data: there after a sync, without new data."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from fastapi.testclient import TestClient

from kadar import last_sync
from kadar.sources.live.ledger import Entry, keep
from kadar.web.app import make_app
from tests.companies import at, company

SOURCE = '[[sources]]\nname = "crm"\nkind = "hubspot"\n'


def test_what_each_object_brought_is_shown(tmp_path: Path) -> None:
    deal = {"created_at": at("2026-01-01"), "outcome": "open"}
    company(tmp_path, toml='observed_until = "2026-06-30"', kpi=SOURCE, deals=[deal])
    with TestClient(make_app(tmp_path, warming=False)) as client:
        before = client.get("/data").text
        assert "No live system is connected" in before
        read = datetime(2026, 11, 1, 2, tzinfo=UTC)
        last_sync.keep(tmp_path, last_sync.LastSync(read, read))
        deals = Entry("deals", read, True, True, 1200, 1200, kept=1200, total=1203)
        keep(tmp_path, "crm", [deals, Entry("notes", read, read=False, why="no permission")])
        page = client.get("/data").text
        assert "1,203" in page
        assert "differ" in page
        assert "no permission" in page
        (first, second) = client.get("/data/ledger.json").json()["rows"]
    assert (first["object"], first["kept"], first["total"]) == ("deals", 1200, 1203)
    assert (second["object"], second["total"]) == ("notes", None)
