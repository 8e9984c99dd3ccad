"""The company's own staff: `PersonnelObj`, and whom it does not show, from the address book.

Even an administrator may see nobody, or only some, by `PersonnelObj`: it has permissions of its
own. The address book lists all of them, so who is missing is taken from there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from kadar.errors import KadarError
from kadar.language import N_
from kadar.sources.fxiaoke.fields import Field
from kadar.sources.fxiaoke.judge import REFUSED
from kadar.sources.fxiaoke.objects import PEOPLE
from kadar.sources.live.connector import Batch, Unreadable

if TYPE_CHECKING:
    from kadar.sources.fxiaoke.client import Client
    from kadar.sources.live.connector import Access

EVERYBODY = 999999  # the department that is the whole company


def people(client: Client, access: Access, chosen: Mapping[str, Field]) -> Iterator[Batch]:
    """Yield everybody, by employee id. Raises `Unreadable` where neither way shows anybody."""
    seen: set[str] = set()
    refusal: KadarError | None = None
    if "user_id" in chosen:
        fields = list(dict.fromkeys(["_id", *(n for f in chosen.values() for n in f.asked)]))
        try:
            for page in client.pages(PEOPLE, [], fields, None):
                made = [one for record in page if (one := _person(record, chosen))["_id"]]
                seen |= {str(one["_id"]) for one in made}
                yield Batch(records=made)
        except KadarError as error:
            if error.code != REFUSED:
                raise
            refusal = error
    try:
        listed = client.ask(
            "/cgi/user/list",
            {"departmentId": EVERYBODY, "fetchChild": True, "showDepartmentIdsDetail": True},
        ).get("userList")
    except KadarError as error:
        if error.code != REFUSED:
            raise
        refusal, listed = error, None
    others = [_listed(one) for one in listed or [] if str(one["openUserId"]) not in seen]
    if not seen and not others:
        details = dict(refusal.details) if refusal else {"number": 0, "detail": "-"}
        raise Unreadable(N_("Fxiaoke refused it: errorCode {number}, {detail}"), details)
    if not seen and others:
        access.note(N_("PersonnelObj shows nobody; people are read from the address book."))
    yield Batch(records=others)


def _person(record: Mapping[str, Any], chosen: Mapping[str, Field]) -> dict[str, Any]:
    made = {column: field.read(record) for column, field in chosen.items()}
    user = made["user_id"]
    made["_id"] = str(user[0] if isinstance(user, list) and user else user or "")
    made["user_id"] = made["_id"]
    return {name: value for name, value in made.items() if value is not None}


def _listed(user: Mapping[str, Any]) -> dict[str, Any]:
    """Return somebody of the address book as `PersonnelObj` would show them."""
    departments = user.get("departmentIds") or [None]
    made = {
        "_id": str(user["openUserId"]),
        "user_id": str(user["openUserId"]),
        "full_name": user.get("name"),
        "email": user.get("email"),
        "department": user.get("mainDepartmentId") or departments[0],
        "position": user.get("position"),
        "leader": user.get("leaderId"),
        "status": "1" if user.get("isStop") else "0",
    }
    return {name: value for name, value in made.items() if value is not None}
