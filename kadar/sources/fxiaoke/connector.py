"""Fxiaoke as a connector: what it has, what changed, what is gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from kadar.errors import KadarError
from kadar.language import N_
from kadar.sources.fxiaoke.fields import Field, choose, described, find
from kadar.sources.fxiaoke.judge import HOSTS, REFUSED
from kadar.sources.fxiaoke.objects import (
    BY_NAME,
    CHOICES,
    KINDS,
    NEW,
    OLD,
    OPTIONS,
    PEOPLE,
    Kind,
)
from kadar.sources.fxiaoke.passes import Pass
from kadar.sources.fxiaoke.people import people
from kadar.sources.live.connector import (
    Batch,
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
    from kadar.sources.fxiaoke.client import Client
    from kadar.sources.live.connector import Access

_INACTIVE = N_("not in use at this company, or not shared with the employee")


class FxiaokeConnector:
    """One company's Fxiaoke, read as one employee."""

    options: ClassVar[Sequence[Option]] = (
        Option("app_id", N_("appId of the company's own app: FSAID_…")),
        Option(
            "user",
            N_(
                "employee it is read as, a CRM administrator: the employee id (1000); of the old "
                "way to sign in the openUserId (FSUID_…) or the mobile number"
            ),
        ),
        Option("host", N_("host of the company's cloud"), HOSTS[0]),
        Option("sign_in", N_("new, or old: the token in the body of each call"), "new"),
        Option("deals", N_("opportunities to read: auto, new (商机2.0), old (商机)"), "auto"),
        Option("instead", N_("own objects read in place of preset ones"), needed=False),
        Option("calls_per_second", N_("calls a second at most; 100 in 20 s are allowed"), 5),
        Option("reconcile_hours", N_("hours after which all ids are compared again"), 24),
    )
    secrets: ClassVar[Sequence[Secret]] = (
        Secret("app_secret", N_("appSecret of the app, beside its appId")),
        Secret("permanent_code", N_("permanent code (永久授权码) of the app, beside its appId")),
    )
    permissions: ClassVar[Sequence[Permission]] = (
        *(Permission(f"{kind.called} {kind.name}", kind.tables) for kind in KINDS if kind.tables),
        Permission("退货单 ReturnedGoodsInvoiceObj", ("orders",)),
        Permission("高级外勤 CheckinsObj", ("interactions",)),
    )

    def __init__(self, access: Access) -> None:
        self._access = access
        self._described: dict[str, dict[str, Field]] = {}

    def objects(self) -> Sequence[Object]:
        """Return the objects in the order they are read; asks the system nothing."""
        return (CHOICES, *(kind.object for kind in KINDS))

    def test(self) -> Found:
        """Sign in, and try each object. Raises KDR-SRC-180 to -187."""
        readable: dict[str, str | None] = {}
        for kind in KINDS:
            readable[kind.name] = None
            try:
                if kind.name not in self._read:
                    readable[kind.name] = _INACTIVE
                elif kind.name == PEOPLE:
                    next(iter(self._people()))
                else:
                    self.client.last(self.name(kind.name), [], "_id")
            except Unreadable as unreadable:
                readable[kind.name] = unreadable.why.format(**unreadable.details)
            except KadarError as error:
                if error.code != REFUSED:
                    raise
                readable[kind.name] = error.sentence()
        user = self._access.options["user"]
        return Found(f"{self.client.token.company}, {user}", readable)

    def read(self, name: str, mark: Mark, cursor: Any) -> Reading:
        """Begin, or go on from a mark: what changed since, and all ids where some are missing."""
        if name == OPTIONS:
            return Reading(self._choices(), whole=True)
        if name not in self._read:
            return Reading(())
        if name == PEOPLE:
            return Reading(self._people(), whole=True)
        with _refusals():
            fields = self._describe(name)
            begun = Pass(self.client, self._access, self.name(name), name, fields)
            reading = begun.reading(mark, cursor, self._chosen(name), self._custom(name))
        return Reading(_refused(reading.batches), reading.whole, reading.why)

    @cached_property
    def client(self) -> Client:
        """The API; made when first asked something."""
        from kadar.sources.fxiaoke.client import Client

        return Client(self._access)

    def name(self, name: str) -> str:
        """Return the API's name of an object: the company's own where it took its place."""
        instead: Mapping[str, str] = self._access.options["instead"] or {}
        return instead.get(name, name)

    @cached_property
    def _read(self) -> set[str]:
        """The objects that are read: those in use, of opportunities only one kind.

        A company that went over to 商机2.0 took its opportunities along, so that both kinds have
        them: only the new ones are read, unless the option says otherwise.
        """
        said = self.client.ask("/cgi/crm/v2/object/list", {"includeNull": False})
        listed = (said.get("data") or {}).get("objects") or []
        active = {one["describeApiName"] for one in listed if one.get("isActive")}
        used = {kind.name for kind in KINDS if self.name(kind.name) in active} | {PEOPLE}
        deals = self._access.options["deals"]
        if deals == "auto" and {NEW, OLD} <= used:
            text = N_("Both kinds of opportunities are in use; only 商机2.0 ({name}) is read.")
            self._access.note(text.format(name=NEW))
        if deals == "new" or (deals == "auto" and NEW in used):
            used.discard(OLD)
        elif deals == "old":
            used.discard(NEW)
        return used

    def _describe(self, name: str) -> dict[str, Field]:
        if name not in self._described:
            body = {"includeDetail": False, "data": {"apiName": self.name(name)}}
            self._described[name] = described(self.client.ask("/cgi/crm/v2/object/describe", body))
        return self._described[name]

    def _chosen(self, name: str) -> dict[str, Field]:
        return choose(BY_NAME[name].all, self._describe(name))

    def _custom(self, name: str) -> dict[str, Field]:
        """Return the fields that kadar.toml maps; what it says of deals holds for both kinds."""
        asked = self._access.custom.get(NEW if name == OLD else name, ())
        found: dict[str, Field] = {}
        for one in asked:
            field = find(one, self._describe(name))
            if field is None:
                text = N_("{object} has no field {field}, which kadar.toml maps: it stays empty.")
                self._access.note(text.format(object=name, field=one))
            else:
                found[one] = field
        return found

    def _choices(self) -> Iterator[Batch]:
        """Yield what the options of the chosen fields are called, object by object."""
        for kind in KINDS:
            if kind.name not in self._read or kind.name == PEOPLE:
                continue
            try:
                yield Batch(records=_options(kind, self._chosen(kind.name)))
            except KadarError as error:
                if error.code != REFUSED:
                    raise

    def _people(self) -> Iterator[Batch]:
        fields: Mapping[str, Field] = {}
        try:
            fields = self._chosen(PEOPLE)
        except KadarError as error:
            if error.code != REFUSED:
                raise
        return people(self.client, self._access, fields)


def _options(kind: Kind, chosen: Mapping[str, Field]) -> list[dict[str, Any]]:
    return [
        {
            "id": f"{kind.name}.{column}.{value}",
            "object": kind.name,
            "field": column,
            "value": value,
            "label": label,
            "position": position,
        }
        for column, field in chosen.items()
        for position, (value, label) in enumerate(field.options.items(), 1)
    ]


@contextmanager
def _refusals() -> Iterator[None]:
    """Make of what Fxiaoke refuses of one object an object that cannot be read."""
    try:
        yield
    except KadarError as error:
        if error.code != REFUSED:
            raise
        raise Unreadable(
            N_("Fxiaoke refused it: errorCode {number}, {detail}"), dict(error.details)
        ) from error


def _refused(batches: Iterable[Batch]) -> Iterator[Batch]:
    with _refusals():
        yield from batches
