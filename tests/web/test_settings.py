"""Settings: a target is changed on the page where that is safe, and kadar.toml stays itself."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from kadar.errors import KadarError
from kadar.web.app import make_app
from kadar.web.targets import save_target
from tests.companies import at, company

HOME = ("testserver",)
OURS = {"sec-fetch-site": "same-origin"}
KPI = """
# Agreed with the board in March.
[kpi.win_rate]
target = 0.45  # was 0.4

[kpi.lead_conversion_rate]
window_days = 60  # contracts are slow
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    deal = {"created_at": at("2026-04-03"), "closed_at": at("2026-06-03"), "outcome": "won"}
    people = [{"person_id": "u1", "name": "Aina <b>", "team": "East", "active": True}]
    company(tmp_path, toml='observed_until = "2026-06-30"', kpi=KPI, deals=[deal], people=people)
    return tmp_path


@pytest.fixture
def at_home(folder: Path) -> Iterator[TestClient]:
    """A server that only this machine reaches."""
    with TestClient(make_app(folder, HOME, warming=False), raise_server_exceptions=False) as made:
        yield made


def _text(folder: Path) -> str:
    return (folder / "kadar.toml").read_text("utf-8")


def _post(client: TestClient, kpi: str, target: str, **headers: str) -> object:
    return client.post(
        "/settings",
        data={"kpi": kpi, "target": target},
        headers=headers or OURS,
        follow_redirects=False,
    )


def test_a_target_is_changed_and_nothing_else(folder: Path, at_home: TestClient) -> None:
    before = _text(folder)
    assert 'value="45"' in at_home.get("/settings?kpi=win_rate").text
    answer = _post(at_home, "win_rate", "52.5")
    assert answer.status_code == 303
    assert _text(folder) == before.replace("target = 0.45  #", "target = 0.525  #")
    page = at_home.get(answer.headers["location"]).text
    assert "Saved: Win rate, target 52.5%." in page
    assert "target 52.5%" in at_home.get("/").text  # the board knows it at once


def test_a_target_is_set_beside_other_settings_and_taken_away(
    folder: Path, at_home: TestClient
) -> None:
    assert _post(at_home, "lead_conversion_rate", "20").status_code == 303
    kpis = tomllib.loads(_text(folder))["kpi"]
    assert kpis["lead_conversion_rate"] == {"window_days": 60, "target": 0.2}
    assert "# contracts are slow" in _text(folder)
    assert _post(at_home, "first_response_time", "4.5").status_code == 303
    assert _post(at_home, "win_rate", "").status_code == 303
    kpis = tomllib.loads(_text(folder))["kpi"]
    assert kpis["first_response_time"] == {"target": 4.5}
    assert kpis["win_rate"] == {}
    assert "# Agreed with the board in March." in _text(folder)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "none"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"x-nothing": "said"}, 403),
        ({"origin": "http://testserver"}, 303),
        ({"sec-fetch-site": "same-origin"}, 303),
    ],
)
def test_only_our_own_page_may_change(
    folder: Path, at_home: TestClient, headers: dict[str, str], status: int
) -> None:
    before = _text(folder)
    answer = _post(at_home, "win_rate", "60", **headers)
    assert answer.status_code == status
    assert (_text(folder) == before) == (status == 403)
    assert ("KDR-WEB-043" in answer.text) == (status == 403)


def test_where_others_reach_the_server_the_line_is_told_instead(folder: Path) -> None:
    with TestClient(make_app(folder, warming=False), raise_server_exceptions=False) as client:
        before = _text(folder)
        answer = _post(client, "win_rate", "60")
        assert answer.status_code == 403
        assert "KDR-WEB-044" in answer.text
        assert _text(folder) == before
        line = before.splitlines().index("target = 0.45  # was 0.4") + 1
        page = client.get("/settings?kpi=win_rate").text
        assert f"line {line}" in page
        assert 'method="post"' not in page


