"""What goes wrong with HubSpot: limits, tokens, broken answers, keys and options."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import kadar.project
from kadar.errors import KadarError
from kadar.sources.hubspot import HubSpot
from tests.vendors.acceptance import Run, environment
from tests.vendors.hubspot.case import Sales, case, run
from tests.vendors.hubspot.company import Company
from tests.vendors.hubspot.test_reading import OTHERS, named, sales, there

APP = {"client_secret": "client-secret", "refresh_token": "refresh-1"}
ALL = ("won", "lost", "open")


@pytest.fixture
def standin() -> Iterator[Company]:
    with Company() as made:
        yield made


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the pauses that a sync makes: they take no time here."""
    made: list[float] = []
    monkeypatch.setattr("tests.vendors.acceptance._nothing", made.append)
    return made


def limit(policy: str) -> bytes:
    """Return the body of a 429."""
    said = {"status": "error", "errorType": "RATE_LIMIT", "policyName": policy, "message": "limit"}
    return json.dumps(said).encode()


JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    "told",
    [
        ("TEN_SECONDLY_ROLLING", {}, 10.0),
        ("TEN_SECONDLY_ROLLING", {"Retry-After": "3"}, 3.0),
        ("SECONDLY", {}, 1.0),
    ],
)
def test_bursts_are_waited_out(
    standin: Company, tmp_path: Path, pauses: list[float], told: tuple[str, dict[str, str], float]
) -> None:
    policy, headers, seconds = told
    standin.fail(
        r"GET .*/objects/.*/deals", times=2, status=429, headers=JSON | headers,
        body=limit(policy),
    )  # fmt: skip
    made = sales(standin, tmp_path)
    made.fetch(0)
    assert set(there(made, "deals")) == named(standin, *ALL)
    assert pauses.count(seconds) == 2


def test_the_daily_quota_stops_at_once_and_the_next_day_goes_on(
    standin: Company, tmp_path: Path
) -> None:
    made = sales(standin, tmp_path)
    standin.daily = 5
    with pytest.raises(KadarError, match="KDR-SRC-120"):
        made.fetch(0)
    asked = len(standin.log)
    assert asked == 6  # the one that was one too many was not repeated
    standin.daily = 1_000_000
    made.fetch(1)
    assert set(there(made, "deals")) == named(standin, *ALL)


@pytest.fixture
def stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the clock that spaces requests stand still: what is paused is then all there is."""
    clock = SimpleNamespace(monotonic=lambda: 0.0, sleep=None)
    monkeypatch.setattr("kadar.sources.live.session.time", clock)


@pytest.mark.usefixtures("stopped")
def test_it_slows_down_before_the_burst_is_used_up(
    standin: Company, tmp_path: Path, pauses: list[float]
) -> None:
    made = sales(standin, tmp_path)
    made.fetch(0)
    unhurried = [pause for pause in pauses if pause * 4 % 1]  # searches are spaced in any case
    assert not unhurried
    standin.burst = (1000, 10.0)  # of which others used nearly all
    standin._asked.extend([float("inf")] * 900)
    made.fetch(1)
    assert 0.01 in pauses  # 10 s for 1000 requests


@pytest.mark.usefixtures("stopped")
def test_searches_are_at_most_four_a_second(
    standin: Company, tmp_path: Path, pauses: list[float]
) -> None:
    made = sales(standin, tmp_path)
    made.fetch(0)
    pauses.clear()
    standin.log.clear()
    made.fetch(1)
    searches = sum(said.endswith("/search") for said in standin.log)
    assert searches == 3
    assert pauses == [0.25, 0.5]


def by_app(standin: Company, folder: Path, secrets: dict[str, str] | None = None) -> Run:
    return run(
        standin, folder, secrets=secrets or APP, kind=Sales, client_id="client-1", leave_out=OTHERS
    )  # fmt: skip


def test_a_token_that_expires_meanwhile_is_renewed(standin: Company, tmp_path: Path) -> None:
    standin.fail(r"GET .*/objects/.*/deals", call=standin.expire)
    made = by_app(standin, tmp_path)
    made.fetch(0)
    assert set(there(made, "deals")) == named(standin, *ALL)
    assert sum(said.startswith("POST /oauth/2026-09/token") for said in standin.log) == 2


def test_a_refresh_token_that_changes_is_kept(standin: Company, tmp_path: Path) -> None:
    standin.rotates = True
    made = by_app(standin, tmp_path)
    made.fetch(0)
    assert standin.refresh != {"refresh-1"}
    made.fetch(1)  # refresh-1 is good no more
    assert set(there(made, "deals")) == named(standin, *ALL)


def test_keys_that_are_not_taken(standin: Company, tmp_path: Path) -> None:
    with pytest.raises(KadarError, match="KDR-SRC-121"):
        sales(standin, tmp_path / "a", secrets={"service_key": "pat-na1-old"}).fetch(0)
    bad = {**APP, "refresh_token": "refresh-0"}
    with pytest.raises(KadarError, match="KDR-SRC-123") as error:
        by_app(standin, tmp_path / "b", bad).fetch(0)
    assert "refresh-0" not in str(error.value)


@pytest.mark.parametrize(
    "fault",
    [
        {"cut": 120},
        {"drop": True},
        {"status": 502, "times": 3},
        {"status": 477, "headers": {"Retry-After": "7"}},
        {"status": 423},
        {"slow": 0.02},
    ],
    ids=lambda fault: next(iter(fault)) + str(next(iter(fault.values()))),
)
def test_broken_answers_are_asked_for_again(
    standin: Company, tmp_path: Path, fault: dict[str, Any]
) -> None:
    standin.fail(r"GET .*/objects/.*/deals", **fault)
    made = sales(standin, tmp_path)
    made.fetch(0)
    assert set(there(made, "deals")) == named(standin, *ALL)


def test_an_option_that_cannot_be(standin: Company, tmp_path: Path) -> None:
    with pytest.raises(KadarError, match="KDR-SRC-124"):
        run(standin, tmp_path / "a", leads="prospects").fetch(0)
    with pytest.raises(KadarError, match="KDR-SRC-124"):
        run(standin, tmp_path / "b", leave_out=["dals"]).fetch(0)


def test_connect_tells_what_can_be_read(standin: Company, tmp_path: Path) -> None:
    run(standin, tmp_path)
    standin.lacking = {"tickets", "feedback_submissions", "campaigns"}
    project = kadar.project.load(tmp_path)
    with environment(case().secrets):
        kind = HubSpot()
        access = kind.given(project, project.sources[0], datetime.now(UTC))
        found = kind.connector()(access).test()
    assert "62515" in found.account
    refused = {name for name, why in found.readable.items() if why}
    assert refused == {"tickets", "ticket_pipelines", "feedback_submissions", "campaigns"}
    assert "crm.objects.tickets.read" in str(found.readable["tickets"])
