"""The connector of Dynamics 365: what it needs, what it reads, and how each table is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from kadar.errors import KadarError
from kadar.language import N_
from kadar.sources.dynamics.objects import TABLES
from kadar.sources.dynamics.refusals import PRIVILEGE
from kadar.sources.live.connector import (
    Access,
    Found,
    Mark,
    Object,
    Option,
    Permission,
    Reading,
    Secret,
    Unreadable,
)

if TYPE_CHECKING:
    from kadar.sources.dynamics.metadata import Definition
    from kadar.sources.dynamics.odata import Service
    from kadar.sources.dynamics.reading import Query

KEPT = 7  # days that changes are kept, where the environment does not say


class Dataverse:
    """Reads the tables of one environment, as an application user."""

    options: ClassVar[Sequence[Option]] = (
        Option("url", N_("Address of the environment: https://acme.crm5.dynamics.com")),
        Option("tenant", N_("Directory (tenant) ID, on the overview of the app registration")),
        Option("client_id", N_("Application (client) ID, on the overview of the app registration")),
        Option(
            "language",
            N_("Language of labels as its number: 1033 English, 2052 Chinese, 1086 Malay"),
            needed=False,
        ),
        Option(
            "login",
            N_("Address of Microsoft Entra ID, another for China and governments"),
            "https://login.microsoftonline.com",
        ),
        Option("version", N_("Version of the Web API"), "v9.2"),
    )
    secrets: ClassVar[Sequence[Secret]] = (
        Secret("client_secret", N_("Client secret: Certificates & secrets, of the registration")),
    )
    permissions: ClassVar[Sequence[Permission]] = (
        Permission("prvReadAccount, prvReadContact", ("customers", "contacts")),
        Permission("prvReadLead", ("leads",)),
        Permission("prvReadOpportunity", ("deals",)),
        Permission("prvReadAuditSummary", ("deal_stages", "ticket_events")),
        Permission("prvReadIncident, prvReadSLAKPIInstance", ("tickets", "ticket_events")),
        Permission("prvReadActivity", ("interactions", "tickets", "surveys")),
        Permission("prvReadCampaign, prvReadList", ("campaigns", "campaign_members", "spend")),
        Permission("prvReadSalesOrder, prvReadInvoice", ("orders", "order_lines")),
        Permission("prvReadContract", ("subscriptions",)),
        Permission("prvReadUser, prvReadTeam", ("people",)),
        Permission("prvReadTransactionCurrency", ("fx_rates",)),
    )

    def __init__(self, access: Access) -> None:
        self.access = access

    def objects(self) -> Sequence[Object]:
        """Return the tables in the order they are read."""
        return TABLES

    def test(self) -> Found:
        """Sign in and ask each table for one record. Raises KDR-SRC errors."""
        who = self._service.get("WhoAmI()")
        readable: dict[str, str | None] = {}
        for one in TABLES:
            try:
                definition = self._definition(one.name)
                self._service.get(f"{definition.entity_set}?$select={definition.key}&$top=1")
                readable[one.name] = None
            except (Unreadable, KadarError) as error:
                if isinstance(error, KadarError) and error.code != PRIVILEGE:
                    raise
                readable[one.name] = (
                    error.why.format(**error.details) if isinstance(error, Unreadable)
                    else str(error.details.get("detail"))
                )  # fmt: skip
        name = self._organization.get("name") or who.get("OrganizationId")
        return Found(f"{name}, application user {who.get('UserId')}", readable)

    def read(self, name: str, mark: Mark, cursor: Any) -> Reading:
        """Read what changed, or all; `reading` says how for each kind of table."""
        from kadar.sources.dynamics.reading import by_changes, by_modified, read_whole

        try:
            query = self._query(name)
            if query.definition.tracked and not query.filter:
                return by_changes(query, mark, cursor)
            if query.stamp in query.definition.columns:
                return by_modified(query, mark, cursor)
            return read_whole(query, cursor)
        except KadarError as error:
            if error.code != PRIVILEGE:
                raise
            why = N_("a privilege is missing: {detail}")
            raise Unreadable(why, {"detail": error.details.get("detail")}) from None

    def _query(self, name: str) -> Query:
        """Return what is asked of a table: the columns of its object that exist, and no others."""
        from kadar.sources.dynamics import audit
        from kadar.sources.dynamics.metadata import dates
        from kadar.sources.dynamics.reading import Query

        definition = self._definition(name)
        custom = self.access.custom.get(name, ())
        for field in custom:
            if not definition.selected([field]):
                text = N_("{object} has no column {column}, which kadar.toml maps.")
                self.access.note(text.format(object=name, column=field))
        one = next(one for one in TABLES if one.name == name)
        paths = [path.removeprefix('$."').removesuffix('"') for path in one.columns.values()]
        wanted = [audit.CHANGES if path == "changes" else path for path in [*paths, *custom]]
        selected = definition.selected(wanted)
        query = Query(
            self._service,
            definition,
            selected,
            list(dict.fromkeys([definition.key, *wanted])),
            dates(self._service, definition, selected),
            self.access.moment,
            self.access.time_zone,
            tracked_for=self._tracked_for,
        )
        if name == "audit":
            query.stamp, query.filter = "createdon", audit.CONDITION
            query.reconciled, query.refined = False, audit.refined
        if name == "stringmap":
            listed = " or ".join(f"objecttypecode eq '{one.name}'" for one in TABLES)
            query.filter = f"langid eq {self._language} and ({listed})"
        return query

    @cached_property
    def _service(self) -> Service:
        from kadar.sources.dynamics.odata import Service

        return Service(self.access)

    @cached_property
    def _definitions(self) -> Mapping[str, Definition]:
        from kadar.sources.dynamics.metadata import definitions

        return definitions(self._service, [one.name for one in TABLES])

    def _definition(self, name: str) -> Definition:
        if name not in self._definitions:
            raise Unreadable(N_("the environment has no such table: its app is not installed"))
        return self._definitions[name]

    @cached_property
    def _organization(self) -> Mapping[str, Any]:
        """The environment's own settings; empty where they may not be read."""
        try:
            wanted = "name,languagecode,expirechangetrackingindays"
            found = self._service.get(f"organizations?$select={wanted}")["value"]
        except KadarError as error:
            if error.code != PRIVILEGE:
                raise
            found = []
        return found[0] if found else {}

    @property
    def _tracked_for(self) -> timedelta:
        return timedelta(days=int(self._organization.get("expirechangetrackingindays") or KEPT))

    @property
    def _language(self) -> int:
        """The language of labels: the environment's own, not that of whoever asks."""
        return int(self.access.options["language"] or self._organization.get("languagecode", 1033))
