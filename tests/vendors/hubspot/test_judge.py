"""HubSpot's own client (`hubspot-sdk`, generated from its specification) judges the stand-in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.vendors.hubspot.standin import HubSpot

sdk = pytest.importorskip("hubspot_sdk", reason="hubspot-sdk is not installed")
KEY = "pat-na1-service-key"
AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def crm() -> Iterator[HubSpot]:
    with HubSpot() as standin:
        assert isinstance(standin, HubSpot)
        yield standin


@pytest.fixture
def client(crm: HubSpot) -> Iterator[Any]:
    # strict: what the client reads must fit HubSpot's specification, type by type
    with sdk.HubSpot(
        access_token=KEY, base_url=crm.url, max_retries=2, _strict_response_validation=True
    ) as made:
        yield made


def deals(crm: HubSpot, count: int) -> list[str]:
    stages = ["appointmentscheduled", "contractsent", "closedwon"]
    return [
        crm.crm.put("deals", at=AT + timedelta(hours=n), dealname=f"D{n}", dealstage=stages[n % 3])
        for n in range(count)
    ]


def test_list_pages_through_all(crm: HubSpot, client: Any) -> None:
    ids = deals(crm, 7)
    company = crm.crm.put("companies", name="Acme", domain="acme.example")
    crm.crm.link("deals", ids[0], "companies", company, primary=True)
    page = client.crm.objects.deals.list(
        limit=3, properties=["dealname"], properties_with_history=["dealstage"],
        associations=["companies"],
    )  # fmt: skip
    found = list(page)
    assert [deal.id for deal in found] == ids
    assert found[0].properties["dealname"] == "D0"
    history = found[0].properties_with_history["dealstage"]
    assert [(one.value, one.timestamp) for one in history] == [("appointmentscheduled", AT)]
    assert {(one.id, one.type) for one in found[0].associations["companies"].results} == {
        (company, "deal_to_company"), (company, "deal_to_company_unlabeled"),
    }  # fmt: skip
    assert found[1].associations is None


def test_limits_of_a_page(crm: HubSpot, client: Any) -> None:
    deals(crm, 1)
    assert len(client.crm.objects.deals.list(limit=100).results) == 1
    with pytest.raises(sdk.BadRequestError):
        client.crm.objects.deals.list(limit=101)
    with pytest.raises(sdk.BadRequestError):
        client.crm.objects.deals.list(limit=51, properties_with_history=["dealstage"])


def test_search_sorts_filters_and_has_a_ceiling(crm: HubSpot, client: Any) -> None:
    ids = deals(crm, 9)
    crm.ceiling = 6
    found = client.crm.objects.deals.search(
        after="0", limit=2, properties=["dealname"], sorts=["hs_object_id"],
        filter_groups=[{"filters": [
            {"property_name": "hs_object_id", "operator": "GT", "value": ids[3]},
        ]}],
    )  # fmt: skip
    assert found.total == 5
    assert [one.id for one in found.results] == ids[4:6]
    assert found.paging.next.after == "2"
    with pytest.raises(sdk.BadRequestError, match="maximum number of results"):
        client.crm.objects.deals.search(
            after="6", limit=2, properties=[], sorts=[], filter_groups=[]
        )  # fmt: skip


def test_batch_read_leaves_out_what_is_not_there(crm: HubSpot, client: Any) -> None:
    ids = deals(crm, 2)
    crm.crm.archive("deals", ids[1])
    found = client.crm.objects.deals.batch.get(
        inputs=[{"id": ids[0]}, {"id": ids[1]}], properties=["dealname"], properties_with_history=[]
    )
    assert [one.id for one in found.results] == [ids[0]]


def test_archived_records_are_listed_apart(crm: HubSpot, client: Any) -> None:
    ids = deals(crm, 3)
    crm.crm.archive("deals", ids[1])
    assert [one.id for one in client.crm.objects.deals.list()] == [ids[0], ids[2]]
    (gone,) = client.crm.objects.deals.list(archived=True)
    assert gone.id == ids[1]
    assert gone.archived
    assert gone.archived_at is not None


def test_a_merge_makes_a_new_record_that_the_old_ids_lead_to(crm: HubSpot, client: Any) -> None:
    one, two = (crm.crm.put("companies", name=name, domain=name) for name in ("a.my", "b.my"))
    made = crm.crm.merge("companies", one, two)
    assert made not in {one, two}
    assert [each.id for each in client.crm.objects.companies.list()] == [made]
    found = client.crm.objects.companies.get(two, properties=["hs_merged_object_ids"])
    assert found.id == made
    assert set(found.properties["hs_merged_object_ids"].split(";")) == {one, two}


def test_associations_in_pages(crm: HubSpot, client: Any) -> None:
    (deal,) = deals(crm, 1)
    people = [crm.crm.put("contacts", email=f"p{n}@acme.example") for n in range(3)]
    for person in people:
        crm.crm.link("deals", deal, "contacts", person)
    crm.links_in_page = 2
    (found,) = client.crm.associations.batch.get(
        "contacts", from_object_type="deals", inputs=[{"id": deal}]
    ).results
    assert [one.to_object_id for one in found.to] == people[:2]
    assert found.paging.next.after == "2"
    (rest,) = client.crm.associations.batch.get(
        "contacts", from_object_type="deals", inputs=[{"id": deal, "after": "2"}]
    ).results
    assert [one.to_object_id for one in rest.to] == people[2:]


def test_what_people_set_up(crm: HubSpot, client: Any) -> None:
    crm.setup.owner("71", "Aminah", "Razak", "Sales", "Enterprise")
    crm.setup.owner("72", "Wei", "Lim", archived=True)
    crm.setup.campaign("c-1", hs_name="Raya", currency="MYR", spent=[("s1", 250.5, AT)])
    owners = list(client.crm.owners.list(limit=1))
    assert [(one.id, one.teams[0].name, one.teams[0].primary) for one in owners] == [
        ("71", "Sales", True)
    ]
    assert [one.id for one in client.crm.owners.list(archived=True)] == ["72"]
    (pipeline,) = client.crm.pipelines.list("deals").results
    assert [stage.label for stage in pipeline.stages][-2:] == ["Closed Won", "Closed Lost"]
    (campaign,) = client.marketing.campaigns.list(limit=100, properties=["hs_name"])
    assert campaign.properties == {"hs_name": "Raya"}
    totals = client.marketing.campaigns.budget.get_totals("c-1")
    assert (totals.currency_code, totals.spend_total) == ("MYR", 250.5)
    assert totals.spend_items[0].created_at == int(AT.timestamp() * 1000)
    assert client.account.get().company_currency == "MYR"
    crm.setup.rate("r-1", "USD", 4.21, AT)
    (rate,) = client.settings.currencies.exchange_rates.list_exchange_rates()
    assert (rate.from_currency_code, rate.conversion_rate) == ("USD", 4.21)
    assert rate.effective_at == AT


def test_the_scope_that_is_missing_is_named(crm: HubSpot, client: Any) -> None:
    crm.lacking = {"deals"}
    with pytest.raises(sdk.PermissionDeniedError, match=r"crm\.objects\.deals\.read"):
        client.crm.objects.deals.list()


def test_a_burst_is_waited_out(crm: HubSpot, client: Any) -> None:
    ids = deals(crm, 5)
    crm.burst = (3, 0.8)
    # the client backs off by itself on 429; three requests fit into 0.8 s, five do not
    assert [one.id for one in client.crm.objects.deals.list(limit=1)] == ids
    assert len(crm.log) > 5


def test_the_daily_quota_ends_it(crm: HubSpot, client: Any) -> None:
    deals(crm, 1)
    crm.daily = 0
    with pytest.raises(sdk.RateLimitError, match="DAILY"):
        client.with_options(max_retries=0).crm.objects.deals.list()


def refreshed(crm: HubSpot, token: str) -> httpx.Response:
    # the client (an alpha) sends this one as JSON, HubSpot takes a form: its types judge the answer
    said = {
        "grant_type": "refresh_token", "client_id": "client-1", "client_secret": "client-secret",
        "refresh_token": token,
    }  # fmt: skip
    return httpx.post(f"{crm.url}/oauth/2026-03/token", data=said)


def test_tokens_are_refreshed_and_expire(crm: HubSpot) -> None:
    from hubspot_sdk.types.auth.access_token_response import AccessTokenResponse

    crm.rotates = True
    given = AccessTokenResponse.model_validate(refreshed(crm, "refresh-1").json())
    assert {given.refresh_token} == crm.refresh
    assert given.expires_in == 1800
    with sdk.HubSpot(access_token=given.access_token, base_url=crm.url, max_retries=0) as signed:
        assert signed.crm.objects.deals.list().results == []
        crm.expire()
        with pytest.raises(sdk.AuthenticationError, match="EXPIRED_AUTHENTICATION"):
            signed.crm.objects.deals.list()
    again = refreshed(crm, "refresh-1")
    assert (again.status_code, again.json()["category"]) == (400, "BAD_REFRESH_TOKEN")


def test_both_versions_are_served_and_no_other(crm: HubSpot, client: Any) -> None:
    deals(crm, 1)
    for version, status in (("2026-03", 200), ("2026-09", 200), ("v3", 404)):
        answer = httpx.get(
            f"{crm.url}/crm/objects/{version}/0-3", headers={"Authorization": f"Bearer {KEY}"}
        )
        assert answer.status_code == status
