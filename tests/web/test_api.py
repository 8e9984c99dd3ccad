"""The REST API: documents and files, pages, unchanged data, errors; equal to Python and the CLI."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

pytest.importorskip("fastapi", reason="the dashboard is not installed: pip install 'kadar[web]'")

from fastapi.testclient import TestClient

import kadar
from kadar.web.app import make_app
from kadar.web.endpoint import endpoints
from tests.web.shop import shop

API = "/api/v1"
# A question for each endpoint.
QUESTIONS = {
    "/kpis": "",
    "/kpis/{name}": "",
    "/ask": "kpi=win_rate&by=channel",
    "/scoreboard": "grain=month",
    "/records": "kpi=win_rate&period=2026-04&part=denominator",
    "/why": "kpi=win_rate&from=2026-03&to=2026-04&by=channel",
    "/reconcile": "kpi=win_rate&period=2026-04&with=by_value",
    "/cohorts": "kpi=retention_rate",
    "/signals": "kpi=win_rate",
    "/restatements": "kpi=win_rate&period=2026-04&from_as_of=2026-07-02",
    "/data": "",
}


@pytest.fixture(scope="module")
def shop_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("api")
    shop(folder)
    return folder


@pytest.fixture(scope="module")
def api(shop_folder: Path) -> Iterator[TestClient]:
    app = make_app(shop_folder, warming=False)
    with TestClient(app, raise_server_exceptions=False) as made:
        yield made


def address(path: str) -> str:
    return f"{API}{path.replace('{name}', 'win_rate')}?{QUESTIONS[path]}"


def test_there_is_a_question_for_every_endpoint() -> None:
    forecasts = "/forecasts/"  # this shop is too small: see test_forecasts.py
    found = {one.path for one in endpoints()}
    assert set(QUESTIONS) == {path for path in found if not path.startswith(forecasts)}


@pytest.mark.parametrize("path", QUESTIONS)
def test_an_endpoint_answers_in_each_form_and_knows_unchanged_data(
    api: TestClient, path: str
) -> None:
    told = api.get(address(path))
    assert told.status_code == 200, told.text
    assert told.headers["content-type"] == "application/json"
    again = api.get(address(path), headers={"if-none-match": told.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    lines = list(csv.DictReader(io.StringIO(api.get(address(path) + "&format=csv").text)))
    assert lines
    by_header = api.get(address(path), headers={"accept": "text/csv"})
    assert by_header.headers["content-type"].startswith("text/csv")
    assert list(csv.DictReader(io.StringIO(by_header.text))) == lines
    assert by_header.headers["etag"] != told.headers["etag"]
    parquet = api.get(address(path) + "&format=parquet")
    assert parquet.headers["content-type"] == "application/vnd.apache.parquet"
    assert parquet.content[:4] == b"PAR1"


def _parquet(body: bytes, folder: Path) -> list[dict[str, Any]]:
    file = folder / "told.parquet"
    file.write_bytes(body)
    found = duckdb.connect().sql(f"SELECT * FROM '{file}'")
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def _assisted(folder: Path, question: dict[str, Any]) -> dict[str, Any]:
    """Return what an assistant is told."""
    import anyio

    mcp = pytest.importorskip("mcp", reason="not installed: pip install 'kadar[mcp]'")
    from kadar.mcp.server import make_server

    async def ask() -> dict[str, Any]:
        async with mcp.Client(make_server(folder)) as client:
            given = {name: value for name, value in question.items() if name != "kpi"}
            result = await client.call_tool("ask", given)
            assert not result.is_error, result.content
            return dict(result.structured_content)

    return anyio.run(ask)


@pytest.mark.parametrize(
    "question",
    [
        {"kpi": "win_rate", "grain": "month"},
        {"kpi": "win_rate", "variant": "by_value", "grain": "quarter", "by": ["channel"]},
        {"kpi": "retention_rate", "grain": "month"},
        {"kpi": "first_response_time", "grain": "week", "by": ["channel"],
         "where": ["category=Billing"]},
        {"kpi": "cac", "grain": "quarter", "since": "2025-04-01", "until": "2026-04-01"},
        {"kpi": "nps", "grain": "year", "by": ["customer.segment"]},
    ],
)  # fmt: skip
def test_cli_python_rest_and_mcp_give_equal_numbers(
    api: TestClient, shop_folder: Path, tmp_path: Path, question: dict[str, Any]
) -> None:
    kpi, by = question["kpi"], question.get("by", [])
    fields = ("opens", "closes", "value", "lower", "upper", "n", "numerator", "denominator",
              "complete", "mature")  # fmt: skip
    made = kadar.open(shop_folder).ask(kpi, **{k: v for k, v in question.items() if k != "kpi"})
    python = [
        [row.opens.isoformat(), row.closes.isoformat(), *(getattr(row, f) for f in fields[2:]),
         *(row.dimensions[d] for d in by)]
        for row in made
    ]  # fmt: skip
    assert any(row[2] is not None for row in python)
    answer = api.get(f"{API}/ask", params=question).json()
    rest = [[*(n[f] for f in fields), *(n["dimensions"][d] for d in by)] for n in answer["numbers"]]
    assert rest == python
    told = _assisted(shop_folder, {**question, "kpis": [kpi]})["numbers"]
    assert [[*(n[f] for f in fields), *(n["dimensions"][d] for d in by)] for n in told] == python
    options = [
        part
        for name, value in question.items()
        if name != "kpi"
        for one in (value if isinstance(value, list) else [value])
        for part in (f"--{name}", one)
    ]
    command = [sys.executable, "-m", "kadar", "ask", kpi, *options, "--format", "json",
               "--project", str(shop_folder)]  # fmt: skip
    done = subprocess.run(command, capture_output=True, check=True)
    cli = [[*(n[f] for f in fields), *(n[d] for d in by)] for n in json.loads(done.stdout)]
    assert cli == python
    stored = _parquet(
        api.get(f"{API}/ask", params={**question, "format": "parquet"}).content, tmp_path
    )
    assert [[one["value"], one["n"]] for one in stored] == [[r[2], r[5]] for r in python]


def test_csv_over_rest_is_that_of_the_command_line(api: TestClient, shop_folder: Path) -> None:
    command = [sys.executable, "-m", "kadar", "ask", "win_rate", "--by", "channel",
               "--format", "csv", "--project", str(shop_folder)]  # fmt: skip
    done = subprocess.run(command, capture_output=True, check=True)
    assert api.get(f"{API}/ask?kpi=win_rate&by=channel&format=csv").content == done.stdout


def test_every_number_carries_what_it_rests_on(api: TestClient, shop_folder: Path) -> None:
    told = api.get(f"{API}/ask?kpi=win_rate&variant=by_value").json()
    (definition,) = told["definitions"]
    assert definition["variant"] == "by_value"
    assert definition["words"]
    assert told["data_version"] == kadar.open(shop_folder).ask("win_rate").data_version
    assert told["observed_until"].startswith("2026-06-12T16:00")  # midnight in Kuala Lumpur
    for number in told["numbers"]:
        assert f"{100 * number['value']:.1f}%" in number["said"]
        assert f"n = {number['n']:,}" in number["said"]
        assert ("not complete" in number["said"]) == (not number["complete"])


def test_pages_of_records_are_the_whole_listing(api: TestClient, shop_folder: Path) -> None:
    whole = kadar.open(shop_folder).records("win_rate", "2026-04", part="denominator")
    following: str | None = f"{API}/records?kpi=win_rate&period=2026-04&part=denominator&limit=7"
    ids, pages = [], 0
    while following:
        page = api.get(following)
        assert page.json()["count"] == whole.count
        ids += [row["deal_id"] for row in page.json()["rows"]]
        link = page.headers.get("link")
        following = link.partition(">")[0][1:] if link else None
        pages += 1
    assert ids == [row["deal_id"] for row in whole]
    assert pages == -(-whole.count // 7)
    file = api.get(f"{API}/records?kpi=win_rate&period=2026-04&part=denominator&format=csv").text
    assert [row["deal_id"] for row in csv.DictReader(io.StringIO(file))] == ids


def test_pages_of_several_terms_are_the_whole_listing(shop_folder: Path) -> None:
    made = kadar.open(shop_folder)
    net = made.records(
        "nps", "2026-Q1"
    )  # promoters less detractors: two listings, one after another
    assert len(net.terms) == 2
    first, second = (term.rows for term in net.terms)
    assert net.count == first + second
    size = first - 1  # a page that ends before, one that holds the seam
    pages = [
        made.records("nps", "2026-Q1", limit=size, offset=offset).rows
        for offset in range(0, net.count, size)
    ]
    assert [row for page in pages for row in page] == net.rows


def test_a_page_of_another_version_is_refused(api: TestClient) -> None:
    told = api.get(f"{API}/records?kpi=win_rate&period=2026-04&data_version=000000-x")
    assert (told.status_code, told.json()["error"]["code"]) == (409, "KDR-WEB-023")


@pytest.mark.parametrize(
    ("question", "status", "code"),
    [
        ("ask?kpi=wins", 404, "KDR-KPI-003"),
        ("ask?kpi=win_rate&variant=none", 404, "KDR-KPI-004"),
        ("kpis/wins", 404, "KDR-KPI-003"),
        ("ask", 400, "KDR-WEB-020"),
        ("ask?kpi=win_rate&colour=red", 400, "KDR-WEB-020"),
        ("ask?kpi=win_rate&grain=eon", 400, "KDR-WEB-020"),
        ("ask?kpi=win_rate&since=2026-02-30", 400, "KDR-ASK-006"),
        ("ask?kpi=win_rate&where=channel", 400, "KDR-ASK-003"),
        ("ask?kpi=win_rate&by=colour", 400, "KDR-ASK-004"),
        ("why?kpi=win_rate&from=2026-05&to=2026-06", 422, "KDR-WHY-003"),
        ("records?kpi=win_rate&period=1999-01", 422, "KDR-ASK-021"),
        ("nothing", 404, "KDR-WEB-003"),
    ],
)
def test_what_is_wrong_is_a_status_and_a_code(
    api: TestClient, question: str, status: int, code: str
) -> None:
    told = api.get(f"{API}/{question}")
    assert (told.status_code, told.json()["error"]["code"]) == (status, code)
    assert told.json()["error"]["next_step"]


def test_no_form_it_has_is_refused_and_the_preferred_is_given(api: TestClient) -> None:
    told = api.get(f"{API}/kpis", headers={"accept": "image/png"})
    assert (told.status_code, told.json()["error"]["code"]) == (406, "KDR-WEB-021")
    weighed = {"accept": "text/csv;q=0.4, application/vnd.apache.parquet;q=0.9, */*;q=0.1"}
    assert api.get(f"{API}/kpis", headers=weighed).content[:4] == b"PAR1"
    assert api.post(f"{API}/kpis").headers["allow"] == "GET"


def test_words_are_in_the_readers_language(api: TestClient) -> None:
    said = [
        api.get(f"{API}/ask?kpi=win_rate&lang={lang}").json()["definitions"][0]["title"]
        for lang in ("en", "ms", "zh_CN")
    ]
    assert len(set(said)) == 3
    titles = next(k for k in api.get(f"{API}/kpis").json()["kpis"] if k["name"] == "win_rate")
    assert [titles["titles"][lang] for lang in ("en", "ms", "zh_CN")] == said


def test_the_page_of_the_api_tells_every_endpoint(api: TestClient) -> None:
    page = api.get("/api").text
    document = api.get("/openapi.json").json()
    for path, operations in document["paths"].items():
        assert f"GET {path}" in page
        for parameter in operations["get"].get("parameters", []):
            assert parameter["name"] in page
    assert set(document["paths"]) == {f"{API}{one.path}" for one in endpoints()}
