"""Signing in to Salesforce: client credentials, a signed assertion (JWT) or a refresh token."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import UTC, datetime
from time import time
from typing import TYPE_CHECKING, Any

from kadar.errors import FAILED, KadarError
from kadar.language import N_
from kadar.sources.salesforce.answers import Refusal

if TYPE_CHECKING:
    from kadar.sources.live.connector import Access
    from kadar.sources.live.session import Session

FLOWS = ("client_credentials", "jwt_bearer", "refresh_token")
_JWT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_ASSERTION_LIVES = 180  # seconds: the longest Salesforce takes
_SKEW = 30.0  # seconds a clock may be wrong before the assertion is made by Salesforce's


class SignIn:
    """Fetches access tokens. After the first, `instance` is where the API is.

    `began` is the moment of the first sign-in on Salesforce's own clock: no change read later was
    made before it and missed, however wrong the clock here.
    """

    def __init__(self, access: Access, session: Session) -> None:
        self._access, self._session = access, session
        self.host = address(str(access.options["domain"]))
        self.flow = str(access.options["sign_in"])
        if self.flow not in FLOWS:
            raise KadarError(
                "KDR-SRC-105",
                N_("There is no way to sign in called {flow}."),
                N_("options.sign_in is one of: {flows}."),
                flow=self.flow,
                flows=", ".join(FLOWS),
            )
        self.instance = ""
        self.began: datetime | None = None

    def fetch(self) -> tuple[str, None]:
        """Return an access token; Salesforce does not say how long it lives.

        Raises KDR-SRC-100 where the credentials are refused.
        """
        try:
            said = self._ask(time())
        except Refusal as refusal:
            now = time()
            right = refusal.at.timestamp() if refusal.at else now
            if self.flow != "jwt_bearer" or abs(right - now) < _SKEW:
                raise _refused(refusal) from None
            try:  # the clock here is wrong: an assertion that is too old or not yet valid
                said = self._ask(right)
            except Refusal as again:
                raise _refused(again) from None
        self.instance = str(said["instance_url"]).rstrip("/")
        if self.began is None:
            self.began = datetime.fromtimestamp(int(said["issued_at"]) / 1000, UTC)
        rotated = said.get("refresh_token")
        if rotated and self.flow == "refresh_token":
            self._access.remember("refresh_token", str(rotated))
        return str(said["access_token"]), None

    def _ask(self, now: float) -> Mapping[str, Any]:
        key = self._access.secret("client_id")
        headers = {"Accept": "application/json"}
        if self.flow == "jwt_bearer":
            form = {"grant_type": _JWT, "assertion": self._assertion(key, now)}
        else:
            pair = f"{key}:{self._access.secret('client_secret')}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
            form = {"grant_type": self.flow}
            if self.flow == "refresh_token":
                form["refresh_token"] = self._access.secret("refresh_token")
        answer = self._session.post(
            f"{self.host}/services/oauth2/token", data=form, headers=headers
        )
        said: Mapping[str, Any] = answer.json()
        return said

    def _assertion(self, key: str, now: float) -> str:
        import jwt

        user = self._access.options.get("username")
        if not user:
            raise KadarError(
                "KDR-SRC-106",
                N_("Signing in by jwt_bearer needs the user's name."),
                N_("Set options.username to the Salesforce user name that kadar reads as."),
            )
        claims = {
            "iss": key, "sub": user, "aud": audience(self.host), "exp": int(now + _ASSERTION_LIVES)
        }  # fmt: skip
        pem = self._access.secret("private_key").replace("\\n", "\n")
        try:
            return jwt.encode(claims, pem, algorithm="RS256")
        except (jwt.InvalidKeyError, ValueError, TypeError):
            raise KadarError(
                "KDR-SRC-107",
                N_("The secret private_key is no RSA key in PEM form."),
                N_("Give the whole text from -----BEGIN PRIVATE KEY----- on, not a file's name."),
            ) from None


def address(domain: str) -> str:
    """Return the URL of an organisation, however its user copied its name."""
    said = domain.strip().rstrip("/")
    if "://" in said:
        return said
    said = said.partition("/")[0]
    if said.endswith(".lightning.force.com"):  # what the browser shows
        said = said.replace(".lightning.force.com", ".my.salesforce.com")
    if "." not in said:
        said += ".my.salesforce.com"
    return f"https://{said}"


def audience(host: str) -> str:
    """Return whom an assertion is meant for: a sandbox has its own authority."""
    name = host.partition("://")[2]
    sandbox = ".sandbox." in name or name.startswith("test.")
    return f"https://{'test' if sandbox else 'login'}.salesforce.com"


def _refused(refusal: Refusal) -> KadarError:
    return KadarError(
        "KDR-SRC-100",
        N_("Salesforce refused to sign in: {said}: {detail}"),
        N_(
            "Check client_id, client_secret or private_key, the flow that the app allows and the "
            "user it runs as; options.domain must be the My Domain."
        ),
        exit_code=FAILED,
        said=refusal.said,
        detail=refusal.words[:300],
    )
