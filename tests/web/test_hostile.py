"""What nobody should ask: everything the API's document allows and forbids, and hostile input."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

pytest.importorskip("schemathesis", reason="schemathesis is not installed: pip install it")

import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from kadar.web.app import make_app
from kadar.web.endpoint import ROOT, endpoints
from tests.web.shop import shop

# Not "valid data is accepted": a well-formed question may name a dimension the data has not.
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
)
EXAMPLES = 12  # of each endpoint and kind; the whole is under a minute
SQL = "'; DROP TABLE crm.deals; --"
HTML = "<script>alert(1)</script>"
VALUES = (
    SQL, "' OR 1=1 --", '"; SELECT 1', HTML, "=cmd|' /C calc'!A1", "\x00", "a\x00b", "\x1b[2J",
    "\r\nset-cookie: x=1", "\u202e", "\ud7ff\uffff", "😀" * 200, "A" * 900, "%", "_", "\\",
    "{0}", "{kpi}", "${x}", "../../etc/passwd", "NaN", "inf", "-1", "1e999", "9" * 300, "None",
    "true", "[]", "{}", "channel=", "=", "!=", "channel=='x'", "channel=" + ",".join("x" * 300),
)  # fmt: skip
DATES = (
    "0000-00-00", "0001-01-01", "9999-12-31", "2026-02-30", "2026-13-01", "-2026-01-01",
    "10000-01-01", "1-1-1", "0", "-1", "1e9", "now", "2026-01-01T00:00:00+99:99",
    "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "2026-W99", "9999", "0000",
    "9999-Q4", "FY9999-P12", "٢٠٢٦-٠١-٠١",
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("hostile")
    shop(made)
    return made


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[TestClient]:
    with TestClient(make_app(folder, warming=False), raise_server_exceptions=False) as made:
        yield made


@pytest.fixture(scope="module")
def schema(folder: Path) -> Any:
    refusals = [*map(str, (400, 404, 406, 409, 414, 422))]
    config = schemathesis.Config.from_dict(
        {
            "request-timeout": 120.0,
            "checks": {"negative_data_rejection": {"expected-statuses": refusals}},
        }
    )
    app = make_app(folder, warming=False)
    return schemathesis.openapi.from_asgi("/openapi.json", app, config=config)


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode))
@pytest.mark.parametrize("path", [one.path for one in endpoints()])
def test_schemathesis_finds_nothing(schema: Any, path: str, mode: Any) -> None:
    operation = schema[f"{ROOT}{path}"]["GET"]

    @seed(20261122)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=False,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case: Any) -> None:
        case.call_and_validate(checks=CHECKS)

    run()


def refused(client: TestClient, address: str) -> None:
    """Ask; the answer is one, or a 4xx with a code: never a fault of ours."""
    told = client.get(address)
    assert told.status_code < 500, (address[:200], told.text[:300])
    if told.status_code >= 400 and told.headers["content-type"] == "application/json":
        assert told.json()["error"]["code"].startswith("KDR-")
    assert HTML not in told.text or told.headers["content-type"] != "text/html; charset=utf-8"


PLACES = {
    "kpi": "/api/v1/ask?kpi={}",
    "variant": "/api/v1/ask?kpi=win_rate&variant={}",
    "by": "/api/v1/ask?kpi=win_rate&by={}",
    "filter": "/api/v1/ask?kpi=win_rate&where={}",
    "filter's value": "/api/v1/ask?kpi=win_rate&where=channel%3D{}",
    "group": "/api/v1/records?kpi=win_rate&period=2026-04&by=channel%3D{}",
    "figure": "/api/v1/reconcile?kpi=win_rate&period=2026-04&with_value={}",
    "limit": "/api/v1/records?kpi=win_rate&period=2026-04&limit={}",
    "data version": "/api/v1/kpis?data_version={}",
    "path": "/api/v1/kpis/{}",
    "unknown": "/api/v1/kpis?{}=1",
    "page's filter": "/kpi/win_rate?where=channel%3D{}",
    "page": "/kpi/{}",
}
DAYS = {
    "since": "/api/v1/ask?kpi=win_rate&since={}",
    "until": "/api/v1/ask?kpi=win_rate&until={}",
    "as_of": "/api/v1/ask?kpi=win_rate&as_of={}",
    "period": "/api/v1/records?kpi=win_rate&period={}",
    "from": "/api/v1/why?kpi=win_rate&from={}&to=2026-04",
    "restated": "/api/v1/restatements?kpi=win_rate&period=2026-04&from_as_of={}",
    "cohort": "/api/v1/cohorts?kpi=retention_rate&since={}",
    "page's day": "/?as_of={}",
}


@pytest.mark.parametrize("place", PLACES)
def test_hostile_text_is_an_answer_or_refused(client: TestClient, place: str) -> None:
    from urllib.parse import quote

    for value in VALUES:
        refused(client, PLACES[place].format(quote(value, safe="")))
    assert client.get("/api/v1/ask?kpi=win_rate").status_code == 200  # the table is still there


@pytest.mark.parametrize("place", DAYS)
def test_absurd_days_are_refused(client: TestClient, place: str) -> None:
    from urllib.parse import quote

    for value in DATES:
        refused(client, DAYS[place].format(quote(value, safe="")))


@given(st.text(max_size=40))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_text_may_stand_in_a_filter(client: TestClient, text: str) -> None:
    refused(client, "/api/v1/ask?" + urlencode({"kpi": "win_rate", "where": f"channel={text}"}))


def test_huge_questions_are_refused(client: TestClient) -> None:
    members = ",".join(f"v{n}" for n in range(10_000))
    for address in (
        f"/api/v1/ask?kpi=win_rate&where=channel%3D{members}",
        f"/kpi/win_rate?where=channel%3D{members}",
        "/api/v1/kpis?" + "a=1&" * 10_000,
    ):
        told = client.get(address)
        assert told.status_code == 414
        assert "KDR-WEB-025" in told.text
    for question in (
        "kpi=win_rate&where=channel%3D" + "x" * 2000,
        "&".join(["kpi=win_rate"] * 61),
        "kpi=win_rate&" + "&".join(["where=channel%3Dx"] * 21),
        "kpi=win_rate&" + "&".join(["by=channel"] * 7),
        "kpi=win_rate&first_days=0",
        "kpi=win_rate&first_days=1000000000000000000000",
    ):
        told = client.get(f"/api/v1/ask?{question}")
        assert (told.status_code, told.json()["error"]["code"]) == (400, "KDR-WEB-020")


def test_hostile_cells_of_the_data_are_defused_in_files(tmp_path: Path) -> None:
    from tests.companies import at, company

    deals = [
        {"deal_id": "=1+1", "channel": "@SUM(A1)", "created_at": at("2026-01-03"),
         "closed_at": at("2026-01-20"), "outcome": "won", "amount": -5.0}
    ]  # fmt: skip
    company(tmp_path, toml='observed_until = "2026-06-30"', deals=deals)
    with TestClient(make_app(tmp_path, warming=False)) as client:
        asked = client.get("/api/v1/ask?kpi=win_rate&by=channel&format=csv").text
        rows = client.get("/api/v1/records?kpi=win_rate&period=2026-01&format=csv").text
        page = client.get("/kpi/win_rate/records/rows.csv?period=2026-01").text
    assert "'@SUM(A1)" in asked
    assert "'=1+1" in rows
    assert "'=1+1" in page
    for text in (asked, rows, page):
        assert ",=" not in text
        assert ",@" not in text
