"""The page and the API of forecasts, the risk beside customers: the numbers of the workspace."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the dashboard is not installed: pip install 'kadar[web]'")

from fastapi.testclient import TestClient

import kadar
from kadar.web.app import make_app
from kadar.web.endpoint import endpoints
from tests.forecasts.shop import drawn
from tests.forecasts.shop import shop as made_shop

API = "/api/v1/forecasts"
# A question for each endpoint of forecasts, and how many rows its file has.
ASKED = {"/customers": "sort=risk", "/backtest": "origins=2", "/kpi": "kpi=revenue&horizon=3"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("ahead")
    made_shop(made, drawn(), kpi="[kpi.revenue]\ntarget = 9000\n")
    return made


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[TestClient]:
    with TestClient(make_app(folder, warming=False), raise_server_exceptions=False) as made:
        yield made


def test_the_page_shows_each_panel_and_the_record(served: TestClient, folder: Path) -> None:
    page = unescape(served.get("/forecasts?kpi=revenue").text)
    for name in ("risk", "values", "whale", "backtest", "tracking", "ahead"):
        assert f'id="{name}"' in page
    forecasts = kadar.open(folder).forecasts
    bias = forecasts.backtest().bias
    assert f"total bias {bias:+.1%}" in page
    assert "The risk is the model's alone" in page
    assert "mean absolute error" in page
    assert "Target MYR9,000" in page
    first = next(iter(forecasts.churn()))
    assert f'href="/customers/{first["customer_id"]}"' in page
    assert first["reason"] in page


@pytest.mark.parametrize("language", ["ms", "zh_CN"])
def test_it_is_told_in_other_languages(served: TestClient, language: str) -> None:
    page = served.get(f"/forecasts?kpi=revenue&lang={language}").text
    served.cookies.clear()  # it would be remembered
    for english in ("Customers with most at stake", "last bought", "total bias", "Whale curve",
                    "mean absolute error"):  # fmt: skip
        assert english not in page


def test_panels_have_the_numbers_of_the_workspace(served: TestClient, folder: Path) -> None:
    forecasts = kadar.open(folder).forecasts
    rows = list(forecasts.churn())
    told = served.get("/forecasts/risk.json").json()
    assert told["count"] == len(rows) == len(told["rows"])
    for mine, row in zip(told["rows"], rows, strict=True):
        assert mine["customer_id"] == row["customer_id"]
        assert (mine["risk"], mine["at_stake"]) == (row["risk"], row["at_stake"])
    only = served.get("/forecasts/risk.json?where=country=SG").json()["rows"]
    assert {row["customer_id"] for row in only} == {
        row["customer_id"] for row in rows if int(row["customer_id"][1:]) % 2
    }
    values = sorted((row["clv"] for row in rows), reverse=True)
    classes = served.get("/forecasts/values.json").json()["rows"]
    assert sum(one["customers"] for one in classes) == len(rows)
    assert sum(one["total"] for one in classes) == pytest.approx(sum(values))
    for one in classes[:-1]:
        mine = [v for v in values if one["least"] <= v < one["most"]]
        assert (len(mine), sum(mine)) == (one["customers"], pytest.approx(one["total"]))
    whale = served.get("/forecasts/whale.json").json()["rows"]
    for point in whale:
        top = round(point["customers"] * len(values))
        assert point["value"] == pytest.approx(sum(values[:top]) / sum(values))
    backtest = forecasts.backtest()
    record = {one["model"]: one for one in served.get("/forecasts/backtest.json").json()["rows"]}
    assert record[backtest.best]["used"] == "used"
    assert record[backtest.best]["bias"] == backtest.bias
    track = served.get("/forecasts/tracking.json").json()["rows"]
    assert track[-1]["came"] == backtest.came[backtest.origins[-1]][-1]
    assert track[-1]["until"] == "2026-01-01"
    ahead = served.get("/forecasts/ahead.csv?kpi=revenue&horizon=2").text
    made = list(forecasts.kpi("revenue", horizon=2))
    read = list(csv.DictReader(io.StringIO(ahead)))
    assert [float(row["value"]) for row in read] == [row["value"] for row in made][::-1]


@pytest.mark.parametrize("panel", ["values", "whale", "tracking", "ahead"])
def test_charts_are_drawn(served: TestClient, panel: str) -> None:
    svg = served.get(f"/forecasts/{panel}.svg?kpi=revenue")
    assert svg.headers["content-type"] == "image/svg+xml"
    assert "<path" in svg.text
    assert served.get(f"/forecasts/{panel}.png?kpi=revenue").content[:4] == b"\x89PNG"


def test_customers_are_shown_with_risk_and_value(served: TestClient, folder: Path) -> None:
    rows = {row["customer_id"]: row for row in kadar.open(folder).forecasts.churn()}
    told = served.get("/customers/customers.json").json()["rows"]
    for row in told:
        assert row["risk"] == rows[row["customer_id"]]["risk"]
        assert row["to_come"] == rows[row["customer_id"]]["clv"]
    assert "total bias" in served.get("/customers?lang=en").text
    page = unescape(served.get("/customers/c7?lang=en").text)
    assert f"{100 * rows['c7']['risk']:.1f}%" in page
    assert rows["c7"]["reason"] in page
    assert "total bias" in page


def test_every_endpoint_of_forecasts_is_asked() -> None:
    found = {one.path for one in endpoints() if one.path.startswith("/forecasts/")}
    assert found == {f"/forecasts{path}" for path in ASKED}


@pytest.mark.parametrize("path", ASKED)
def test_the_api_answers_in_each_form(served: TestClient, path: str) -> None:
    told = served.get(f"{API}{path}?{ASKED[path]}")
    assert told.status_code == 200, told.text
    again = served.get(
        f"{API}{path}?{ASKED[path]}", headers={"if-none-match": told.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    lines = list(
        csv.DictReader(io.StringIO(served.get(f"{API}{path}?{ASKED[path]}&format=csv").text))
    )
    assert lines
    parquet = served.get(f"{API}{path}?{ASKED[path]}&format=parquet")
    assert parquet.content[:4] == b"PAR1"


def test_the_api_gives_the_numbers_of_the_workspace(served: TestClient, folder: Path) -> None:
    forecasts = kadar.open(folder).forecasts
    told = served.get(f"{API}/customers?sort=risk&limit=5").json()
    assert [row["risk"] for row in told["rows"]] == [r["risk"] for r in forecasts.churn(limit=5)]
    assert told["count"] == 300
    assert told["bias"] == forecasts.backtest().bias
    assert len(told["record"]) == len(forecasts.churn().predictions.notes) + 1
    record = served.get(f"{API}/backtest").json()
    (used,) = [one for one in record["records"] if one["used"]]
    assert (used["model"], used["bias"]) == (forecasts.backtest().best, forecasts.backtest().bias)
    ahead = served.get(f"{API}/kpi?kpi=revenue&horizon=3&by=country").json()
    made = forecasts.kpi("revenue", horizon=3, by=["country"])
    for series, line in zip(ahead["series"], made.lines, strict=True):
        assert series["dimensions"] == line.dimensions
        assert [p["value"] for p in series["points"]] == [
            p.value for p in [*line.known, *line.ahead]
        ]
    short = served.get(f"{API}/kpi?kpi=revenue&horizon=100")
    assert (short.status_code, short.json()["error"]["code"]) == (422, "KDR-FCT-072")
    assert served.get(f"{API}/customers?by=segment").json()["error"]["code"] == "KDR-FCT-061"


def test_where_nothing_can_be_forecast_the_page_says_why(bare_client: TestClient) -> None:
    page = bare_client.get("/forecasts").text
    assert "There is nothing to forecast from yet" in page
    refused = bare_client.get(f"{API}/customers")
    assert refused.status_code == 422
    assert refused.json()["error"]["code"] == "KDR-FCT-011"


def test_too_few_customers_are_told_in_their_panels(shop_client: TestClient) -> None:
    page = shop_client.get("/forecasts?kpi=revenue").text
    assert page.count("there were 89 customers") == 5
    assert 'id="ahead"' in page
    assert "mean absolute error" in page  # the KPI ahead stands all the same
    assert '"risk"' not in shop_client.get("/customers/customers.json").text