@pytest.mark.parametrize("target", ["abc", "NaN", "Infinity", "1e400", "45%", "0x10", "1e99"])
def test_what_is_no_number_is_refused(folder: Path, at_home: TestClient, target: str) -> None:
    before = _text(folder)
    answer = _post(at_home, "win_rate", target)
    assert answer.status_code == 400
    assert "KDR-WEB-045" in answer.text
    assert _text(folder) == before


def test_what_is_no_form_or_no_kpi_is_refused(folder: Path, at_home: TestClient) -> None:
    before = _text(folder)
    long = at_home.post("/settings", data={"kpi": "win_rate", "target": "1" * 20_000}, headers=OURS)
    assert (long.status_code, "KDR-WEB-047" in long.text) == (400, True)
    record = at_home.post("/settings", json={"kpi": "win_rate", "target": "1"}, headers=OURS)
    assert (record.status_code, "KDR-WEB-047" in record.text) == (400, True)
    unknown = _post(at_home, "win_rate]\nx = 1", "1")
    assert unknown.status_code == 404
    assert _text(folder) == before
    assert at_home.post("/", headers=OURS).status_code == 405


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[company]\nname = 'x'\n",
        "kpi.win_rate.target = 0.1\n[company]\nname = 'x'\n",
        "kpi = { win_rate = { target = 0.1 } }\n",
        "[kpi.nps]\ntarget = 30\n[company]\nname = 'x'\n[kpi.win_rate]\n# none yet\n",
        "[kpi]\nwin_rate.target = 0.3 # so\n",
        "[company]\r\nname = 'x'\r\n[kpi.win_rate]\r\ntarget = 0.1 # so\r\n",
    ],
)
def test_targets_go_into_any_kadar_toml(tmp_path: Path, text: str) -> None:
    file = tmp_path / "kadar.toml"
    file.write_bytes(text.encode())
    expected = tomllib.loads(text)
    expected.setdefault("kpi", {}).setdefault("win_rate", {})["target"] = 0.5
    save_target(tmp_path, "win_rate", 0.5)
    after = file.read_bytes().decode()
    assert tomllib.loads(after) == expected
    assert after.count("\r\n") == (after.count("\n") if "\r\n" in text else 0)
    for comment in ("# so", "# none yet"):
        assert (comment in after) == (comment in text)


def test_people_and_every_setting_with_its_line(folder: Path, at_home: TestClient) -> None:
    page = at_home.get("/settings").text
    assert "Aina &lt;b&gt;" in page
    told = at_home.get("/settings/facts.json").json()["rows"]
    line = {row["where"]: row["line"] for row in told}
    assert line["[company] observed_until"] == 2
    window = _text(folder).splitlines().index("window_days = 60  # contracts are slow") + 1
    assert line["[kpi.lead_conversion_rate] window_days"] == window
    assert line["[company] currency"] is None


def test_a_project_without_data_shows_how_to_import_and_still_has_settings(tmp_path: Path) -> None:
    (tmp_path / "kadar.toml").write_text("[company]\nname = 'New'\n", "utf-8")
    with TestClient(make_app(tmp_path, warming=False), raise_server_exceptions=False) as client:
        for address in ("/", "/funnel", "/channels", "/customers", "/service", "/data"):
            page = client.get(address)
            assert page.status_code == 422, address
            assert "KDR-ASK-007" in page.text
            assert "kadar import deals.csv" in page.text
        settings = client.get("/settings")
        assert settings.status_code == 200
        assert "holds no data yet" in settings.text


def test_a_target_that_cannot_be_written_alone_is_refused(folder: Path) -> None:
    text = "kpi = { churn_rate = { target = 0.1 } }\n"  # an inline table takes no table in it
    (folder / "kadar.toml").write_text(text, "utf-8")
    with pytest.raises(KadarError) as refused:
        save_target(folder, "win_rate", 0.5)
    assert refused.value.code == "KDR-WEB-046"
    assert "[kpi.win_rate] target = 0.5" in refused.value.next_step("en")
    assert _text(folder) == text
    assert [file.name for file in folder.glob("kadar.toml*")] == ["kadar.toml"]
