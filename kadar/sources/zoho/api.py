"""Asking Zoho: pages by dlt's REST client, every answer judged, empty answers as no rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from dlt.sources.helpers.rest_client.paginators import BasePaginator

from kadar.sources.live.client import Client

if TYPE_CHECKING:
    from requests import Request, Response

    from kadar.sources.live.session import Session
    from kadar.sources.zoho.token import SharedToken

Record = dict[str, Any]


class InfoPages(BasePaginator):
    """Pages as `info` tells them: by token where it gives one, else by number.

    Numbers end at 2,000 records. A token is bound to the parameters it was given for, which are
    sent again unchanged, and takes the place of the number.
    """

    def __init__(self, token: str | None = None) -> None:
        super().__init__()
        self.token, self.page = token, 1
        self.expires: str | None = None

    def init_request(self, request: Request) -> None:
        """Ask for the first page, or where a token leads on."""
        self.update_request(request)

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        """Read from `info` whether there is more, and how to ask for it."""
        info = response.json().get("info") or {}
        self._has_next_page = bool(info.get("more_records"))
        self.token = info.get("next_page_token") or None
        self.expires = info.get("page_token_expiry")
        self.page += 1

    def update_request(self, request: Request) -> None:
        """Put the token, or the number, into the request."""
        params = _params(request)
        params.pop("page", None)
        params.pop("page_token", None)
        place = {"page_token": self.token} if self.token else {"page": str(self.page)}
        request.params = params | place


class FromPages(BasePaginator):
    """Desk's pages: `from` counts records; a page that is not full is the last."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit, self.start = limit, 0

    def init_request(self, request: Request) -> None:
        """Ask for the first page."""
        self.update_request(request)

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        """See whether the page was full."""
        self._has_next_page = len(data or []) >= self.limit
        self.start += self.limit

    def update_request(self, request: Request) -> None:
        """Put the place and the size of the page into the request."""
        place = {"from": str(self.start), "limit": str(self.limit)}
        request.params = _params(request) | place


def _params(request: Request) -> dict[str, str]:
    params: Any = request.params or {}
    return dict(params)


class Api:
    """One of Zoho's two APIs. `moment` is when it answered last, by its own clock."""

    def __init__(
        self,
        base: str,
        session: Session,
        token: SharedToken,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.base, self._session, self._token = base, session, token
        self._headers = dict(headers or {})
        self._client = Client(base, session, token, self._headers)
        self.moment: datetime | None = None

    def pages(
        self,
        path: str,
        params: Mapping[str, str],
        paginator: BasePaginator,
        selector: str = "data",
        headers: Mapping[str, str] | None = None,
    ) -> Iterator[tuple[list[Record], Record]]:
        """Yield the records of each page, and its `info`. Raises `Refused`."""
        for page in self._client.paginate(
            path,
            params=dict(params),
            headers=dict(headers or {}),
            paginator=paginator,
            data_selector=selector,
            hooks={"response": [self._received]},
        ):
            said = page.response.json()
            yield list(page), (said.get("info") or {}) | {"total": said.get("count")}

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Record:
        """Return one answer; empty where Zoho has nothing (204). Raises `Refused`."""
        return self._asked("GET", path, params=dict(params or {}))

    def post(self, path: str, body: Mapping[str, Any]) -> Record:
        """Send JSON and return the answer; empty where Zoho has nothing. Raises `Refused`."""
        return self._asked("POST", path, json=dict(body))

    def download(self, path: str) -> bytes:
        """Return the bytes of a file. Raises `Refused`."""
        answer = self._session.get(
            f"{self.base}{path}",
            auth=self._token,
            headers=self._headers,
        )
        return bytes(answer.content)

    def wait(self, seconds: float) -> None:
        """Pause: a job of Zoho's is not done yet."""
        self._session.wait(seconds)

    def _asked(self, method: str, path: str, **how: Any) -> Record:
        answer = self._session.request(
            method,
            f"{self.base}{path}",
            auth=self._token,
            headers=self._headers,
            hooks={"response": [self._received]},
            **how,
        )
        return dict(answer.json())

    def _received(self, answer: Response, *_: Any, **__: Any) -> None:
        """Note the server's clock; read an empty answer as no rows."""
        if answer.headers.get("Date"):
            self.moment = parsedate_to_datetime(answer.headers["Date"]).astimezone(UTC)
        if answer.status_code in {204, 304} or (answer.status_code < 300 and not answer.content):
            vars(answer)["json"] = lambda **_: {}
