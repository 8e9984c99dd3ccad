"""The connector: what Salesforce has, who we are there, and how each object is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

from kadar.language import N_
from kadar.sources.live.connector import (
    Access,
    Batch,
    Connector,
    Found,
    Mark,
    Object,
    Option,
    Permission,
    Reading,
    Secret,
    columns,
)
from kadar.sources.salesforce.answers import Refusal
from kadar.sources.salesforce.client import Client
from kadar.sources.salesforce.kinds import KINDS, ORGANIZATION
from kadar.sources.salesforce.passes import Pass


class SalesforceConnector(Connector):
    """Salesforce, read as the user that its app runs as."""

    options: ClassVar[Sequence[Option]] = (
        Option("domain", N_("The My Domain of the organisation: acme.my.salesforce.com")),
        Option(
            "sign_in",
            N_("How to sign in: client_credentials, jwt_bearer or refresh_token"),
            "client_credentials",
        ),
        Option("username", N_("The user that jwt_bearer signs in as"), needed=False),
        Option(
            "currency",
            N_("Currency of the organisation, where it has one only and it is not the company's"),
            needed=False,
        ),
        Option("bulk_over", N_("More records than this are read by Bulk API 2.0"), 2000),
        Option("whole_every", N_("Days after which all is read anew; 0: never"), 7),
        Option("calls_share", N_("Percent of the daily API calls at which to stop"), 80),
    )
    secrets: ClassVar[Sequence[Secret]] = (
        Secret("client_id", N_("Consumer Key of the app: External Client App Manager, Settings")),
        Secret(
            "client_secret",
            N_("Consumer Secret of the app, shown beside its key"),
            lambda options: options.get("sign_in") != "jwt_bearer",
        ),
        Secret(
            "private_key",
            N_("Private key (PEM) whose certificate was uploaded to the app"),
            lambda options: options.get("sign_in") == "jwt_bearer",
        ),
        Secret(
            "refresh_token",
            N_("Refresh token of a user who allowed the app"),
            lambda options: options.get("sign_in") == "refresh_token",
        ),
    )
    permissions: ClassVar[Sequence[Permission]] = (
        Permission("OAuth scope: Manage user data via APIs (api)", ("deals", "customers", "leads")),
        Permission("API Enabled", ("deals", "customers", "leads")),
        Permission("View All on Accounts, Contacts, Leads, Opportunities", (
            "customers", "contacts", "leads", "deals", "deal_stages",
        )),
        Permission("View All on Cases", ("tickets", "ticket_events")),
        Permission("View All on Campaigns", ("campaigns", "campaign_members", "spend")),
        Permission("Read on Orders and Contracts", ("orders", "order_lines", "subscriptions")),
        Permission("Access Activities", ("interactions",)),
        Permission("View Roles and Role Hierarchy", ("people",)),
        Permission("Read on Surveys", ("surveys",)),
    )  # fmt: skip

    def __init__(self, access: Access) -> None:
        self._access = access

    @cached_property
    def _client(self) -> Client:
        return Client(self._access)

    def objects(self) -> Sequence[Object]:
        """Return the objects: settings first, then records, each before its history."""
        own = Object(ORGANIZATION, columns("Currency"), key="$.Id")
        return [
            own,
            *(
                Object(
                    name,
                    columns(*kind.wanted),
                    key="$.Id",
                    modified=kind.stamp and f"$.{kind.stamp}",
                    tables=kind.tables,
                )
                for name, kind in KINDS.items()
            ),
        ]

    def test(self) -> Found:
        """Sign in; find which objects the user of the API can query."""
        said = self._client.get("sobjects")
        seen = {one["name"] for one in said["sobjects"] if one.get("queryable")}
        absent = N_("the organisation does not have it, or the user may not see it")
        readable = {name: None if name in seen else absent for name in KINDS}
        known = self._client.get("query", q="SELECT Name, OrganizationType FROM Organization")
        row: Mapping[str, Any] = next(iter(known["records"]), {})
        return Found(f"{row.get('Name')} ({row.get('OrganizationType')})", readable)

    def read(self, name: str, mark: Mark, cursor: Any) -> Reading:
        """Read what changed since `mark`, or all where that cannot be relied on."""
        if name == ORGANIZATION:
            return Reading(self._organization(), whole=True)
        return Pass(self._client, self._access, name).reading(mark, cursor)

    def _organization(self) -> Iterator[Batch]:
        """Land in which currency amounts without one are."""
        currency = self._access.options.get("currency")
        if not currency:
            try:
                said: Mapping[str, Any] = self._client.get("connect/organization")
                currency = (said.get("features") or {}).get("defaultCurrencyIsoCode")
            except Refusal:
                currency = None
        record = {"Id": ORGANIZATION} | ({"Currency": str(currency)} if currency else {})
        yield Batch([record], total=1)
