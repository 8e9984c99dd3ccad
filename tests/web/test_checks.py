"""The page of the checks, and numbers that they leave open, against what was planted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from kadar.web.app import make_app
from tests.checks.test_withheld import TOML, deals
from tests.companies import at, company


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight of twenty deals are won; six lost ones were closed before they were created."""
    made = tmp_path_factory.mktemp("doubtful")
    company(made, toml=TOML, deals=deals(6))
    return made


@pytest.fixture
def client(folder: Path) -> Iterator[TestClient]:
    with TestClient(make_app(folder, warming=False)) as made:
        yield made


def test_a_page_made_before_the_checks_ran_is_not_shown_after(client: TestClient) -> None:
    assert "40.0%" in client.get("/kpi/win_rate").text
    assert client.get("/kpi/win_rate/series.json").json()["rows"][0]["value"] == pytest.approx(0.4)
    rows = client.get("/checks/withheld.json").json()["rows"]
    ends = pytest.approx((8 / 20, 8 / 14))  # the six may be another month's
    assert {(row["kpi"], row["opens"]) for row in rows} >= {("Win rate", "2026-05-01")}
    assert all((row["lower"], row["upper"]) == ends for row in rows if row["kpi"] == "Win rate")
    assert client.get("/kpi/win_rate/series.json").json()["rows"][0]["value"] is None
    page = client.get("/kpi/win_rate").text
    assert "withheld" in page
    assert 'href="/checks#withheld"' in page
    assert 'href="/checks#withheld"' in client.get("/").text
    assert client.get("/api/v1/ask?kpi=win_rate").json()["numbers"][-1]["value"] is None


def test_each_finding_says_what_it_does_to_the_numbers(client: TestClient) -> None:
    found = client.get("/checks/findings.json").json()["rows"]
    (wrong,) = [row for row in found if row["code"] == "KDR-CHK-009"]
    assert wrong["count"] == 6
    assert wrong["examples"] == "D14, D15, D16, D17, D18"
    assert "Win rate" in wrong["kpis"]
    far = client.get("/checks/bounds.json").json()["rows"]
    month = next(row for row in far if (row["kpi"], row["opens"]) == ("Win rate", "2026-05-01"))
    assert (month["value"], month["upper"]) == pytest.approx((0.4, 8 / 14))
    assert month["most"] == pytest.approx(8 / 14 - 0.4)
    assert month["exceeds"] == "more than is allowed"
    page = client.get("/checks").text
    assert '<td class="number">17.1 pp</td>' in page  # of shares, points: not 17.1 % of itself
    assert client.get("/checks/bounds.csv").text.startswith("kpi,opens,value,lower,upper,most")


@pytest.mark.parametrize(
    ("language", "words"),
    [("ms", "Setakat mana setiap nombor mungkin tersasar"), ("zh_CN", "每个数字可能偏差多少")],
)
def test_the_page_speaks_the_readers_language(
    client: TestClient, language: str, words: str
) -> None:
    assert words in client.get(f"/checks?lang={language}").text


def test_what_was_found_is_checked_once(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get("/checks")
    monkeypatch.setattr("kadar.checks.run", None)  # whoever checks again fails
    assert client.get("/checks?lang=ms").status_code == 200


def test_a_median_that_is_not_reached_is_said_to_be_longer(tmp_path: Path) -> None:
    """Of three tickets one was answered; the others have waited for the 30 days of April."""
    opened = at("2026-04-01")
    answers = [opened + timedelta(hours=1), None, None]
    tickets = [{"created_at": opened, "responded_at": answered} for answered in answers]
    company(tmp_path, toml='observed_until = "2026-04-30"', tickets=tickets)
    asked = "/kpi/first_response_time{}?variant=censored&lang=en"
    with TestClient(make_app(tmp_path, warming=False)) as client:
        page = client.get(asked.format("")).text
        (row,) = client.get(asked.format("/series.json")).json()["rows"]
    assert (row["value"], row["at_least"]) == (None, 30 * 24)
    assert re.search(r"≥ 720(\.0)? h", page)
