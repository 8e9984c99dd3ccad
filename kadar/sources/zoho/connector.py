"""The connector of Zoho: what it needs, which objects there are, how each is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from kadar.errors import KadarError
from kadar.language import N_
from kadar.sources.live.connector import (
    Batch,
    Connector,
    Found,
    Object,
    Option,
    Permission,
    Reading,
    Secret,
)
from kadar.sources.zoho import desk as desk_objects
from kadar.sources.zoho import history, settings
from kadar.sources.zoho.api import Api
from kadar.sources.zoho.bulk import Bulk
from kadar.sources.zoho.centres import api_host, centre
from kadar.sources.zoho.crm import V8, Crm
from kadar.sources.zoho.desk import Desk
from kadar.sources.zoho.modules import MODULES
from kadar.sources.zoho.reading import ModuleReading
from kadar.sources.zoho.token import SharedToken, judge_token
from kadar.sources.zoho.verdicts import Judge, Refused, unreadable

if TYPE_CHECKING:
    from kadar.sources.live.connector import Access, Mark

ORDERS = {"sales_orders": "Sales_Orders", "invoices": "Invoices"}
BULK_FROM = 20_000  # records of a module; below it COQL takes ten calls or fewer
_SCOPES = {  # of what is no module
    "Users": "ZohoCRM.users.READ",
    "Currencies": "ZohoCRM.settings.currencies.READ",
    "Pipelines": "ZohoCRM.settings.pipeline.READ",
}


class ZohoConnector(Connector):
    """Zoho CRM v8 and Zoho Desk v1."""

    options: ClassVar[Sequence[Option]] = (
        Option(
            "data_centre",
            N_("Ending of the address you open Zoho at: com, eu, in, com.au, jp, com.cn, ca or sa"),
            "com",
        ),
        Option("environment", N_("production, sandbox or developer"), "production"),
        Option(
            "desk_org",
            N_("Zoho Desk's organisation ID (Setup, Developer Space, API); empty without Desk"),
            needed=False,
        ),
        Option(
            "orders",
            N_("What counts as an order: sales_orders or invoices, never both"),
            "sales_orders",
        ),
        Option("bulk_from", N_("Modules of this many records are read in bulk"), BULK_FROM),
        Option(
            "accounts_url", N_("Address of the accounts server, where it is another"), "", False
        ),
        Option("desk_url", N_("Address of Zoho Desk, where it is another"), "", False),
    )
    secrets: ClassVar[Sequence[Secret]] = (
        Secret("client_id", N_("Client ID of a self client in Zoho's API console")),
        Secret("client_secret", N_("Client secret of the same self client")),
        Secret("refresh_token", N_("Refresh token made with the scopes listed here")),
    )
    permissions: ClassVar[Sequence[Permission]] = (
        Permission(
            "ZohoCRM.modules.READ",
            ("customers", "contacts", "leads", "deals", "deal_stages", "campaigns", "spend",
             "interactions", "orders", "order_lines", "tickets"),
        ),
        Permission("ZohoCRM.settings.fields.READ", ("customers", "leads", "deals")),
        Permission("ZohoCRM.settings.layouts.READ", ("deals", "deal_stages")),
        Permission("ZohoCRM.settings.pipeline.READ", ("deals", "deal_stages")),
        Permission("ZohoCRM.settings.currencies.READ", ("fx_rates",)),
        Permission("ZohoCRM.users.READ", ("people",)),
        Permission("ZohoCRM.org.READ", ()),
        Permission("ZohoCRM.coql.READ", ()),
        Permission("ZohoCRM.bulk.READ", ()),
        Permission("Desk.tickets.READ", ("tickets", "ticket_events", "surveys")),
        Permission("Desk.contacts.READ", ("tickets",)),
        Permission("Desk.search.READ", ("tickets",)),
        Permission("Desk.basic.READ", ("people",)),
        Permission("Desk.settings.READ", ("people",)),
    )  # fmt: skip

    def __init__(self, access: Access) -> None:
        self.access = access

    def objects(self) -> Sequence[Object]:
        """Return the objects in the order they are read."""
        return (
            settings.USERS,
            settings.CURRENCIES,
            settings.PIPELINES,
            *(module.object for module in MODULES.values()),
            history.STAGES,
            history.LINES,
            *desk_objects.OBJECTS,
        )

    def test(self) -> Found:
        """Sign in and ask each object for one record. Raises KDR-SRC-160 to -170."""
        said = self._crm.api.get(f"{V8}/org")
        org = (said.get("org") or [{}])[0]
        account = f"{org.get('company_name', '')} ({org.get('primary_email', '')})"
        readable: dict[str, str | None] = {}
        for one in self.objects():
            if self._left_out(one.name):
                continue
            try:
                self._probe(one.name)
                readable[one.name] = None
            except Refused as refused:
                readable[one.name] = refused.sentence()
        return Found(account, readable)

    def read(self, name: str, mark: Mark, cursor: Any) -> Reading:
        """Begin a pass over an object, or go on with one."""
        if self._left_out(name):
            return Reading((), whole=True)
        try:
            reading = self._reading(name, mark, cursor)
        except Refused as refused:
            raise self._said(name, refused) from None
        return replace(reading, batches=self._guarded(name, reading.batches))

    def _guarded(self, name: str, batches: Iterable[Batch]) -> Iterator[Batch]:
        """Yield batches; what Zoho refuses on the way is judged as at the beginning."""
        try:
            yield from batches
        except Refused as refused:
            raise self._said(name, refused) from None

    def _said(self, name: str, refused: Refused) -> Exception:
        """Return what a refusal means for the sync: the CRM's modules it does not do without."""
        return unreadable(refused, self._scope(name), alone=name not in MODULES)

    def _reading(self, name: str, mark: Mark, cursor: Any) -> Reading:
        if name in MODULES:
            return self._module(name, mark, cursor)
        if name.startswith("Desk_"):
            return self._desk.read(name, mark, cursor)
        if name == history.STAGES.name:
            return history.StageHistory(self._crm, self.access).read(mark, cursor)
        if name == history.LINES.name:
            return history.order_lines(self._crm, self.access, self._orders, mark, cursor)
        small = {
            "Users": settings.users,
            "Currencies": settings.currencies,
            "Pipelines": settings.pipelines,
        }
        return small[name](self._crm)

    def _module(self, name: str, mark: Mark, cursor: Any) -> Reading:
        module = MODULES[name]
        described = self._crm.describe(module, self.access.custom.get(name, ()))
        if described.missing:
            self.access.note(
                N_("{object} has no fields {fields} for this account.").format(
                    object=name, fields=", ".join(described.missing)
                )
            )
        if described.beyond:
            self.access.note(
                N_("{object}: Zoho gives 50 fields at once; left out: {fields}.").format(
                    object=name, fields=", ".join(described.beyond)
                )
            )
        return ModuleReading(
            self._crm,
            Bulk(self._crm.api),
            module,
            described,
            int(self.access.options["bulk_from"]),
        ).read(mark, cursor)

    def _probe(self, name: str) -> None:
        """Ask for as little of an object as shows that it can be read."""
        crm = self._crm
        if name in MODULES:
            crm.api.get(f"{V8}/{name}", {"fields": "Modified_Time", "per_page": "1"})
        elif name == "Users":
            crm.api.get(f"{V8}/users", {"type": "AllUsers", "per_page": "1"})
        elif name == "Currencies":
            settings.currencies(crm)
        elif name == "Pipelines":
            settings.pipelines(crm)
        elif name.startswith("Desk_"):
            self._desk.probe(name)

    def _left_out(self, name: str) -> bool:
        """Tell whether the options leave an object out."""
        if name.startswith("Desk_"):
            return not self.access.options["desk_org"]
        return name in ORDERS.values() and name != self._orders

    def _scope(self, name: str) -> str:
        if name.startswith("Desk_"):
            return "Desk.tickets.READ"
        return _SCOPES.get(name, f"ZohoCRM.modules.{name.lower()}.READ")

    @property
    def _orders(self) -> str:
        """The module orders come from. Raises KDR-SRC-169."""
        said = str(self.access.options["orders"])
        if said not in ORDERS:
            raise KadarError(
                "KDR-SRC-169",
                N_("options.orders is “{said}”, which Zoho does not have."),
                N_("Take one of: {known}."),
                said=said,
                known=", ".join(ORDERS),
            )
        return ORDERS[said]

    @cached_property
    def _token(self) -> SharedToken:
        options = self.access.options
        accounts = options["accounts_url"] or centre(str(options["data_centre"])).accounts
        return SharedToken(self.access, self.access.session(judge=judge_token), accounts)

    @cached_property
    def _crm(self) -> Crm:
        host = api_host(self._token.api_domain, str(self.access.options["environment"]))
        return Crm(Api(host, self.access.session(judge=Judge()), self._token))

    @cached_property
    def _desk(self) -> Desk:
        options = self.access.options
        host = options["desk_url"] or centre(str(options["data_centre"])).desk
        headers: Mapping[str, str] = {"orgId": str(options["desk_org"])}
        session = self.access.session(judge=Judge())
        return Desk(Api(host, session, self._token, headers), self.access)
