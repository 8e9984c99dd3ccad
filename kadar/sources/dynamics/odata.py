"""The Dataverse Web API: pages of OData v4."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin, urlsplit

from dlt.sources.helpers.rest_client.paginators import BaseNextUrlPaginator

from kadar.sources.dynamics.objects import NAME
from kadar.sources.dynamics.refusals import astray, judged, signed_in
from kadar.sources.live.client import Client
from kadar.sources.live.session import ExpiringToken

if TYPE_CHECKING:
    from requests import Response

    from kadar.sources.live.connector import Access

PAGE = 5000  # records; the most Dataverse gives at once
_PLAIN = "$,()'=/:*"  # need no encoding in a query


@dataclass(frozen=True)
class Page:
    """One page: its records, where the next one is, and with the last where changes begin."""

    records: list[dict[str, Any]]
    next: str | None
    delta: str | None


class Service:
    """One environment's Web API, signed in as an application user.

    Every method raises KDR-SRC errors; KDR-SRC-142 where a privilege is missing, KDR-SRC-143 for
    a change token that is too old, KDR-SRC-144 for a table whose changes are not tracked.
    """

    def __init__(self, access: Access) -> None:
        options = access.options
        self.url = str(options["url"]).rstrip("/")
        self._access = access
        self._client = Client(
            f"{self.url}/api/data/{options['version']}/",
            access.session(judge=judged),
            ExpiringToken(self._sign_in),
            headers={
                "Accept": "application/json",
                "OData-Version": "4.0",
                "OData-MaxVersion": "4.0",
            },
        )

    def get(self, path: str) -> Any:
        """Return one answer, of no pages."""
        return self._client.get(path).json()

    def count(self, name: str) -> int | None:
        """Return how many records a set has, None from 5,000 on: Dataverse counts no further."""
        said = self._client.get(f"{name}/$count").text.lstrip("\ufeff").strip()
        return int(said) if said.isdigit() and int(said) < PAGE else None

    def pages(self, link: str, *, changes: bool = False) -> Iterator[Page]:
        """Return the pages of a set, from a path or a link an earlier answer gave.

        `changes`: with the last page comes the link to what changes from now on.
        """
        prefer = [
            *(["odata.track-changes"] if changes else []),
            f"odata.maxpagesize={PAGE}",
            f'odata.include-annotations="{NAME}"',
        ]
        # the preferences go with every page: they are not in the links
        found = self._client.paginate(
            link,
            headers={"Prefer": ",".join(prefer)},
            paginator=NextLink(self.url),
            data_selector="value",
        )
        for page in found:
            answer = page.response
            yield Page(list(page), _link(answer, "next"), _link(answer, "delta"))

    def _sign_in(self) -> tuple[str, float | None]:
        """Fetch a token: OAuth 2.0 client credentials, at Microsoft Entra ID."""
        options = self._access.options
        login, tenant = str(options["login"]).rstrip("/"), quote(str(options["tenant"]))
        answer = self._access.session(judge=signed_in).post(
            f"{login}/{tenant}/oauth2/v2.0/token",
            data={
                "grant_type": "client_credentials",
                "client_id": options["client_id"],
                "client_secret": self._access.secret("client_secret"),
                "scope": f"{self.url}/.default",
            },
        )
        said = answer.json()
        return str(said["access_token"]), float(said.get("expires_in") or 0) or None


class NextLink(BaseNextUrlPaginator):
    """Follows `@odata.nextLink` as it is given, relative or not, within one host.

    dlt's own finder of links takes a JSON path, and finds nothing by this name.
    """

    def __init__(self, origin: str) -> None:
        super().__init__()
        self._origin = urlsplit(origin)[:2]

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        """Find the next page. Raises KDR-SRC-146 where it is of another host."""
        link = _link(response, "next")
        if link and urlsplit(link)[:2] != self._origin:
            raise astray(urlsplit(link).netloc)
        self._next_reference = link


def path(name: str, options: Mapping[str, str]) -> str:
    """Return the path of a set with query options; blanks are %20, for + is not taken."""
    listed = "&".join(f"{name}={quote(text, safe=_PLAIN)}" for name, text in options.items())
    return f"{name}?{listed}" if listed else name


def _link(answer: Response, kind: str) -> str | None:
    link = answer.json().get(f"@odata.{kind}Link")
    return urljoin(answer.url, link) if link else None
