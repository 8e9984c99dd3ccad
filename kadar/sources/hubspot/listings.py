"""What is read whole every time, being small: owners, pipelines, campaigns, rates, the account."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kadar.sources.hubspot.api import VERSION
from kadar.sources.live.connector import Batch, Object

if TYPE_CHECKING:
    from kadar.sources.hubspot.api import Api
    from kadar.sources.live.connector import Access

CAMPAIGN = ("hs_name", "hs_start_date", "hs_end_date", "hs_spend_items_sum_amount")


@dataclass(frozen=True)
class Listing:
    """One object that is read whole: where it is read, and how."""

    object: Object
    path: str
    batches: Callable[[Api, Access, str], Iterator[Batch]]


def _pages(api: Api, access: Access, path: str) -> Iterator[Batch]:
    for page in api.pages(path, {"limit": 100}):
        yield Batch(page.records)


def _owners(api: Api, access: Access, path: str) -> Iterator[Batch]:
    """Owners who left are listed apart: their deals and tickets are still theirs."""
    for archived in ("false", "true"):
        for page in api.pages(path, {"limit": 100, "archived": archived}):
            yield Batch(page.records)


def _all(api: Api, access: Access, path: str) -> Iterator[Batch]:
    yield Batch(api.get(path)["results"])


def _campaigns(api: Api, access: Access, path: str) -> Iterator[Batch]:
    """Campaigns, and the items of what was spent on them: one more request for each of those."""
    for page in api.pages(path, {"limit": 100, "properties": ",".join(CAMPAIGN)}):
        for record in page.records:
            spent = (record.get("properties") or {}).get("hs_spend_items_sum_amount")
            if spent and float(spent) != 0:
                record["kadar"] = {"totals": api.get(f"{path}/{record['id']}/budget/totals")}
        yield Batch(page.records)


def _account(api: Api, access: Access, path: str) -> Iterator[Batch]:
    """The account, and the stages in which its people say that they wait for the customer."""
    said: dict[str, Any] = api.get(path)
    yield Batch([{**said, "kadar": {"waiting": several(access.options["waiting_stages"])}}])


def several(said: str | Sequence[str]) -> list[str]:
    """Return the values of an option that may be one or a list of them."""
    return [said] if isinstance(said, str) else list(said)


def _pipelines(name: str, kind: str) -> Listing:
    columns = {"id": "$.id", "label": "$.label", "stages": "$.stages"}
    return Listing(Object(name, columns), f"/crm/pipelines/{VERSION}/{kind}", _all)


def _named(*names: str, within: str = "") -> dict[str, str]:
    return {name: f'${within}."{name}"' for name in names}


LISTINGS = {
    listing.object.name: listing
    for listing in (
        Listing(
            Object(
                "account",
                {"currency": "$.companyCurrency", "waiting": "$.kadar.waiting"},
                key="$.portalId",
            ),
            f"/account-info/{VERSION}/details",
            _account,
        ),
        Listing(
            Object(
                "owners",
                _named("id", "userId", "email", "firstName", "lastName", "teams", "archived"),
                tables=("people",),
            ),
            f"/crm/owners/{VERSION}",
            _owners,
        ),
        _pipelines("deal_pipelines", "deals"),
        _pipelines("lead_pipelines", "leads"),
        _pipelines("ticket_pipelines", "tickets"),
        Listing(
            Object(
                "campaigns",
                {
                    "id": "$.id",
                    "items": "$.kadar.totals.spendItems",
                    "currency": "$.kadar.totals.currencyCode",
                    **_named(*CAMPAIGN, within=".properties"),
                },
                tables=("campaigns",),
                within="$.properties",
            ),
            f"/marketing/campaigns/{VERSION}",
            _campaigns,
        ),
        Listing(
            Object(
                "exchange_rates",
                _named("id", "fromCurrencyCode", "toCurrencyCode", "conversionRate", "effectiveAt"),
            ),
            f"/settings/currencies/{VERSION}/exchange-rates",
            _pages,
        ),
    )
}
