"""Pages and panels: what they show, in three languages, by suffix, and when something is wrong."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

import kadar
from kadar import project
from kadar.sync import sync
from kadar.web.app import make_app
from kadar.web.page import pages
from tests.synced import Synced, moment


def test_the_board_shows_the_numbers_the_workspace_gives(client: TestClient, folder: Path) -> None:
    (*_, last) = [row for row in kadar.open(folder).ask("win_rate") if row.complete and row.mature]
    assert last.value is not None
    page = client.get("/").text
    assert f"{100 * last.value:.1f}%" in page
    assert "Win rate" in page
    assert "Acme &amp; Söhne" in page
    assert "What needs attention" in page  # 40 % won, the target is 60 %
    assert "target 60.0% missed" in page
    assert "Net promoter score" in page  # refused, with the reason
    assert "has no surveys" in page


@pytest.mark.parametrize(
    ("asked", "said"), [("en", "Board"), ("ms", "Papan"), ("zh_CN", "看板"), ("xx", "Board")]
)
def test_a_page_speaks_the_language_asked_for(client: TestClient, asked: str, said: str) -> None:
    assert said in client.get("/", params={"lang": asked}).text


def test_language_and_theme_are_remembered_and_the_browser_is_heard(client: TestClient) -> None:
    assert "看板" in client.get("/", headers={"accept-language": "zh-CN,zh;q=0.9"}).text
    assert "Papan" in client.get("/?lang=ms&theme=dark").text
    again = client.get("/", headers={"accept-language": "zh-CN"}).text
    assert "Papan" in again
    assert 'data-theme="dark"' in again


def test_roles_show_what_they_answer_for(client: TestClient) -> None:
    assert "Win rate" in client.get("/?role=sales").text
    assert "Win rate" not in client.get("/?role=service").text


def test_a_kpi_page_has_its_panels_and_definition(client: TestClient) -> None:
    page = client.get("/kpi/win_rate?by=channel").text
    for part in ("series", "breakdown", "variants", "definition"):
        assert f'id="{part}"' in page
    assert "Share of the deals closed in the period that were won." in page
    assert "&lt;b&gt;partner&lt;/b&gt;" in page  # a value of the data is never markup
    assert "<b>partner" not in page


def test_a_panel_is_there_by_suffix(client: TestClient, folder: Path) -> None:
    rows = kadar.open(folder).ask("win_rate").rows
    told = client.get("/kpi/win_rate/series.json").json()["rows"]
    assert [row["value"] for row in told] == [row.value for row in rows][::-1]
    assert [row["opens"] for row in told] == [row.opens.isoformat() for row in rows][::-1]
    read = list(csv.DictReader(io.StringIO(client.get("/kpi/win_rate/series.csv").text)))
    assert [float(row["value"]) for row in read] == [row.value for row in rows][::-1]
    sql = client.get("/kpi/win_rate/series.sql").text
    assert "crm.deals" in sql.replace('"', "")
    svg = client.get("/kpi/win_rate/series.svg")
    assert svg.headers["content-type"] == "image/svg+xml"
    assert svg.text.startswith("<svg")
    assert client.get("/kpi/win_rate/series.png").content.startswith(b"\x89PNG")
    alone = client.get("/kpi/win_rate/series.html").text
    assert "Over time" in alone
    assert "Definition" not in alone


def test_charts_are_drawn_in_the_theme(client: TestClient) -> None:
    light, dark = (
        client.get(f"/kpi/win_rate/series.svg?theme={t}").text for t in ("light", "dark")
    )
    assert "#1f5fbf" in light
    assert "#7fb2ff" in dark


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("/kpi/wins", 404, "KDR-KPI-003"),
        ("/kpi/win_rate?variant=none", 404, "KDR-KPI-004"),
        ("/kpi/win_rate?grain=eon", 400, "KDR-ASK-001"),
        ("/kpi/win_rate?where=channel", 400, "KDR-ASK-003"),
        ("/kpi/win_rate?as_of=yesterday", 400, "KDR-ASK-006"),
        ("/kpi/win_rate?by=%3Cscript%3E", 400, "KDR-ASK-004"),
        ("/kpi/nps", 422, "KDR-ASK-008"),
        ("/kpi/win_rate/pie.json", 404, "KDR-WEB-001"),
        ("/kpi/win_rate/series.exe", 404, "KDR-WEB-002"),
        ("/nothing", 404, "KDR-WEB-003"),
    ],
)
def test_what_is_wrong_is_said_with_a_code(
    client: TestClient, address: str, status: int, code: str
) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    assert code in answer.text
    assert "<script>" not in answer.text
    record = client.get(address, headers={"accept": "application/json"}).json()["error"]
    assert record["code"] == code
    assert record["message"]
    assert record["next_step"]


def test_unchanged_data_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/kpi/win_rate")
    again = client.get("/kpi/win_rate", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    assert not again.content
    other = client.get("/kpi/win_rate?grain=quarter")
    assert other.headers["etag"] != first.headers["etag"]


def test_assets_are_named_by_their_content_and_kept(client: TestClient) -> None:
    page = client.get("/").text
    for address in re.findall(r'"(/static/[^"]+)"', page):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
    assert client.get("/static/000/kadar.css").headers["cache-control"] == "no-cache"
    assert client.get("/static/000/../app.py").status_code == 404
    assert client.get("/static/000/none.css").status_code == 404


def test_every_answer_carries_the_policy(client: TestClient) -> None:
    for address in ("/", "/kpi/win_rate/series.json", "/nothing"):
        headers = client.get(address).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_no_page_names_another_site(client: TestClient) -> None:
    for page in pages():
        if "{" not in page.path:
            assert not re.search(r'(src|href|action)="(https?:)?//', client.get(page.path).text)


def test_pages_keep_the_readers_question_in_their_links(client: TestClient) -> None:
    page = client.get("/?grain=quarter&where=channel%3Dweb").text
    assert "/kpi/win_rate?grain=quarter&amp;where=channel%3Dweb" in page


def test_effects_on_a_share_are_said_in_points(shop_client: TestClient) -> None:
    rows = shop_client.get("/kpi/win_rate/why/parts.json?by=channel").json()["rows"]
    page = shop_client.get("/kpi/win_rate/why?by=channel").text
    cells = re.findall(r'<td class="number">([-+0-9.]+) pp</td>', page)
    effects = [row[n] for row in rows for n in ("rate_effect", "mix_effect", "effect")]
    there = [100 * effect for effect in effects if effect is not None]
    assert len(there) > 3
    assert [float(cell) for cell in cells] == pytest.approx(there, abs=0.0501)


def test_each_source_says_what_of_it_was_refused_and_when_it_last_learnt(tmp_path: Path) -> None:
    """The old system's file stays as it was; the new one's has a row refused, a day later."""
    columns = ["created_at", "outcome"]
    synced = Synced(tmp_path, {"new:deals": columns, "old:deals": columns})
    deal = {"deal_id": "o1", "created_at": "2026-01-05", "outcome": "won"}
    there = {**deal, "deal_id": "n1"}
    synced.sync("2026-02-01", old__deals=[deal], new__deals=[there])
    with (tmp_path / "new_deals.csv").open("a") as file:
        file.write("n2,2026-01-06,won\nn3,2026-02-30,won\n")  # no such day
    sync(project.load(tmp_path), recorded_at=moment("2026-02-02"))
    with TestClient(make_app(tmp_path, warming=False)) as client:
        rows = client.get("/data/sources.json").json()["rows"]
    said = {row["source"]: (row["rows"], row["refused"], row["recorded_at"][:10]) for row in rows}
    assert said == {"new_deals": (2, 1, "2026-02-02"), "old_deals": (1, 0, "2026-02-01")}
