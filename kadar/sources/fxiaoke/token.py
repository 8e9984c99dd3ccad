"""The one token of an app: fetched when there is none, kept from sync to sync, asked for singly.

The same token is given for the first 6,600 s of its life, another one after that while the first
still holds until 7,200 s; at most ten may be asked for in a minute, never two at once.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from requests.auth import AuthBase

if TYPE_CHECKING:
    from requests import PreparedRequest

    from kadar.sources.live.connector import Access

Ask = Callable[[str, dict[str, str]], dict[str, Any]]  # path, body: answer
KEPT = 6600.0  # seconds of a token's life in which asking again gives the same one
_LEFT = 600.0  # seconds that are left of it then


@dataclass(frozen=True)
class App:
    """The company's own app, and the employee whose rights it reads with."""

    id: str
    secret: str
    code: str  # the permanent code
    user: str
    old: bool  # signs in within the body, not in headers


@dataclass(frozen=True)
class _Held:
    token: str
    company: str  # `ea`, or corpId of the old way
    until: float  # seconds since 1970


class Token(AuthBase):
    """Signs requests: in headers, or the old way within the body."""

    def __init__(self, access: Access, app: App, ask: Ask) -> None:
        self._access, self._app, self._ask = access, app, ask
        self._lock = threading.Lock()
        self._held: _Held | None = None
        self._user: str | None = None

    @property
    def company(self) -> str:
        """The company's account at Fxiaoke."""
        with self._lock:
            return self._now().company

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        with self._lock:
            held = self._now()
            if self._app.old:
                self._sign_body(request, held)
            else:
                request.headers["authorization"] = f"Bearer {held.token}"
                request.headers["x-fs-ea"] = held.company
                request.headers["x-fs-userid"] = self._app.user
        return request

    def renew(self) -> None:
        """Ask for a token, whatever is said of the life of the one we have."""
        with self._lock:
            self._fetch()

    def _now(self) -> _Held:
        if self._held is None:
            self._held = self._remembered()
        if self._held is None or time.time() >= self._held.until:
            return self._fetch()
        return self._held

    def _fetch(self) -> _Held:
        body = {
            "appId": self._app.id,
            "appSecret": self._app.secret,
            "permanentCode": self._app.code,
        }
        if self._app.old:
            said = self._ask("/cgi/corpAccessToken/get/V2", body)
            token, company = said["corpAccessToken"], said["corpId"]
        else:
            said = self._ask("/oauth2.0/token", body | {"grantType": "app_secret"})
            token, company = said["accessToken"], said["ea"]
        lives = min(float(said.get("expiresIn") or 7200), 7200.0)
        until = time.time() + max(60.0, min(KEPT, lives - _LEFT))
        self._held = _Held(token, company, until)
        self._access.remember("token", token)
        self._access.remember("token_of", json.dumps([self._mark(), company, until]))
        return self._held

    def _remembered(self) -> _Held | None:
        token, of = self._access.find_secret("token"), self._access.find_secret("token_of")
        if token is None or of is None:
            return None
        mark, company, until = json.loads(of)
        return _Held(token, company, until) if mark == self._mark() else None

    def _mark(self) -> str:
        """Return what tells one app's token from another's, and tells nothing else."""
        app = self._app
        return sha256(f"{app.old}\n{app.id}\n{app.code}".encode()).hexdigest()[:16]

    def _sign_body(self, request: PreparedRequest, held: _Held) -> None:
        sent = request.body if isinstance(request.body, bytes | str) else "{}"
        body = json.loads(sent)
        body |= {"corpAccessToken": held.token, "corpId": held.company}
        body["currentOpenUserId"] = self._open_user(held)
        request.prepare_body(data=None, files=None, json=body)

    def _open_user(self, held: _Held) -> str:
        """Return the openUserId of the employee, who may be given by their mobile number."""
        if self._user is None:
            self._user = self._app.user
            if not self._user.startswith("FSUID_"):
                said = self._ask(
                    "/cgi/user/getByMobile",
                    {
                        "corpAccessToken": held.token,
                        "corpId": held.company,
                        "mobile": self._app.user,
                    },
                )
                found = said.get("empList") or [{}]
                self._user = str(found[0].get("openUserId") or self._app.user)
        return self._user
