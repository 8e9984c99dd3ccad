"""Tokens: only a hash is kept, each request needs one where it is required, none is logged."""

from __future__ import annotations

import json
import logging
import stat
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from kadar.cli._commands import run
from kadar.errors import KadarError
from kadar.tokens import Tokens
from kadar.web.app import make_app
from kadar.web.entry import COOKIE, local


@pytest.fixture
def tokens(folder: Path) -> Iterator[Tokens]:
    yield Tokens(folder)
    (folder / "store" / "tokens.json").unlink(missing_ok=True)


@pytest.fixture
def guarded(folder: Path, tokens: Tokens) -> Iterator[TestClient]:
    app = make_app(folder, warming=False, require_token=True)
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as made:
        yield made


def test_only_a_hash_is_kept_and_for_the_owner_alone(folder: Path, tokens: Tokens) -> None:
    token = tokens.new("etl")
    file = folder / "store" / "tokens.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert token not in file.read_text()
    assert json.loads(file.read_text())["etl"]["sha256"] == sha256(token.encode()).hexdigest()
    assert len(token) >= 43
    assert tokens.holder(token) == Tokens(folder).holder(token) == "etl"
    assert tokens.holder(token[:-1]) is None
    assert tokens.new("other") != token
    assert [one.name for one in tokens.all()] == ["etl", "other"]
    tokens.revoke("etl")
    assert tokens.holder(token) is None


@pytest.mark.parametrize(
    ("name", "code"), [("", "KDR-WEB-028"), ("../x", "KDR-WEB-028"), ("etl", "KDR-WEB-026")]
)
def test_a_name_is_taken_once(tokens: Tokens, name: str, code: str) -> None:
    tokens.new("etl")
    with pytest.raises(KadarError) as raised:
        tokens.new(name)
    assert raised.value.code == code


def test_a_broken_file_lets_nobody_in(folder: Path, tokens: Tokens, guarded: TestClient) -> None:
    token = tokens.new("etl")
    (folder / "store" / "tokens.json").write_text('{"etl": 1}')
    told = guarded.get("/api/v1/kpis", headers={"authorization": f"Bearer {token}"})
    assert (told.status_code, told.json()["error"]["code"]) == (503, "KDR-WEB-029")


def test_the_command_shows_a_token_once(
    folder: Path, tokens: Tokens, capfd: pytest.CaptureFixture[str]
) -> None:
    place = ["--project", str(folder)]
    assert run(["token", "new", "etl", *place]) == 0
    (token,) = capfd.readouterr().out.split()
    assert tokens.holder(token) == "etl"
    assert run(["token", "list", *place]) == 0
    listed = capfd.readouterr().out
    assert listed.startswith("etl\t")
    assert token not in listed
    assert run(["token", "revoke", "etl", *place]) == 0
    assert tokens.holder(token) is None
    for wrong, code in (
        (["revoke", "etl"], "KDR-WEB-027"),
        (["burn"], "KDR-WEB-031"),
        (["new"], "KDR-WEB-032"),
    ):
        with pytest.raises(KadarError) as raised:
            run(["token", *wrong, *place])
        assert raised.value.code == code


@pytest.mark.parametrize(
    "address",
    ["/", "/kpi/win_rate", "/kpi/win_rate/series.json", "/api", "/openapi.json", "/api/v1/kpis",
     "/nothing", "/api/v1/ask?kpi=win_rate"],
)  # fmt: skip
def test_without_a_token_nothing_is_shown(guarded: TestClient, address: str) -> None:
    told = guarded.get(address)
    assert told.status_code == 401
    assert told.headers["www-authenticate"].startswith("Bearer")
    assert "Acme" not in told.text
    if told.headers["content-type"].startswith("application/json"):
        assert told.json()["error"]["code"] == "KDR-WEB-022"
    else:
        assert 'action="/sign-in"' in told.text
    wrong = guarded.get(address, headers={"authorization": "Bearer kdr_wrong"})
    assert wrong.status_code == 401


def test_a_program_is_let_in_until_its_token_is_taken_back(
    tokens: Tokens, guarded: TestClient
) -> None:
    bearer = {"authorization": f"Bearer {tokens.new('etl')}"}
    told = guarded.get("/api/v1/ask?kpi=win_rate", headers=bearer)
    assert told.status_code == 200
    unchanged = {"if-none-match": told.headers["etag"]}
    assert guarded.get("/api/v1/ask?kpi=win_rate", headers=unchanged).status_code == 401
    tokens.revoke("etl")
    assert guarded.get("/api/v1/ask?kpi=win_rate", headers=bearer).status_code == 401


def test_a_reader_signs_in_and_out(tokens: Tokens, guarded: TestClient) -> None:
    page = guarded.get("/kpi/win_rate?by=channel")
    assert 'value="/kpi/win_rate?by=channel"' in page.text
    wrong = guarded.post("/sign-in", data={"token": "kdr_no", "to": "/kpi/win_rate"})
    assert wrong.status_code == 401
    assert "KDR-WEB-030" in wrong.text
    assert "kdr_no" not in wrong.text
    token = tokens.new("ana")
    into = guarded.post("/sign-in", data={"token": token, "to": "/kpi/win_rate?by=channel"})
    assert (into.status_code, into.headers["location"]) == (303, "/kpi/win_rate?by=channel")
    cookie = into.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "Acme" in guarded.get("/").text
    assert guarded.post("/sign-out").status_code == 303
    assert COOKIE not in guarded.cookies
    assert guarded.get("/").status_code == 401
    assert guarded.post("/sign-in", content=b"x" * 10_000).status_code == 413


@pytest.mark.parametrize(
    ("given", "made"),
    [("/kpi/a?b=c", "/kpi/a?b=c"), ("//evil.example", "/"), ("https://evil.example", "/"),
     ("/\\evil.example", "/"), ("/a\r\nset-cookie: x", "/"), ("", "/")],
)  # fmt: skip
def test_nobody_is_sent_elsewhere(given: str, made: str) -> None:
    assert local(given) == made


def test_a_wrong_token_is_refused_even_where_none_is_needed(client: TestClient) -> None:
    assert client.get("/api/v1/kpis").status_code == 200
    wrong = client.get("/api/v1/kpis", headers={"authorization": "Bearer x"})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (401, "KDR-WEB-030")


def test_nothing_of_a_token_is_logged(
    tokens: Tokens, guarded: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    token = tokens.new("etl")
    for given in (token, "kdr_somebody_elses"):
        told = guarded.get("/api/v1/kpis", headers={"authorization": f"Bearer {given}"})
        guarded.post("/sign-in", data={"token": given})
        assert given not in told.text
        assert given not in caplog.text


def test_kadar_toml_may_require_a_token_of_this_computer_too(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    import uvicorn

    served = []
    monkeypatch.setattr(uvicorn, "run", lambda app, **_: served.append(app))
    for text in ("", "[web]\nrequire_token = true\n"):
        (tmp_path / "kadar.toml").write_text(text, "utf-8")
        run(["serve", "--project", str(tmp_path)])
    statuses = [
        TestClient(app, base_url="http://localhost").get("/glossary").status_code for app in served
    ]
    assert statuses == [200, 401]
    assert "kadar token new" in capsys.readouterr().out
