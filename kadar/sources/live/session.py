"""The HTTP session of connectors: signs in anew, waits as told, tries again, gives up clearly."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Literal, Protocol

import msgspec
import requests
from requests.adapters import HTTPAdapter

from kadar.errors import FAILED, KadarError
from kadar.language import N_

if TYPE_CHECKING:
    from requests import PreparedRequest, Response

ATTEMPTS = 8  # of one request
LONGEST_WAIT = 300.0  # seconds; a system that asks for longer is asked again by the next sync
TIMEOUT = (10.0, 120.0)  # to connect, between two bytes
_BROKEN = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
)


@dataclass(frozen=True)
class Verdict:
    """What an answer means: take it, ask again (after so many seconds), sign in anew, or stop."""

    does: Literal["take", "retry", "renew", "stop"]
    after: float | None = None  # None: what Retry-After says, else longer from try to try
    error: KadarError | None = None  # where it stops


_JSON = msgspec.json.Decoder(Any, float_hook=Decimal)
TAKE, RENEW = Verdict("take"), Verdict("renew")
Judge = Callable[["Response"], Verdict]


class Token(Protocol):
    """An `auth` of a request that can be renewed where the system no longer takes it."""

    def __call__(self, request: PreparedRequest) -> PreparedRequest: ...
    def renew(self) -> None: ...


class ExpiringToken:
    """A bearer token that is fetched when first needed and again before it expires.

    `fetch` returns the token and how many seconds it lives (None: not known). `header` and
    `form` say how it is sent.
    """

    def __init__(
        self,
        fetch: Callable[[], tuple[str, float | None]],
        header: str = "Authorization",
        form: str = "Bearer {}",
    ) -> None:
        self._fetch, self._header, self._form = fetch, header, form
        self._token: str | None = None
        self._until = 0.0
        self._lock = threading.Lock()

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        with self._lock:
            if self._token is None or time.monotonic() >= self._until:
                self._get()
            request.headers[self._header] = self._form.format(self._token)
        return request

    def renew(self) -> None:
        """Fetch another token, whatever is said of the life of this one."""
        with self._lock:
            self._get()

    def _get(self) -> None:
        self._token, lives = self._fetch()
        # a twentieth early, at most a minute: clocks and networks are slow
        early = 0.0 if lives is None else min(lives / 20, 60.0)
        self._until = float("inf") if lives is None else time.monotonic() + lives - early


class Session(requests.Session):
    """A `requests.Session` whose every answer was judged: what it returns is to be taken.

    Broken connections, broken bodies, 429 and 5xx are tried again, up to `ATTEMPTS` times, longer
    from try to try (with jitter) or as `Retry-After` says; 401 signs in anew once. Answers below
    400 are taken; any other raises KDR-SRC-003 unless `judge` knows better.
    `per_second` spaces requests.
    """

    def __init__(
        self,
        system: str,
        judge: Judge | None = None,
        per_second: float | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__()
        self.system = system
        self._judge, self._pause = judge, pause
        self._apart = 1 / per_second if per_second else 0.0
        self._next = 0.0
        self.headers["Accept-Encoding"] = "gzip, deflate"
        adapter = HTTPAdapter(pool_maxsize=8)
        self.mount("https://", adapter)
        self.mount("http://", adapter)

    def space(self, apart: float) -> None:
        """Leave so many seconds between requests from now on, as a system's answers ask for."""
        self._apart = apart

    def prepare_request(self, request: requests.Request) -> PreparedRequest:
        """Prepare a request; its `auth` stays with it, to sign in anew with."""
        made = super().prepare_request(request)
        made._kadar_auth = request.auth or self.auth  # type: ignore[attr-defined]
        return made

    def send(self, request: PreparedRequest, **more: Any) -> Response:
        """Send until an answer is to be taken. Raises KDR-SRC-003, -004 or the judge's error."""
        more["timeout"] = more.get("timeout") or TIMEOUT
        renewed = False
        said = ""
        for attempt in range(ATTEMPTS):
            self._space()
            try:
                answer = super().send(request, **more)
                if not more.get("stream"):
                    _decode(answer)
            except (*_BROKEN, msgspec.DecodeError) as error:
                said = type(error).__name__
                self._wait(None, attempt)
                continue
            verdict = self._verdict(answer)
            if verdict.does == "take":
                return answer
            said = f"HTTP {answer.status_code}"
            answer.close()
            if verdict.does == "stop":
                raise verdict.error or refused(self.system, answer)
            if verdict.does == "renew":
                auth: Any = getattr(request, "_kadar_auth", None)
                if renewed or auth is None or not hasattr(auth, "renew"):
                    raise refused(self.system, answer)
                auth.renew()
                auth(request)
                renewed = True
                continue
            after = verdict.after if verdict.after is not None else _retry_after(answer)
            if after is not None and after > LONGEST_WAIT:
                raise _busy(self.system, after)
            self._wait(after, attempt)
        raise KadarError(
            "KDR-SRC-004",
            N_("{system} could not be reached: {detail}, {count} times in a row."),
            N_("Nothing is lost: run kadar sync again later; it goes on where it stopped."),
            exit_code=FAILED,
            system=self.system,
            detail=said,
            count=ATTEMPTS,
        )

    def wait(self, seconds: float) -> None:
        """Pause, as between two tries: a job of the system is not done yet."""
        self._pause(seconds)

    def _verdict(self, answer: Response) -> Verdict:
        if self._judge is not None:
            verdict = self._judge(answer)
            if verdict.does != "take" or answer.status_code < 400:
                return verdict
        return usual_verdict(answer)

    def _space(self) -> None:
        now = time.monotonic()
        if self._apart and now < self._next:
            self._pause(self._next - now)
        self._next = max(now, self._next) + self._apart

    def _wait(self, after: float | None, attempt: int) -> None:
        longest = min(0.5 * 2**attempt, 60.0)
        self._pause(longest * random.uniform(0.5, 1.0) if after is None else after)  # noqa: S311


