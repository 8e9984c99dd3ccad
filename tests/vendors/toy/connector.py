"""The connector of the toy system: pages by key, changes by moment, deletions by their own list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from kadar.sources.live.client import Client
from kadar.sources.live.connector import (
    Access,
    Batch,
    Found,
    Mark,
    Object,
    Option,
    Permission,
    Reading,
    Secret,
    Unreadable,
    columns,
)
from kadar.sources.live.session import ExpiringToken


class ToyConnector:
    """Reads deals by keyset on id; then what changed since, an hour before the last change on."""

    options: Sequence[Option] = (Option("url", "Where it is"),)
    secrets: Sequence[Secret] = (Secret("key", "The key"),)
    permissions: Sequence[Permission] = ()

    def __init__(self, access: Access) -> None:
        self.access = access
        self.token = ExpiringToken(self._token)
        self.session = access.session()
        self.client = Client(access.options["url"], self.session, self.token)

    def objects(self) -> Sequence[Object]:
        """Deals, and owners that not every account may see."""
        return (
            Object(
                "deals",
                columns("id", "title", "state", "value", "opened", "closed", "owner"),
                modified="$.changed",
                tables=("deals",),
            ),
            Object("owners", columns("id", "name")),
        )

    def test(self) -> Found:
        """Ask for one page."""
        self.client.get("/deals", params={"limit": 1}).raise_for_status()
        return Found("toy", {"deals": None, "owners": None})

    def read(self, name: str, mark: Mark, cursor: Any) -> Reading:
        """Read owners whole; deals whole at first, then what changed."""
        if name == "owners":
            answer = self.client.get("/owners").json()
            if answer["owners"] is None:
                raise Unreadable("the account may not see {what}", {"what": "owners"})
            return Reading([Batch(answer["owners"], total=len(answer["owners"]))], whole=True)
        if mark is None:
            return Reading(self._all(cursor or {"after": ""}), whole=True)
        return Reading(self._since(mark))

    def _all(self, cursor: dict[str, Any]) -> Iterator[Batch]:
        while True:
            params = {"after": cursor["after"], "limit": 7}
            page = self.client.get("/deals", params=params).json()
            cursor = {
                "after": page["deals"][-1]["id"] if page["deals"] else "",
                "now": cursor.get("now", page["now"]),
            }
            yield Batch(page["deals"], cursor=cursor, mark=cursor["now"], total=page["total"])
            if not page["more"]:
                return

    def _since(self, mark: str) -> Iterator[Batch]:
        gone = self.client.get("/deleted", params={"since": mark}).json()
        yield Batch(gone=gone["ids"], mark=gone["now"])
        after = ""
        while True:
            params = {"since": mark, "after": after, "limit": 7}
            page = self.client.get("/deals", params=params).json()
            yield Batch(page["deals"])
            if not page["more"]:
                return
            after = page["deals"][-1]["id"]

    def _token(self) -> tuple[str, float | None]:
        answer = self.session.post(
            f"{self.access.options['url']}/token", data={"key": self.access.secret("key")}
        )
        return answer.json()["token"], 3600
