"""Any dlt source from end to end: the pipeline runs, its tables are mapped and stay in step."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlparse

import duckdb
import pytest

import kadar.project
from kadar.sync import SyncReport, sync

FIRST = datetime(2026, 10, 5, 2, tzinfo=UTC)
KEY = "k-9f8e7d6c5b4a"
# A help desk whose tickets are in a file; it tells the last increment it began from.
DESK = """
import json, pathlib
import dlt

@dlt.source
def desk(key, folder):
    folder = pathlib.Path(folder)
    if key != "{key}":
        raise PermissionError(f"the key {{key}} is wrong")

    @dlt.resource(primary_key="id", write_disposition="merge")
    def tickets(updated=dlt.sources.incremental("updated_at", initial_value=0)):
        with (folder / "began").open("a") as began:
            began.write(f"{{updated.last_value}}\\n")
        for ticket in json.loads((folder / "tickets.json").read_text()):
            if ticket["updated_at"] >= updated.last_value:
                yield ticket

    @dlt.resource(primary_key="id", write_disposition="replace")
    def people():
        yield from json.loads((folder / "people.json").read_text())

    return tickets, people
"""
TICKETS = """
select _row, id as ticket_id, opened as created_at, priority, assignee as owner_id from tickets
"""
PEOPLE = "select _row, id as person_id, name from people"


class Desk:
    """A project with a dlt source of its own."""

    def __init__(self, folder: Path, module: str) -> None:
        self.folder, self.day = folder, 0
        (folder / f"{module}.py").write_text(DESK.format(key=KEY), "utf-8")
        self.settings(
            f'source = "{module}:desk"\n'
            f'arguments = {{ key = {{ secret = "key" }}, folder = "{folder}" }}\n'
        )
        mapping = folder / "mapping" / "desk"
        mapping.mkdir(parents=True)
        (mapping / "tickets.sql").write_text(TICKETS, "utf-8")
        (mapping / "people.sql").write_text(PEOPLE, "utf-8")

    def settings(self, options: str) -> None:
        (self.folder / "kadar.toml").write_text(
            '[company]\ntime_zone = "Asia/Kuala_Lumpur"\n'
            f'[[sources]]\nname = "desk"\nkind = "dlt"\n[sources.options]\n{options}',
            "utf-8",
        )

    def has(self, tickets: list[dict[str, Any]], people: list[dict[str, Any]]) -> None:
        (self.folder / "tickets.json").write_text(json.dumps(tickets), "utf-8")
        (self.folder / "people.json").write_text(json.dumps(people), "utf-8")

    def sync(self) -> SyncReport:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("kadar.sync.definitions", lambda project: [])  # a second of every sync
            report = sync(
                kadar.project.load(self.folder),
                recorded_at=FIRST + timedelta(days=self.day),
                derive=lambda connection, project: None,
            )
        self.day += 1
        return report

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect() as made:
            made.execute(f"attach '{self.folder}/store/model.duckdb' as here (read_only); use here")
            made.execute("set TimeZone = 'UTC'")
            return made.execute(sql).fetchall()


def ticket(number: int, updated: int, priority: str = "high", **more: Any) -> dict[str, Any]:
    opened = f"2026-09-{number:02}T09:00:00+08:00"
    return {"id": number, "updated_at": updated, "opened": opened, "priority": priority,
            "assignee": 1 + number % 2, "tags": ["a", "b"], **more}  # fmt: skip


def well(report: SyncReport) -> SyncReport:
    assert not report.failed, [one.error and one.error.sentence("en") for one in report.failed]
    return report


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KADAR_DESK_KEY", KEY)


def test_increments_edits_and_rows_that_are_gone(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    desk = Desk(tmp_path, "kadar_test_desk")
    desk.has(
        [ticket(n, n) for n in range(1, 8)], [{"id": 1, "name": "Siti"}, {"id": 2, "name": "Wei"}]
    )
    well(desk.sync())
    columns = "ticket_id, created_at, priority, owner_id"
    assert desk.rows(f"select {columns} from model.tickets order by 1") == [
        (str(n), datetime(2026, 9, n, 1, tzinfo=UTC), "high", str(1 + n % 2)) for n in range(1, 8)
    ]  # fmt: skip
    desk.has(
        [ticket(n, n) for n in range(1, 8)] + [ticket(3, 20, "low"), ticket(9, 21)],
        [{"id": 2, "name": "Wei Ling"}],
    )
    well(desk.sync())
    assert desk.rows("select ticket_id, priority from model.tickets order by 1") == [
        (str(n), "low" if n == 3 else "high") for n in (1, 2, 3, 4, 5, 6, 7, 9)
    ]
    assert desk.rows("select person_id, name from model.people") == [("2", "Wei Ling")]
    assert (tmp_path / "began").read_text().split() == ["0", "7"]  # the state was kept
    told = capfd.readouterr()
    assert KEY not in told.out + told.err
    kept = [path for path in (tmp_path / "store").rglob("*") if path.is_file()]
    assert not [path for path in kept if KEY.encode() in path.read_bytes()]
    assert not {name for name in os.environ if name.startswith("RUNTIME__")}


def test_what_goes_wrong_is_said_without_the_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(tmp_path, "kadar_test_desk_wrong")
    desk.has([ticket(1, 1)], [])
    module = 'source = "kadar_test_desk_wrong:desk"\n'
    given = module + 'arguments = { key = { secret = "key" }, folder = "/none" }\n'
    for options, key, code in (
        ('source = "kadar_no_such_module:desk"\n', KEY, "KDR-SRC-220"),
        (module, KEY, "KDR-SRC-221"),  # its arguments are missing
        (module.replace(":desk", ":json"), KEY, "KDR-SRC-221"),
        (given, "a-wrong-key", "KDR-SRC-221"),
        (given, KEY, "KDR-SRC-222"),
        (given.replace('"key"', '"other"'), KEY, "KDR-SRC-002"),
    ):  # fmt: skip
        monkeypatch.setenv("KADAR_DESK_KEY", key)
        desk.settings(options)
        (one,) = desk.sync().failed
        assert one.error is not None
        assert one.error.code == code, one.error.sentence("en")
        assert key not in one.error.sentence("en")


class Shop(BaseHTTPRequestHandler):
    """A REST API: a token, pages of two, customers by increment."""

    customers: list[dict[str, Any]]
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.headers["Authorization"] != f"Bearer {KEY}":
            return self._answer(401, {"error": "no"})
        query = parse_qs(urlparse(self.path).query)
        since, page = int(query.get("since", ["0"])[0]), int(query.get("page", ["1"])[0])
        found = [one for one in self.customers if one["updated"] >= since]
        rows = found[2 * page - 2 : 2 * page]
        return self._answer(200, {"data": rows, "pages": max(1, -(-len(found) // 2))})

    def _answer(self, status: int, body: Any) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: Any) -> None:
        return None


@pytest.fixture
def shop() -> Iterator[tuple[str, type[Shop]]]:
    kind = type("Asked", (Shop,), {"asked": [], "customers": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", kind
    server.shutdown()
    server.server_close()
    thread.join()


def test_any_rest_api_by_configuration_alone(shop: tuple[str, type[Shop]], tmp_path: Path) -> None:
    url, api = shop
    api.customers = [{"id": f"c{n}", "name": f"Customer {n}", "updated": n} for n in range(5)]
    desk = Desk(tmp_path, "kadar_test_desk_unused")
    for file in (tmp_path / "mapping" / "desk").iterdir():
        file.unlink()
    desk.settings(f"""
