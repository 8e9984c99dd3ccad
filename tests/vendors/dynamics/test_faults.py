"""What goes wrong on the way to Dataverse, and what comes of it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from kadar.errors import KadarError
from tests.vendors.dynamics.conftest import Reader
from tests.vendors.dynamics.standin import SECRET

Start = Callable[..., Reader]
JSON = {"Content-Type": "application/json; odata.metadata=minimal"}


def error(code: str, message: str) -> bytes:
    """An error as Dataverse writes it."""
    return json.dumps({"error": {"code": code, "message": message}}).encode()


@pytest.fixture
def crm(reader: Start) -> Reader:
    """Seven leads, three to a page."""
    made = reader()
    for _ in range(7):
        made.standin.insert("lead")
    return made


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("0x80072322", "Number of requests exceeded the limit of 6000 over time window of 300 s."),
        ("0x80072321", "Combined execution time of incoming requests exceeded limit of 1,200,000."),
        ("0x80072326", "Number of concurrent requests exceeded the limit of 52."),
    ],
)
def test_throttling_waits_as_long_as_told(crm: Reader, code: str, message: str) -> None:
    crm.standin.fail(r"leads.*skiptoken", status=429, times=2, body=error(code, message),
                     headers=JSON | {"Retry-After": "17"})  # fmt: skip
    assert len(crm.read("lead").records) == 7
    assert crm.waited == [17.0, 17.0]


def test_throttling_without_retry_after_waits_longer_from_time_to_time(crm: Reader) -> None:
    crm.standin.fail(r"leads", status=429, times=3, body=error("0x80072322", "Number of requests"),
                     headers=JSON)  # fmt: skip
    assert len(crm.read("lead").records) == 7
    assert len(crm.waited) == 3
    assert 0 < crm.waited[0] < crm.waited[2]


def test_throttling_under_another_status_is_throttling(crm: Reader) -> None:
    crm.standin.fail(r"leads", status=503, body=error("0x80072326", "concurrent requests"),
                     headers=JSON | {"Retry-After": "3"})  # fmt: skip
    assert len(crm.read("lead").records) == 7
    assert crm.waited == [3.0]


@pytest.mark.parametrize(
    "how",
    [
        {"status": 502},
        {"drop": True},
        {"cut": 200},
        {"cut": 0},
        {"status": 200, "body": b'{"value": [{"leadid": "1"', "headers": JSON},
    ],
)
def test_what_breaks_is_asked_again(crm: Reader, how: dict[str, object]) -> None:
    crm.standin.fail(r"leads.*skiptoken", **how)
    made = crm.read("lead")
    assert len(made.records) == len({r["leadid"] for r in made.records}) == 7


def test_a_slow_body_is_waited_for(crm: Reader) -> None:
    crm.standin.fail(r"leads", slow=0.05)
    assert len(crm.read("lead").records) == 7


def test_a_token_that_expires_in_the_middle_is_fetched_anew(crm: Reader) -> None:
    crm.standin.fail(r"leads.*skiptoken", call=crm.standin.tokens.clear)
    assert len(crm.read("lead").records) == 7
    assert len([line for line in crm.standin.log if "token" in line and "POST" in line]) == 2


def test_a_short_life_of_a_token_is_heeded(crm: Reader) -> None:
    crm.standin.token_lives = 0.01  # type: ignore[assignment]
    assert len(crm.read("lead").records) == 7
    assert len([line for line in crm.standin.log if line.startswith("POST")]) > 2


def test_a_wrong_secret_is_said_without_the_secret(crm: Reader) -> None:
    crm.standin.secret = SECRET[::-1]
    with pytest.raises(KadarError) as refused:
        crm.read("lead")
    assert refused.value.code == "KDR-SRC-140"
    assert "AADSTS7000215" in str(refused.value)
    assert "Trace" not in str(refused.value)
    assert SECRET not in f"{refused.value!r}{refused.value}{refused.value.details}"
    assert crm.waited == []  # a refusal is final


def test_an_application_that_is_no_user_is_told_so(crm: Reader) -> None:
    crm.standin.member = False
    with pytest.raises(KadarError) as refused:
        crm.read("lead")
    assert refused.value.code == "KDR-SRC-141"


def test_the_token_goes_to_no_other_host(crm: Reader) -> None:
    link = "https://elsewhere.test/api/data/v9.2/leads?$skiptoken=1"
    body = json.dumps({"value": [], "@odata.nextLink": link}).encode()
    crm.standin.fail(r"leads", status=200, body=body, headers=JSON)
    with pytest.raises(KadarError) as refused:
        crm.read("lead")
    assert refused.value.code == "KDR-SRC-146"


def test_a_column_dataverse_refuses_is_an_error_with_its_words(crm: Reader) -> None:
    crm.standin.fail(r"leads", status=400, headers=JSON,
                     body=error("0x80060888", "Could not find a property named 'x'."))  # fmt: skip
    with pytest.raises(KadarError, match="Could not find a property"):
        crm.read("lead")


def test_connect_names_the_account_and_what_it_cannot_read(crm: Reader) -> None:
    del crm.standin.tables["contract"]
    crm.standin.forbidden.add("audit")
    found = crm.connector().test()
    assert found.account.startswith("Contoso, ")
    assert found.readable["lead"] is None
    assert "prvReadaudit" in str(found.readable["audit"])
    assert "not installed" in str(found.readable["contract"])
