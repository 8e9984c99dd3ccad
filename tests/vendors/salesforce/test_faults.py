"""What goes wrong between kadar and Salesforce, and what comes of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from kadar.errors import KadarError
from tests.vendors.acceptance import Run
from tests.vendors.salesforce.company import fetch, landed, project
from tests.vendors.salesforce.standin import KEY, SECRET, USER, Salesforce
from tests.vendors.salesforce.test_reading import deal, few, small_org, whole

__all__ = ["few"]  # a fixture
QUERY = r"queryAll\?q=SELECT(\+|%20)Id.*FROM(\+|%20)Opportunity($|&|(\+|%20)WHERE)"


@pytest.fixture
def standin(few: None) -> Iterator[Salesforce]:
    with Salesforce(small_org()) as made:
        for number in range(12):
            deal(made.org, f"Deal {number}")
        made.org.advance(hours=1)
        yield made


def failed(run: Run, day: int = 0) -> KadarError:
    """Fetch; return why it failed."""
    with pytest.raises(KadarError) as caught:
        fetch(run, day)
    return caught.value


@pytest.mark.parametrize(
    "how",
    [
        {"status": 503, "times": 3},
        {"status": 429, "headers": {"Retry-After": "7"}, "times": 2},
        {"status": 429, "times": 2},
        {"status": 420, "times": 1},
        {"status": 406, "times": 1},
        {"drop": True},
        {"cut": 300},
        {"slow": 0.005},
        {"status": 401, "body": b'[{"errorCode":"INVALID_SESSION_ID","message":"expired"}]'},
        {"status": 403, "body": b'[{"errorCode":"REQUEST_LIMIT_EXCEEDED",'
                                b'"message":"ConcurrentRequests Limit exceeded."}]'},
    ],
    ids=lambda how: "-".join(map(str, how)),
)  # fmt: skip
def test_what_passes_is_tried_again(standin: Salesforce, tmp_path: Path, how: dict) -> None:
    standin.batch = 5
    standin.fail(QUERY, **how)
    fault = standin.fail(r"query/01g", **how)
    run = project(standin, tmp_path)
    fetch(run)
    assert len(landed(run)) == 12
    assert fault.struck > 0


def test_a_token_that_expires_on_the_way(standin: Salesforce, tmp_path: Path) -> None:
    standin.batch = 5
    standin.fail(r"query/01g", call=standin.tokens.clear)
    run = project(standin, tmp_path)
    fetch(run)
    assert len(landed(run)) == 12
    assert standin.signed_in == 2


def test_a_place_that_was_forgotten(standin: Salesforce, tmp_path: Path) -> None:
    standin.batch = 5
    standin.fail(r"query/01g", call=standin.expire_cursors)
    run = project(standin, tmp_path)
    fetch(run)
    assert len(landed(run)) == 12


def test_a_record_changed_while_paging(standin: Salesforce, tmp_path: Path) -> None:
    standin.batch = 5
    key = next(iter(standin.org.records["Opportunity"]))

    def edit() -> None:
        standin.org.advance(minutes=1)
        standin.org.change("Opportunity", key, Amount=5000.0)
        standin.expire_cursors()  # so that the record comes a second time, changed

    standin.fail(r"query/01g", call=edit)
    run = project(standin, tmp_path)
    fetch(run)
    amounts = sorted(record["Amount"] for record in landed(run).values())
    assert amounts == ["10"] * 11 + ["5000"]


def test_a_bulk_result_that_breaks_off(standin: Salesforce, tmp_path: Path) -> None:
    standin.bulk_rows = 5
    fault = standin.fail(r"results.*locator", cut=200)
    run = project(standin, tmp_path, bulk_over=3)
    fetch(run)
    assert len(landed(run)) == 12
    assert fault.struck > 1


def test_a_bulk_result_that_lacks_rows(standin: Salesforce, tmp_path: Path) -> None:
    headers = {"Sforce-Locator": "null", "Sforce-NumberOfRecords": "12", "Content-Type": "text/csv"}
    half = b'"Id","Name"\n"006Wt0000000001AAA","Deal"\n'
    fault = standin.fail(r"results", status=200, headers=headers, body=half, times=2)
    run = project(standin, tmp_path / "twice", bulk_over=3)
    fetch(run)
    assert len(landed(run)) == 12
    fault.times = 100
    error = failed(project(standin, tmp_path / "always", bulk_over=3))
    assert error.code == "KDR-SRC-110"


def test_a_bulk_job_that_fails(standin: Salesforce, tmp_path: Path) -> None:
    body = b'{"id":"750","state":"Failed","object":"Opportunity","errorMessage":"it was too much"}'
    standin.fail(
        r"jobs/query/750\w+$", status=200, body=body, headers={"Content-Type": "application/json"}
    )
    error = failed(project(standin, tmp_path, bulk_over=3))
    assert error.code == "KDR-SRC-109"
    assert "it was too much" in str(error)


def test_without_bulk_all_comes_by_rest(standin: Salesforce, tmp_path: Path) -> None:
    standin.bulk_enabled, standin.batch = False, 5
    run = project(standin, tmp_path, bulk_over=3)
    fetch(run)
    assert len(landed(run)) == 12


def test_a_killed_sync_goes_on_with_its_bulk_job(standin: Salesforce, tmp_path: Path) -> None:
    standin.bulk_rows = 5
    standin.fail(r"results.*locator", status=400, body=b'[{"errorCode":"X","message":"down"}]')
    run = project(standin, tmp_path, bulk_over=3)
    assert failed(run).code == "KDR-SRC-101"
    jobs = len(standin.jobs)
    standin.org.advance(hours=1)
    late = deal(standin.org, "Deal after the job")
    fetch(run, 1)
    of_deals = [job for job in standin.jobs.values() if job["object"] == "Opportunity"]
    assert len(of_deals) == 1
    assert jobs == 1
    assert len(landed(run)) == 12  # as when the job was begun
    fetch(run, 2)
    assert late in landed(run)


def test_a_job_that_is_no_more_is_begun_anew(standin: Salesforce, tmp_path: Path) -> None:
    standin.bulk_rows = 5
    standin.fail(r"results.*locator", status=400, body=b'[{"errorCode":"X","message":"down"}]')
    run = project(standin, tmp_path, bulk_over=3)
    failed(run)
    standin.jobs.clear()
    gone = next(iter(standin.org.records["Opportunity"]))
    standin.org.advance(hours=1)
    standin.org.purge("Opportunity", gone)
    standin.org.advance(hours=1)
    fetch(run, 1)
    fetch(run, 2)  # the log of deletions is asked from when the pass began
    assert len(landed(run)) == 11


def test_it_stops_before_the_quota_is_gone(standin: Salesforce, tmp_path: Path) -> None:
    standin.used, standin.quota = 793, 1000
    error = failed(project(standin, tmp_path))
    assert error.code == "KDR-SRC-102"
    assert "800 of 1000" in str(error)
    assert standin.used == 800  # and not one call more
    standin.used = 0
    run = project(standin, tmp_path)
    fetch(run, 1)
    assert len(landed(run)) == 12


def test_the_apps_own_quota_counts_too(standin: Salesforce, tmp_path: Path) -> None:
    standin.per_app = (240, 250)
    error = failed(project(standin, tmp_path, calls_share=95))
    assert error.code == "KDR-SRC-102"


def test_a_quota_that_is_used_up(standin: Salesforce, tmp_path: Path) -> None:
    standin.used = standin.quota
    asked = len(standin.log)
    error = failed(project(standin, tmp_path))
    assert error.code == "KDR-SRC-103"
    assert len(standin.log) <= asked + 3  # signed in, versions, one call: not tried again


def test_an_edition_without_the_api(standin: Salesforce, tmp_path: Path) -> None:
    body = b'[{"errorCode":"API_DISABLED_FOR_ORG","message":"The REST API is not enabled"}]'
    standin.fail("describe|organization", status=403, body=body, times=9)
    assert failed(project(standin, tmp_path)).code == "KDR-SRC-104"


def test_wrong_credentials(standin: Salesforce, tmp_path: Path) -> None:
    run = project(standin, tmp_path, secrets={"client_id": KEY, "client_secret": "not-it-at-all"})
    error = failed(run)
    assert error.code == "KDR-SRC-100"
    assert "invalid client credentials" in str(error)
    assert "not-it-at-all" not in str(error)
    standin.fail("oauth2/token", status=400, body=b'{"error":"invalid_grant",'
                 b'"error_description":"no client credentials user enabled"}')  # fmt: skip
    assert "no client credentials user enabled" in str(failed(project(standin, tmp_path / "b")))
    assert failed(project(standin, tmp_path / "c", sign_in="password")).code == "KDR-SRC-105"


@pytest.fixture(scope="module")
def pem() -> tuple[str, bytes]:
    key = rsa.generate_private_key(65537, 2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private.decode(), public


def test_a_signed_assertion(
    standin: Salesforce, tmp_path: Path, pem: tuple[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    private, standin.public_key = pem
    secrets = {"client_id": KEY, "private_key": private.replace("\n", "\\n")}
    how = {"sign_in": "jwt_bearer", "username": USER}
    run = project(standin, tmp_path / "right", secrets=secrets, **how)
    fetch(run)
    assert len(landed(run)) == 12
    real = time.time
    with monkeypatch.context() as patch:  # the clock here goes an hour slow, then fast
        for hours in (-1, 1):
            patch.setattr("kadar.sources.salesforce.sign_in.time",
                          lambda hours=hours: real() + 3600 * hours)  # fmt: skip
            fetch(project(standin, tmp_path / f"skew {hours}", secrets=secrets, **how))
    nobody = project(standin, tmp_path / "nobody", secrets=secrets, sign_in="jwt_bearer")
    assert failed(nobody).code == "KDR-SRC-106"
    no_key = {"client_id": KEY, "private_key": "certs/key.pem"}
    assert failed(project(standin, tmp_path / "no", secrets=no_key, **how)).code == "KDR-SRC-107"
    stranger = project(
        standin, tmp_path / "x", secrets=secrets, sign_in="jwt_bearer", username="x@y.example"
    )
    assert failed(stranger).code == "KDR-SRC-100"


def test_a_refresh_token_that_rotates(standin: Salesforce, tmp_path: Path) -> None:
    standin.refresh_token, standin.rotates = "5Aep861.first", True
    secrets = {"client_id": KEY, "client_secret": SECRET, "refresh_token": "5Aep861.first"}
    run = project(standin, tmp_path, secrets=secrets, sign_in="refresh_token")
    fetch(run)
    assert standin.refresh_token != secrets["refresh_token"]
    fetch(run, 1)  # with the one it was given, not the one of the environment
    assert len(whole(run, "Opportunity")) == 2


def test_addresses_as_people_copy_them() -> None:
    from kadar.sources.salesforce.sign_in import address, audience

    for said in ("acme", "acme.my.salesforce.com/", "https://acme.my.salesforce.com",
                 "acme.lightning.force.com", " acme.my.salesforce.com/home"):  # fmt: skip
        assert address(said) == "https://acme.my.salesforce.com"
    assert audience("https://acme.my.salesforce.com") == "https://login.salesforce.com"
    sandbox = "https://acme--test.sandbox.my.salesforce.com"
    assert audience(sandbox) == "https://test.salesforce.com"


def test_a_server_that_speaks_no_version_we_know(standin: Salesforce, tmp_path: Path) -> None:
    body = b'[{"version":"49.0"},{"version":"99.0"}]'
    standin.fail(
        "/services/data/$", status=200, body=body, headers={"Content-Type": "application/json"}
    )
    assert failed(project(standin, tmp_path)).code == "KDR-SRC-108"
