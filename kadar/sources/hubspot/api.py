"""HubSpot's API: its paths and pages, at the pace its answers allow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from kadar.sources.hubspot.judge import judge
from kadar.sources.hubspot.token import signed

if TYPE_CHECKING:
    from requests import Response

    from kadar.sources.live.connector import Access
    from kadar.sources.live.session import Session

VERSION = "2026-09"  # HubSpot supports a version for 18 months: March 2028
SEARCHES = 4.0  # a second: its pages say 4 and 5
MOST_LISTED, MOST_WITH_HISTORY, MOST_FOUND, MOST_LINKED = 100, 50, 200, 1000


@dataclass(frozen=True)
class Page:
    """One page: its records, where the next begins (None: nowhere), HubSpot's clock in epoch ms."""

    records: Sequence[dict[str, Any]]
    after: str | None
    moment: int


class Api:
    """The API of one account, signed in when first asked."""

    def __init__(self, access: Access) -> None:
        from kadar.sources.live.client import Client

        self._access = access
        base = str(access.options["base_url"])
        self._session = access.session(self._judged)
        auth = signed(access, self._session, f"{base}/oauth/{VERSION}/token")
        self._client = Client(base, self._session, auth)
        self._search = Client(base, access.session(judge, SEARCHES), auth)

    def _judged(self, answer: Response) -> Any:
        _pace(self._session, answer.headers)
        return judge(answer)

    def get(self, path: str, **parameters: str) -> dict[str, Any]:
        """Return what is at a path."""
        said: dict[str, Any] = self._client.get(path, parameters).json()
        return said

    def pages(
        self, path: str, parameters: Mapping[str, object], after: str | None = None
    ) -> Iterator[Page]:
        """Return the pages of a list, from a place on."""
        from dlt.sources.helpers.rest_client.paginators import JSONResponseCursorPaginator

        paginator = JSONResponseCursorPaginator("paging.next.after", "after")
        given = {**parameters, **({"after": after} if after else {})}
        for page in self._client.paginate(
            path, params=given, paginator=paginator, data_selector="results"
        ):
            said = page.response.json()
            following = ((said.get("paging") or {}).get("next") or {}).get("after")
            yield Page(page, following, self._moment(page.response))

    def search(self, kind: str, filters: Sequence[Mapping[str, str]]) -> Page:
        """Return the first records by id that meet the filters: their ids only.

        A search never gives more than 10,000, whatever its page: the next page is another search,
        for ids above the last.
        """
        said = {
            "filterGroups": [{"filters": list(filters)}] if filters else [],
            "sorts": ["hs_object_id"],
            "properties": ["hs_object_id"],
            "limit": MOST_FOUND,
            "after": "0",
        }
        answer = self._search.post(f"/crm/objects/{VERSION}/{kind}/search", said)
        found: list[dict[str, Any]] = answer.json()["results"]
        more = found[-1]["id"] if len(found) == MOST_FOUND else None
        return Page(found, more, self._moment(answer))

    def count(self, kind: str) -> int:
        """Return how many records there are, as the search index counts them."""
        said = {"filterGroups": [], "sorts": [], "properties": [], "limit": 1, "after": "0"}
        answer = self._search.post(f"/crm/objects/{VERSION}/{kind}/search", said)
        return int(answer.json()["total"])

    def batch(
        self, kind: str, ids: Sequence[str], properties: Sequence[str], histories: Sequence[str]
    ) -> list[dict[str, Any]]:
        """Return those of the records of these ids that are there."""
        said = {
            "inputs": [{"id": one} for one in ids],
            "properties": list(properties),
            "propertiesWithHistory": list(histories),
        }
        answer = self._client.post(f"/crm/objects/{VERSION}/{kind}/batch/read", said)
        found: list[dict[str, Any]] = answer.json()["results"]
        return found

    def links(
        self, kind: str, to: str, ids: Sequence[str], after: str | None = None
    ) -> list[dict[str, Any]]:
        """Return the associations of records to another kind: `from`, `to`, and `paging`."""
        inputs = [{"id": one, **({"after": after} if after else {})} for one in ids]
        path = f"/crm/associations/{VERSION}/{kind}/{to}/batch/read"
        found: list[dict[str, Any]] = self._client.post(path, {"inputs": inputs}).json()["results"]
        return found

    def _moment(self, answer: Response) -> int:
        """Return when HubSpot answered, by its own clock, in epoch ms: ours may be wrong."""
        try:
            said = parsedate_to_datetime(answer.headers["Date"])
        except (KeyError, TypeError, ValueError):
            said = self._access.moment
        return int(said.timestamp() * 1000)


def _pace(session: Session, headers: Mapping[str, str]) -> None:
    """Slow down where the burst is nearly used up, as the answer counts it."""
    try:
        most = int(headers["X-HubSpot-RateLimit-Max"])
        left = int(headers["X-HubSpot-RateLimit-Remaining"])
        interval = int(headers["X-HubSpot-RateLimit-Interval-Milliseconds"])
    except (KeyError, ValueError):
        return
    session.space(interval / 1000 / most if most > 0 and left * 10 <= most else 0.0)
