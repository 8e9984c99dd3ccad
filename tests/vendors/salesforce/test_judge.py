"""simple-salesforce, which knows nothing of kadar, against the stand-in over TLS."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from requests.adapters import HTTPAdapter

from tests.vendors.salesforce.standin import KEY, SECRET, USER, Salesforce

simple = pytest.importorskip("simple_salesforce", reason="simple-salesforce is not installed")
trustme = pytest.importorskip("trustme", reason="trustme is not installed")


class _Loopback(HTTPAdapter):
    """Sends what is meant for acme.my.salesforce.com to the stand-in."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url

    def send(self, request: requests.PreparedRequest, *args: Any, **more: Any) -> Any:
        parts = urlsplit(str(request.url))
        request.url = f"{self.url}{parts.path}" + (f"?{parts.query}" if parts.query else "")
        return super().send(request, *args, **more)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Salesforce, Path]]:
    folder = tmp_path_factory.mktemp("tls")
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    for name, blob in (("ca", authority.cert_pem), ("key", issued.private_key_pem)):
        blob.write_to_path(folder / f"{name}.pem")
    (folder / "cert.pem").write_bytes(b"".join(b.bytes() for b in issued.cert_chain_pems))
    standin = Salesforce()
    standin.certificate = (folder / "cert.pem", folder / "key.pem")
    with standin:
        yield standin, folder / "ca.pem"


@pytest.fixture
def session(served: tuple[Salesforce, Path]) -> Iterator[requests.Session]:
    standin, authority = served
    with requests.Session() as made:
        made.trust_env = False
        made.verify = str(authority)
        made.mount("https://acme.my.salesforce.com", _Loopback(standin.url))
        yield made


@pytest.fixture
def client(session: requests.Session) -> Any:
    return simple.Salesforce(
        consumer_key=KEY, consumer_secret=SECRET, domain="acme.my", version="66.0", session=session
    )


def test_client_credentials_are_checked(session: requests.Session) -> None:
    with pytest.raises(simple.SalesforceAuthenticationFailed, match="invalid_client"):
        simple.Salesforce(consumer_key=KEY, consumer_secret=KEY, domain="acme.my", session=session)


def test_a_signed_assertion_signs_in(
    served: tuple[Salesforce, Path], session: requests.Session
) -> None:
    standin, _ = served
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    standin.public_key = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    made = simple.Salesforce(
        username=USER, consumer_key=KEY, privatekey=pem, instance_url="acme.my",
        domain="login", version="66.0", session=session,
    )  # fmt: skip
    assert made.limits()["DailyApiRequests"]["Max"] == standin.quota
    other = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    with pytest.raises(simple.SalesforceAuthenticationFailed, match="invalid_grant"):
        simple.Salesforce(
            username=USER, consumer_key=KEY, privatekey=other.decode(), instance_url="acme.my",
            session=session,
        )  # fmt: skip


def test_queries_page_and_filter(served: tuple[Salesforce, Path], client: Any) -> None:
    org = served[0].org
    served[0].batch = 3
    made = [org.add("Lead", Name=f"Lead {n}", Status="New") for n in range(8)]
    org.advance(hours=1)
    since = org.now
    org.change("Lead", made[5], Status="Qualified")
    org.delete("Lead", made[6])
    found = client.query_all("SELECT Id, Name FROM Lead ORDER BY Id")
    assert [r["Id"] for r in found["records"]] == sorted(made[:6] + made[7:])
    everything = client.query_all("SELECT Id, IsDeleted FROM Lead", include_deleted=True)
    assert {r["Id"] for r in everything["records"] if r["IsDeleted"]} == {made[6]}
    moment = since.strftime("%Y-%m-%dT%H:%M:%SZ")
    changed = client.query_all(f"SELECT Id FROM Lead WHERE SystemModstamp >= {moment}")
    assert [r["Id"] for r in changed["records"]] == [made[5]]
    assert client.query("SELECT COUNT() FROM Lead")["totalSize"] == 7


