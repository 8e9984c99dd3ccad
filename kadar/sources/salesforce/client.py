"""Salesforce's REST API: one version of it, JSON, and queries page by page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kadar.errors import FAILED, KadarError
from kadar.language import N_
from kadar.sources.live.session import ExpiringToken
from kadar.sources.salesforce.answers import Refusal, judge
from kadar.sources.salesforce.sign_in import SignIn

if TYPE_CHECKING:
    from requests import Response

    from kadar.sources.live.client import Client as RestClient
    from kadar.sources.live.connector import Access

VERSION = 66  # Spring '26: what this was written for; an older server's newest is taken instead
OLDEST = 50  # OpportunityHistory and the survey objects are as they are here since
_PAGE = {"Sforce-Query-Options": "batchSize=2000"}
_TRIES = 3  # of a query whose place Salesforce has forgotten


@dataclass(frozen=True)
class Page:
    """Some records of a query, as JSON; `total` is how many the query has found."""

    records: list[dict[str, Any]]
    total: int


class Client:
    """The API of one organisation. Signs in when first asked, and anew when a token expires."""

    def __init__(self, access: Access) -> None:
        self.session = access.session(judge(float(access.options["calls_share"])))
        self._sign_in = SignIn(access, self.session)
        self._token = ExpiringToken(self._sign_in.fetch)

    @property
    def began(self) -> datetime:
        """When this client signed in, on Salesforce's clock."""
        if self._sign_in.began is None:
            self._token.renew()
        return self._sign_in.began or datetime.max.replace(tzinfo=UTC)

    @cached_property
    def base(self) -> str:
        """URL of the API, in the version that is used. Raises KDR-SRC-108 for one too old."""
        if not self._sign_in.instance:
            self._token.renew()
        said = self.session.get(f"{self._sign_in.instance}/services/data/").json()
        versions = [int(float(one["version"])) for one in said]
        fit = [version for version in versions if OLDEST <= version <= VERSION]
        if not fit:
            raise KadarError(
                "KDR-SRC-108",
                N_("Salesforce offers no version {oldest} to {newest} of its API."),
                N_("Update kadar, or check that options.domain is Salesforce's."),
                exit_code=FAILED,
                oldest=OLDEST,
                newest=VERSION,
            )
        return f"{self._sign_in.instance}/services/data/v{max(fit)}.0"

    @cached_property
    def _rest(self) -> RestClient:
        from kadar.sources.live.client import Client as RestClient

        return RestClient(self.base, self.session, self._token)

    def get(self, path: str, **params: str) -> Any:
        """Return the JSON of a resource below the API's URL."""
        return self._rest.get(path, params=params).json()

    def fetch(self, path: str, **params: str) -> Response:
        """Return the answer of a resource below the API's URL."""
        return self._rest.get(path, params=params)

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Send JSON; return the JSON of the answer."""
        return self._rest.post(path, json=dict(body)).json()

    def count(self, soql: str) -> int:
        """Return how many records a query finds, those in the recycle bin and archives too."""
        return int(self.get("queryAll", q=soql)["totalSize"])

    def query(self, soql: str) -> Iterator[Page]:
        """Return the pages of a query, those in the recycle bin and archives too.

        Where Salesforce has forgotten the place (INVALID_QUERY_LOCATOR: it keeps few, and not
        for long) the query begins anew; a record that comes twice counts once.
        """
        for left in reversed(range(_TRIES)):
            try:
                yield from self._pages(soql)
                return
            except Refusal as refusal:
                if refusal.said != "INVALID_QUERY_LOCATOR" or not left:
                    raise

    def _pages(self, soql: str) -> Iterator[Page]:
        from dlt.sources.helpers.rest_client.paginators import JSONLinkPaginator

        for page in self._rest.paginate(
            "queryAll",
            params={"q": soql},
            headers=_PAGE,
            paginator=JSONLinkPaginator("nextRecordsUrl"),
            data_selector="records",
        ):
            yield Page(list(page), int(page.response.json()["totalSize"]))
