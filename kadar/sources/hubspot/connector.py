"""The connector: HubSpot's settings, secrets and scopes, and how its objects are read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from kadar.errors import KadarError
from kadar.language import N_
from kadar.sources.hubspot.api import VERSION, Api
from kadar.sources.hubspot.judge import MISSING
from kadar.sources.hubspot.listings import LISTINGS, several
from kadar.sources.hubspot.reading import Records
from kadar.sources.hubspot.records import KINDS
from kadar.sources.live.connector import (
    Batch,
    Found,
    Object,
    Option,
    Permission,
    Reading,
    Secret,
    Unreadable,
)

if TYPE_CHECKING:
    from kadar.sources.live.connector import Access, Mark

_CHOICES = {
    "customers": ("companies", "contacts"),
    "leads": ("leads", "contacts"),
    "orders": ("orders", "invoices"),
}
_PAGED = ("owners", "campaigns", "exchange_rates")


def _by_app(options: Mapping[str, Any]) -> bool:
    return bool(options.get("client_id"))


def _by_key(options: Mapping[str, Any]) -> bool:
    return not _by_app(options)


class HubSpotConnector:
    """HubSpot: one account."""

    options: ClassVar[Sequence[Option]] = (
        Option(
            "client_id", N_("Client ID of your app, for OAuth; none: a service key"), needed=False
        ),
        Option("customers", N_("Who the customers are: `companies` or `contacts`"), "companies"),
        Option("leads", N_("What leads are: `leads`, or `contacts` by lifecycle stage"), "leads"),
        Option("orders", N_("What was bought is read from: `orders` or `invoices`"), "orders"),
        Option(
            "waiting_stages",
            N_("Ticket stages (names) in which time waits for the customer and is not counted"),
            (),
        ),
        Option("leave_out", N_("Objects not to read, such as `notes`"), ()),
        Option("reconcile_days", N_("Days after which all is read again, to find deletions"), 7),
        Option("base_url", N_("Address of the API"), "https://api.hubapi.com"),
    )
    secrets: ClassVar[Sequence[Secret]] = (
        Secret("service_key", N_("Service key: Settings › Integrations › Service keys"), _by_key),
        Secret("client_secret", N_("Client secret of your app: its Auth tab"), _by_app),
        Secret("refresh_token", N_("Refresh token that installing the app gave"), _by_app),
    )
    permissions: ClassVar[Sequence[Permission]] = (
        Permission("crm.objects.companies.read", ("customers",)),
        Permission("crm.objects.contacts.read", ("contacts", "interactions")),
        Permission("crm.objects.deals.read", ("deals", "deal_stages")),
        Permission("crm.objects.leads.read", ("leads",)),
        Permission("crm.objects.owners.read", ("people",)),
        Permission("tickets", ("tickets", "ticket_events")),
        Permission("crm.objects.feedback_submissions.read", ("surveys",)),
        Permission("marketing.campaigns.read", ("campaigns", "spend")),
        Permission("crm.objects.orders.read", ("orders",)),
        Permission("crm.objects.invoices.read", ("orders",)),
        Permission("crm.objects.line_items.read", ("order_lines",)),
        Permission("crm.objects.subscriptions.read", ("subscriptions",)),
        Permission("sales-email-read", ("interactions",)),
        Permission("multi-currency-read", ("fx_rates",)),
    )

    def __init__(self, access: Access) -> None:
        self._access = access
        self._made: Api | None = None

    @property
    def _api(self) -> Api:
        """The API, made when it is first asked: what is read can be told without it."""
        if self._made is None:
            _check(self._access.options)
            self._made = Api(self._access)
        return self._made

    def objects(self) -> Sequence[Object]:
        """Return what is set up first, then the records."""
        options = self._access.options
        chosen = {table: options[table] for table in _CHOICES}  # called as the tables they fill
        made = [listing.object for listing in LISTINGS.values()]
        for kind in KINDS.values():
            own = [table for table in kind.tables if chosen.get(table, kind.name) == kind.name]
            more = [table for table, name in chosen.items() if name == kind.name]
            made.append(replace(kind.object, tables=tuple(dict.fromkeys([*own, *more]))))
        return made

    def test(self) -> Found:
        """Read one record of each object. Raises KDR-SRC errors."""
        said = self._api.get(f"/account-info/{VERSION}/details")
        readable: dict[str, str | None] = {}
        for one in self.objects():
            readable[one.name] = self._tried(one.name)
        account = f"{said.get('portalId')} ({said.get('uiDomain')})"
        return Found(account, readable)

    def _tried(self, name: str) -> str | None:
        """Return why an object cannot be read."""
        if not self._chosen(name):
            return None
        listing = LISTINGS.get(name)
        path = listing.path if listing else f"/crm/objects/{VERSION}/{name}"
        limit = {"limit": "1"} if name in KINDS or name in _PAGED else {}
        try:
            self._api.get(path, **limit)
        except KadarError as error:
            if error.code != MISSING:
                raise
            return error.sentence()
        return None

    def read(self, name: str, mark: Mark, cursor: Any) -> Reading:
        """Read what is set up whole; of records all at first, then what changed."""
        if not self._chosen(name):
            return Reading([Batch()], whole=True)
        listing = LISTINGS.get(name)
        if listing is not None:
            batches = listing.batches(self._api, self._access, listing.path)
            return Reading(_told(batches), whole=True)
        reading = Records(self._api, self._access, KINDS[name]).read(mark, cursor)
        return Reading(_told(reading.batches), reading.whole, reading.why)

    def _chosen(self, name: str) -> bool:
        """Tell whether the options choose this object, or another in its place, or none."""
        options = self._access.options
        if name in several(options["leave_out"]):
            return False
        if name in {"leads", "lead_pipelines"}:
            return bool(options["leads"] == "leads")
        return name not in {"orders", "invoices"} or bool(options["orders"] == name)


def _told(batches: Any) -> Iterator[Batch]:
    """Tell an object whose scope is missing as one that cannot be read."""
    try:
        yield from batches
    except KadarError as error:
        if error.code != MISSING:
            raise
        raise Unreadable(error.message, dict(error.details)) from error


def _check(options: Mapping[str, Any]) -> None:
    """Raise KDR-SRC-124 for an option with a value that it cannot have."""
    known = sorted({*LISTINGS, *KINDS} - {"account"})
    said: list[tuple[str, object, tuple[str, ...]]] = [
        (name, options[name], choices) for name, choices in _CHOICES.items()
    ]
    said += [("leave_out", name, tuple(known)) for name in several(options["leave_out"])]
    for name, value, choices in said:
        if value not in choices:
            raise KadarError(
                "KDR-SRC-124",
                N_("Option {option} of HubSpot cannot be {value}."),
                N_("Choose one of: {choices}."),
                option=name,
                value=value,
                choices=", ".join(choices),
            )
