"""`kadar connect` and `kadar sources`, with a connector of a third party and its real server."""

from __future__ import annotations

import json
import stat
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.vendors.toy import install
from tests.vendors.toy.standin import ToySystem


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ToySystem]:
    install(tmp_path / "site")
    monkeypatch.syspath_prepend(tmp_path / "site")
    monkeypatch.setenv("KADAR_PROJECT", str(tmp_path / "p"))
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "kadar.toml").write_text('[company]\ncurrency = "MYR"\n', "utf-8")
    with ToySystem() as made:
        yield made


def test_systems_are_listed(run: Run, toy: ToySystem) -> None:
    listed = run("connect")
    assert listed.code == 0
    assert "toy" in listed.out
    assert "Toy" in listed.out


def test_a_system_is_connected_synced_and_its_ledger_listed(
    run: Run, toy: ToySystem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lacking = run("connect", "toy", "--name", "crm", "--option", f"url={toy.url}")
    assert lacking.code == 2
    assert "KADAR_CRM_KEY" in lacking.err
    monkeypatch.setenv("KADAR_CRM_KEY", toy.key)
    made = run("connect", "toy", "--name", "crm", "--option", f"url={toy.url}")
    assert made.code == 0, made.err
    assert "deals" in made.out
    assert "Win rate" in made.out.partition("Not computable")[0]
    assert toy.key not in made.out + made.err
    said = tomllib.loads((tmp_path / "p" / "kadar.toml").read_text("utf-8"))
    assert said["sources"] == [{"name": "crm", "kind": "toy", "options": {"url": toy.url}}]
    again = run("connect", "toy", "--name", "crm", "--option", f"url={toy.url}")
    assert again.code == 2
    assert "KDR-SRC-020" in again.err
    assert run("connect", "crm").code == 0
    assert "not read yet" in run("sources").out
    assert run("sync").code == 0
    rows = json.loads(run("sources", "crm", "--format", "json").out)
    assert {row["object"]: (row["kept"], row["total"], row["balances"]) for row in rows} == {
        "deals": (40, 40, True),
        "owners": (1, 1, True),
    }


def test_a_wrong_secret_writes_nothing(
    run: Run, toy: ToySystem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KADAR_TOY_KEY", "wrong-key-of-somebody")
    failed = run("connect", "toy", "--option", f"url={toy.url}")
    assert failed.code == 3
    assert "KDR-SRC-003" in failed.err
    assert "wrong-key" not in failed.err
    assert "sources" not in (tmp_path / "p" / "kadar.toml").read_text("utf-8")


def test_a_secret_typed_in_is_kept_in_a_file_of_the_owner(
    run: Run, toy: ToySystem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("typer.prompt", lambda *_, **__: toy.key)
    made = run("connect", "toy", "--option", f"url={toy.url}", "--keep", "file")
    assert made.code == 0, made.err
    file = tmp_path / "p" / "secrets.toml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert tomllib.loads(file.read_text("utf-8")) == {"toy": {"key": toy.key}}
    assert run("sync").code == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("connect", "tay"), "KDR-SRC-021"),
        (("connect", "toy", "--option", "url"), "KDR-SRC-022"),
        (("sources", "nothing"), "KDR-STO-006"),
    ],
)
def test_what_there_is_not_is_refused(
    run: Run, toy: ToySystem, arguments: tuple[str, ...], code: str
) -> None:
    refused = run(*arguments)
    assert refused.code == 2
    assert code in refused.err