def _decode(answer: Response) -> None:
    """Read the whole body, and JSON of it: found here if broken off. Amounts are exact."""
    said = answer.headers.get("Content-Type", "")
    if not answer.content or "json" not in said:
        return
    made = _JSON.decode(answer.content)
    vars(answer)["json"] = lambda **_: made


def usual_verdict(answer: Response) -> Verdict:
    """Judge an answer as HTTP means it."""
    if answer.status_code < 400:
        return TAKE
    if answer.status_code == 401:
        return RENEW
    if answer.status_code in {408, 420, 425, 429} or answer.status_code >= 500:
        return Verdict("retry")
    return Verdict("stop")


def refused(system: str, answer: Response) -> KadarError:
    """Return the error for an answer that nothing can be done about: no secret is in it."""
    return KadarError(
        "KDR-SRC-003",
        N_("{system} refused {path}: HTTP {status} {detail}"),
        N_("Check the credentials and permissions: kadar connect {source} tests them."),
        exit_code=FAILED,
        system=system,
        source=system,
        path=answer.request.path_url.partition("?")[0] if answer.request else "",
        status=answer.status_code,
        detail=answer.text[:200].replace("\n", " "),
    )


def _busy(system: str, seconds: float) -> KadarError:
    return KadarError(
        "KDR-SRC-005",
        N_("{system} asks to wait {minutes} minutes: its limit of requests is used up."),
        N_("Nothing is lost: run kadar sync again then; it goes on where it stopped."),
        exit_code=FAILED,
        system=system,
        minutes=round(seconds / 60),
    )


def _retry_after(answer: Response) -> float | None:
    """Read `Retry-After`: seconds, or a moment by the server's own clock."""
    said = answer.headers.get("Retry-After", "").strip()
    if not said:
        return None
    try:
        return max(float(said), 0.0)
    except ValueError:
        pass
    try:
        until = parsedate_to_datetime(said)
        now = parsedate_to_datetime(answer.headers["Date"])
        return max((until - now).total_seconds(), 0.0)
    except (KeyError, TypeError, ValueError):
        return None
