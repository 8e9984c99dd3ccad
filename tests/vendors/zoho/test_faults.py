"""What goes wrong between Zoho and us, and what comes of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from kadar.errors import KadarError
from tests.vendors.acceptance import environment
from tests.vendors.zoho.example import full
from tests.vendors.zoho.running import Reader
from tests.vendors.zoho.standin import SECRETS, ZohoStandin
from tests.vendors.zoho.test_reading import many, same

BUSY = json.dumps(
    {"code": "TOO_MANY_REQUESTS", "details": {}, "message": "slow down", "status": "error"}
).encode()
JSON = {"content-type": "application/json"}


@pytest.fixture
def zoho() -> Iterator[ZohoStandin]:
    """A stand-in with the small company."""
    with full() as standin:
        assert isinstance(standin, ZohoStandin)
        yield standin


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 429, "body": BUSY, "headers": JSON, "times": 3},
        {"status": 429, "body": BUSY, "headers": JSON | {"Retry-After": "7"}},
        {"status": 500, "body": b'{"code":"INTERNAL_ERROR","status":"error"}', "headers": JSON},
        {"status": 502, "body": b"<html>Bad gateway</html>", "times": 2},
        {"cut": 200},
        {"drop": True},
        {"slow": 0.01},
    ],
    ids=["busy", "busy-until", "500", "502", "cut", "dropped", "slow"],
)
def test_passing_faults_are_passed(
    zoho: ZohoStandin, tmp_path: Path, fault: dict[str, object]
) -> None:
    many(zoho, 450)
    zoho.scopes_missing.add("ZohoCRM.coql.READ")
    armed = zoho.fail(r"GET /crm/v8/Deals\?.*page_token", **fault)
    reader = Reader(zoho, tmp_path, modules=["Deals"])
    assert reader.fetch() == []
    assert armed.struck
    same(reader)


def test_a_token_that_ends_in_mid_run(zoho: ZohoStandin, tmp_path: Path) -> None:
    many(zoho, 450)
    zoho.scopes_missing.add("ZohoCRM.coql.READ")
    zoho.fail(r"GET /crm/v8/Deals\?.*page_token", call=zoho.expire_tokens)
    reader = Reader(zoho, tmp_path, modules=["Deals"])
    reader.fetch()
    same(reader)
    assert len(reader.asked("POST /oauth/v2/token")) == 2


def test_the_token_is_shared_between_runs(zoho: ZohoStandin, tmp_path: Path) -> None:
    """Zoho gives ten tokens in ten minutes; a dozen syncs of a project need one."""
    Reader(zoho, tmp_path, modules=[]).fetch()
    given = len(zoho.given)
    for _ in range(11):
        Reader(zoho, tmp_path, modules=[]).fetch()
    assert given == len(zoho.given) == 1
    zoho.expire_tokens()
    Reader(zoho, tmp_path, modules=[]).fetch()
    assert len(zoho.given) == 2


def test_other_credentials_do_not_take_the_kept_token(zoho: ZohoStandin, tmp_path: Path) -> None:
    reader = Reader(zoho, tmp_path, modules=[])
    reader.fetch()
    with pytest.raises(KadarError, match="KDR-SRC-161: Zoho does not take the refresh token"):
        reader.fetch({"refresh_token": "1000.of.somebody.else"})


def test_no_more_tokens_is_said(zoho: ZohoStandin, tmp_path: Path) -> None:
    zoho.quota = 0
    with pytest.raises(KadarError, match="KDR-SRC-163") as caught:
        Reader(zoho, tmp_path, modules=[]).fetch()
    assert "Wait 10 minutes" in caught.value.next_step()
    assert len(zoho.log) == 1  # it did not insist


def test_a_client_zoho_does_not_know(zoho: ZohoStandin, tmp_path: Path) -> None:
    with pytest.raises(KadarError, match="KDR-SRC-162"):
        Reader(zoho, tmp_path, modules=[]).fetch({"client_id": "1000.WRONG"})


def test_used_up_credits_stop_the_sync_and_lose_nothing(zoho: ZohoStandin, tmp_path: Path) -> None:
    many(zoho, 450)
    zoho.scopes_missing.add("ZohoCRM.coql.READ")
    fault = zoho.fail(
        r"GET /crm/v8/Deals\?.*page_token", skip=1, times=50, status=429, body=BUSY, headers=JSON
    )
    reader = Reader(zoho, tmp_path, modules=["Deals"])
    with pytest.raises(KadarError, match="KDR-SRC-164"):
        reader.fetch()
    assert fault.struck <= 8
    zoho.faults.clear()
    reader.fetch()
    same(reader)
    # two pages were landed before: the third alone is asked for
    assert len(reader.asked("GET /crm/v8/Deals?")) == 1


def test_a_page_token_that_expired_begins_anew(zoho: ZohoStandin, tmp_path: Path) -> None:
    many(zoho, 450)
    zoho.scopes_missing.add("ZohoCRM.coql.READ")

    def expire() -> None:
        for token in zoho.crm.tokens.values():
            token.expires -= timedelta(hours=25)

    zoho.fail(r"GET /crm/v8/Deals\?.*page_token", skip=1, call=expire)
    reader = Reader(zoho, tmp_path, modules=["Deals"])
    reader.fetch()
    same(reader)
    assert len(reader.asked("GET /crm/v8/Deals?")) == 3 + 3


def test_page_tokens_that_expire_at_once_are_given_up(zoho: ZohoStandin, tmp_path: Path) -> None:
    many(zoho, 450)
    zoho.scopes_missing.add("ZohoCRM.coql.READ")
    zoho.crm.token_life = timedelta()
    with pytest.raises(KadarError, match="KDR-SRC-167"):
        Reader(zoho, tmp_path, modules=["Deals"]).fetch()


def test_a_bulk_file_cut_short_is_asked_for_again(zoho: ZohoStandin, tmp_path: Path) -> None:
    zoho.fail(r"GET /crm/bulk/v8/read/\d+/result", cut=90)
    reader = Reader(zoho, tmp_path, {"bulk_from": 1}, ["Deals"])
    reader.fetch()
    same(reader)


def test_a_bulk_file_without_all_its_records(zoho: ZohoStandin, tmp_path: Path) -> None:
    def lose_one() -> None:
        for job in zoho.crm.bulk.jobs.values():
            job.lost = 1

    zoho.fail(r"GET /crm/bulk/v8/read/\d+/result", times=9, call=lose_one)
    with pytest.raises(KadarError, match=r"KDR-SRC-166.*3 / 4"):
        Reader(zoho, tmp_path, {"bulk_from": 1}, ["Deals"]).fetch()


def test_a_bulk_job_that_fails(zoho: ZohoStandin, tmp_path: Path) -> None:
    zoho.crm.bulk.fails = True
    with pytest.raises(KadarError, match="KDR-SRC-166"):
        Reader(zoho, tmp_path, {"bulk_from": 1}, ["Deals"]).fetch()


def test_a_setting_that_cannot_be(zoho: ZohoStandin, tmp_path: Path) -> None:
    for given, code in {
        ("orders", "quotes"): "KDR-SRC-169",
        ("environment", "test"): "KDR-SRC-170",
    }.items():
        with pytest.raises(KadarError, match=code):
            Reader(zoho, tmp_path, dict([given])).fetch()
    with environment(SECRETS), pytest.raises(KadarError, match="KDR-SRC-165"):
        Reader(zoho, tmp_path, {"accounts_url": "", "data_centre": "my"}).fetch()
