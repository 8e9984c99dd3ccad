"""What can go wrong with Fxiaoke: tokens, limits, quotas, pages that are none, broken answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import kadar.project
from kadar.errors import KadarError
from kadar.sources.fxiaoke import Fxiaoke
from kadar.sources.live.access import Given
from tests.vendors import acceptance
from tests.vendors.acceptance import FIRST, Run, environment
from tests.vendors.fxiaoke.company import CASE, Company
from tests.vendors.fxiaoke.reading import landed, with_lines

QUERY = r"/data/query"


def refusal(number: int) -> bytes:
    said = {"errorCode": number, "errorMessage": "OK", "errorDescription": "x", "traceId": "E-O.1"}
    return json.dumps(said).encode()


@pytest.fixture(autouse=True)
def _few_objects(company: Company) -> None:
    """The company uses little of Fxiaoke, so that the tests are quick."""
    company.active &= {"NewOpportunityObj", "AccountObj", "LeadsObj"}


def failure(run: Run) -> KadarError:
    with pytest.raises(KadarError) as caught:
        run.fetch(0)
    return caught.value


def deals(run: Run) -> dict[str, dict[str, Any]]:
    return landed(run, "NewOpportunityObj")


def test_one_token_serves_two_syncs_and_a_later_one_has_its_own(run: Run, company: Company) -> None:
    now = {"seconds": 1_000_000.0}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kadar.sources.fxiaoke.token.time.time", lambda: now["seconds"])
        run.fetch(0)
        company.tick(3600)
        now["seconds"] += 3600
        run.fetch(1)
        assert len(company.token_calls) == 1
        company.tick(3100)
        now["seconds"] += 3100  # 6,700 s: another token is given, the first still holds
        run.fetch(2)
    assert len(company.tokens) == 2


def test_a_token_that_ends_in_mid_run_is_renewed_once(run: Run, company: Company) -> None:
    fault = company.fail(QUERY, skip=5, call=company.revoke)
    run.fetch(0)
    assert fault.struck > 5
    assert len(company.tokens) == 1
    assert len(deals(run)) == 12


def test_a_token_that_is_never_taken_ends_the_sync(run: Run, company: Company) -> None:
    company.fail(QUERY, times=1000, status=200, body=refusal(20016),
                 headers={"Content-Type": "application/json"})  # fmt: skip
    assert failure(run).code == "KDR-SRC-003"
    assert len(company.token_calls) <= 3


@pytest.mark.parametrize("user", ["FSUID_000003E8", "13800001000"])
def test_the_old_way_to_sign_in(run: Run, company: Company, tmp_path: Path, user: str) -> None:
    run.fetch(0)
    company.log.clear()
    old = with_lines(run, tmp_path / "old", sign_in="old", user=user)
    old.fetch(0)
    assert any("/cgi/corpAccessToken/get/V2" in said for said in company.log)
    assert not any("/oauth2.0" in said for said in company.log)
    assert deals(old)[company.deals[0]]["owner"] == "FSUID_000003E9"
    people = {f"FSUID_{number:08X}" for number in (1000, 1001, 1002)}
    assert set(landed(old, "PersonnelObj")) == people
    assert {key: {**one, "owner": ""} for key, one in deals(old).items()} == {
        key: {**one, "owner": ""} for key, one in deals(run).items()
    }


def test_the_old_way_is_renewed_too(run: Run, company: Company, tmp_path: Path) -> None:
    company.fail(QUERY, skip=4, call=company.revoke)
    old = with_lines(run, tmp_path / "old", sign_in="old", user="13800001000")
    old.fetch(0)
    assert len(deals(old)) == 12


def test_a_wrong_secret(run: Run) -> None:
    with environment({"app_secret": "other", "permanent_code": "other"}):
        made = kadar.project.load(run.folder)
        access = Given("Fxiaoke", Fxiaoke().connector(), made, made.sources[0], FIRST)
        with pytest.raises(KadarError) as caught:
            Fxiaoke().connector()(access).test()
    assert caught.value.code == "KDR-SRC-183"
    assert "10006" in str(caught.value)
    assert "other" not in str(caught.value)


def test_the_limit_of_calls_is_waited_for(
    run: Run, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        company.tick(seconds)

    monkeypatch.setattr(acceptance, "_nothing", wait)
    company.limited = True
    company.calls["/cgi/crm/v2/data/query"] += [company.now] * 95  # by others
    run.fetch(0)
    assert len(deals(run)) == 12
    assert 10 < sum(waited) < 120


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (30002, "KDR-SRC-181"),
        (30003, "KDR-SRC-182"),
        (20021, "KDR-SRC-184"),
        (30027, "KDR-SRC-185"),
    ],
)
def test_what_stops_a_sync_does_so_at_once(
    run: Run, company: Company, number: int, code: str
) -> None:
    fault = company.fail(QUERY, skip=5, times=1000, status=200, body=refusal(number),
                         headers={"Content-Type": "application/json"})  # fmt: skip
    assert failure(run).code == code
    assert fault.struck == 6
    company.faults.clear()
    run.fetch(1)
    assert len(deals(run)) == 12


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 200, "body": refusal(-1)},
        {"status": 200, "body": refusal(50009)},
        {"status": 200, "body": refusal(14001)},
        {"status": 502, "body": b"<html>bad gateway</html>"},
        {"status": 429, "headers": {"Retry-After": "3"}},
        {"cut": 90},
        {"drop": True},
    ],
)
def test_what_passes_is_tried_again(run: Run, company: Company, fault: dict[str, object]) -> None:
    usual = {"headers": {"Content-Type": "application/json"}} if "status" in fault else {}
    armed = company.fail(QUERY, skip=4, times=2, **{**usual, **fault})
    run.fetch(0)
    assert armed.struck > 6
    assert len(deals(run)) == 12
    assert len(landed(run, "AccountObj")) == 6


def test_a_slow_answer_is_an_answer(run: Run, company: Company) -> None:
    company.fail(r"/object/describe", skip=6, slow=0.05)
    run.fetch(0)
    assert len(deals(run)) == 12


def test_a_page_in_place_of_the_api(run: Run, company: Company, tmp_path: Path) -> None:
    company.fail(r"/oauth2.0/token", status=200, body=b"<html>home</html>",
                 headers={"Content-Type": "text/html"})  # fmt: skip
    assert failure(run).code == "KDR-SRC-186"
    www = with_lines(run, tmp_path / "www", host="www.fxiaoke.com")
    assert failure(www).code == "KDR-SRC-180"


def test_what_can_be_read_is_told_before_anything_is_loaded(run: Run, company: Company) -> None:
    company.forbidden.add("AccountObj")
    with environment(CASE.secrets):
        made = kadar.project.load(run.folder)
        access = Given("Fxiaoke", Fxiaoke().connector(), made, made.sources[0], FIRST)
        found = Fxiaoke().connector()(access).test()
    assert found.account == "fs71557, 1000"
    assert found.readable["LeadsObj"] is None
    assert found.readable["PersonnelObj"] is None  # by the address book
    assert "320001" in str(found.readable["AccountObj"])
    assert "not in use" in str(found.readable["OpportunityObj"])


def test_nobody_in_either_list(run: Run, company: Company) -> None:
    company.fail(r"/cgi/user/list", times=9, status=200, body=refusal(20099),
                 headers={"Content-Type": "application/json"})  # fmt: skip
    said = run.fetch(0)
    assert any(
        "PersonnelObj cannot be read: Fxiaoke refused it: errorCode 20099" in note for note in said
    )
    assert len(deals(run)) == 12