source = "dlt.sources.rest_api:rest_api_source"
[sources.options.arguments.config]
client = {{ base_url = "{url}/", auth = {{ type = "bearer", token = {{ secret = "key" }} }} }}
[[sources.options.arguments.config.resources]]
name = "customers"
primary_key = "id"
write_disposition = "merge"
[sources.options.arguments.config.resources.endpoint]
path = "customers"
data_selector = "data"
paginator = {{ type = "page_number", base_page = 1, total_path = "pages" }}
incremental = {{ start_param = "since", cursor_path = "updated", initial_value = 0 }}
""")
    (one,) = desk.sync().failed  # nothing says yet what its tables mean
    assert one.error is not None
    assert (one.error.code, one.error.details["tables"]) == ("KDR-SRC-223", "customers")
    (tmp_path / "mapping" / "desk" / "customers.sql").write_text(
        "select _row, id as customer_id, name from customers", "utf-8"
    )
    well(desk.sync())
    api.customers += [{"id": "c1", "name": "Renamed", "updated": 9}]
    api.asked.clear()
    well(desk.sync())
    assert desk.rows("select customer_id, name from model.customers order by 1") == [
        (f"c{n}", "Renamed" if n == 1 else f"Customer {n}") for n in range(5)
    ]
    assert all("since=4" in path for path in api.asked)
    assert api.asked