def test_wrong_queries_are_refused(served: tuple[Salesforce, Path], client: Any) -> None:
    for soql, code in (
        ("SELECT Nonsense FROM Lead", "INVALID_FIELD"),
        ("SELECT Id FROM Nonsense", "INVALID_TYPE"),
        ("SELECT Id FROM Lead WHERE SystemModstamp >= '2026-10-01T00:00:00Z'", "INVALID_FIELD"),
        ("SELECT FROM Lead", "MALFORMED_QUERY"),
    ):
        with pytest.raises(simple.exceptions.SalesforceMalformedRequest) as refused:
            client.query(soql)
        assert refused.value.content[0]["errorCode"] == code


def test_describe_leaves_out_what_security_hides(
    served: tuple[Salesforce, Path], client: Any
) -> None:
    before = {field["name"] for field in client.Opportunity.describe()["fields"]}
    served[0].org.hidden.add(("Opportunity", "Amount"))
    after = {field["name"] for field in client.Opportunity.describe()["fields"]}
    served[0].org.hidden.discard(("Opportunity", "Amount"))
    assert before - after == {"Amount"}
    with pytest.raises(simple.exceptions.SalesforceResourceNotFound):
        client.Nonsense.describe()


def test_the_log_of_deletions(served: tuple[Salesforce, Path], client: Any) -> None:
    org = served[0].org
    key = org.add("Contact", Name="Tan Mei Ling")
    org.advance(minutes=5)
    begin = org.now
    org.purge("Contact", key)
    org.advance(minutes=5)
    said = client.Contact.deleted(begin, org.now)
    assert [r["id"] for r in said["deletedRecords"]] == [key]
    assert said["latestDateCovered"] == org.now.strftime("%Y-%m-%dT%H:%M:00.000+0000")
    for start in (org.now, org.now - timedelta(days=31)):
        with pytest.raises(simple.exceptions.SalesforceMalformedRequest, match="REPLICATION_DATE"):
            client.Contact.deleted(start, org.now)


def test_bulk_queries_page_by_locator(served: tuple[Salesforce, Path], client: Any) -> None:
    org = served[0].org
    served[0].bulk_rows = 4
    made = {
        org.add(
            "Opportunity", Name=f'Deal "{n}",\nof two lines', Amount=float(n),
            StageName="Closed Won", CloseDate=date(2026, 10, 1),
        ): n
        for n in range(10)
    }  # fmt: skip
    pages = list(client.bulk2.Opportunity.query_all(
        "SELECT Id, Name, Amount, IsWon, CreatedDate FROM Opportunity", max_records=4, wait=0
    ))  # fmt: skip
    assert len(pages) == 3
    rows = [row for page in pages for row in csv.DictReader(io.StringIO(page))]
    assert {row["Id"]: float(row["Amount"]) for row in rows} == made
    assert rows[0]["Name"] == 'Deal "0",\nof two lines'
    assert {row["IsWon"] for row in rows} == {"true"}
    created = datetime.fromisoformat(rows[0]["CreatedDate"])
    assert created.tzinfo is not None
    assert created.astimezone(UTC) == org.now
    with pytest.raises(simple.exceptions.SalesforceMalformedRequest, match="INVALIDENTITY"):
        list(client.bulk2.CaseStatus.query("SELECT Id FROM CaseStatus", wait=0))


def test_usage_is_said_with_every_answer(served: tuple[Salesforce, Path], client: Any) -> None:
    standin = served[0]
    standin.per_app = (17, 250)
    client.limits()
    assert client.api_usage["api-usage"] == (standin.used, standin.quota)
    assert client.api_usage["per-app-api-usage"] == (17, 250, "kadar")
    standin.per_app = None
    standin.quota = standin.used
    with pytest.raises(simple.exceptions.SalesforceRefusedRequest, match="REQUEST_LIMIT_EXCEEDED"):
        client.limits()
    standin.quota = 100_000


def test_a_token_that_has_expired_is_refused(served: tuple[Salesforce, Path], client: Any) -> None:
    served[0].tokens.clear()
    before = served[0].signed_in
    assert client.limits()["DailyApiRequests"]["Max"] == 100_000  # it signed in anew by itself
    assert served[0].signed_in == before + 1
