"""Access tokens: kept and shared between runs, for Zoho gives only 10 of them in 10 minutes."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from kadar.errors import FAILED, KadarError
from kadar.language import N_
from kadar.sources.live.session import Verdict, usual_verdict

if TYPE_CHECKING:
    from requests import PreparedRequest, Response, Session

    from kadar.sources.live.connector import Access

FORM = "Zoho-oauthtoken {}"
_EARLY = 60.0  # seconds before its end that a token is no longer used


@dataclass(frozen=True)
class Kept:
    """An access token, until when it lives (seconds since 1970) and which host it is for."""

    token: str
    until: float
    api_domain: str


class SharedToken:
    """Signs requests in with a token that is fetched by the refresh token, and kept.

    Another run of the same source takes the kept one; where the system refuses it, that of a
    run in between is tried before a new one is fetched.
    """

    def __init__(self, access: Access, session: Session, accounts: str) -> None:
        self._access, self._session, self._accounts = access, session, accounts
        self._kept: Kept | None = None

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["Authorization"] = FORM.format(self._living().token)
        return request

    @property
    def api_domain(self) -> str:
        """Where the CRM of this account is asked, as the token's answer said."""
        return self._living().api_domain

    def renew(self) -> None:
        """Take another token than the one that was refused."""
        refused = self._kept
        kept = self._remembered()
        self._kept = kept if kept and refused and kept.token != refused.token else self._fetched()

    def _living(self) -> Kept:
        if self._kept is None:
            self._kept = self._remembered()
        if self._kept is None or time.time() >= self._kept.until - _EARLY:
            self._kept = self._fetched()
        return self._kept

    def _owner(self) -> str:
        """Name what the token was got with, so that other credentials do not take it."""
        said = "\n".join([self._accounts, self._access.secret("refresh_token")])
        return sha256(said.encode()).hexdigest()[:16]

    def _remembered(self) -> Kept | None:
        token = self._access.find_secret("access_token")
        note = self._access.find_secret("access_token_note")
        try:
            told: Any = json.loads(note or "")
            kept = Kept(token or "", float(told["until"]), str(told["api_domain"]))
        except (ValueError, KeyError, TypeError):
            return None
        if not token or told.get("of") != self._owner() or time.time() >= kept.until - _EARLY:
            return None
        return kept

    def _fetched(self) -> Kept:
        """Fetch a token. Raises KDR-SRC-161 to -163 where Zoho does not give one."""
        answer = self._session.post(
            f"{self._accounts}/oauth/v2/token",
            data={  # in the body: an address is written into logs
                "grant_type": "refresh_token",
                "refresh_token": self._access.secret("refresh_token"),
                "client_id": self._access.secret("client_id"),
                "client_secret": self._access.secret("client_secret"),
            },
        )
        told: Any = answer.json()
        kept = Kept(
            str(told["access_token"]),
            time.time() + float(told.get("expires_in", 3600)),
            str(told["api_domain"]),
        )
        note = {"until": kept.until, "api_domain": kept.api_domain, "of": self._owner()}
        self._access.remember("access_token", kept.token)
        self._access.remember("access_token_note", json.dumps(note))
        return kept


def judge_token(answer: Response) -> Verdict:
    """Judge what the accounts server says: its refusals are told apart by their body."""
    try:
        told: Any = answer.json()
    except ValueError:
        told = None
    if answer.status_code < 500 and isinstance(told, dict) and "error" in told:
        return Verdict("stop", error=_no_token(told))
    return usual_verdict(answer)


def _no_token(told: dict[str, Any]) -> KadarError:
    said = str(told.get("error", ""))
    detail = str(told.get("error_description", ""))[:200]
    if "too many requests" in detail:
        return KadarError(
            "KDR-SRC-163",
            N_("Zoho gives no more access tokens for now: only 10 in 10 minutes."),
            N_("Wait 10 minutes; sources that share a refresh token should share one project."),
            exit_code=FAILED,
        )
    if said in {"invalid_client", "invalid_client_secret"}:
        return KadarError(
            "KDR-SRC-162",
            N_("Zoho does not know this client: {said}"),
            N_("Compare client_id, client_secret and data_centre with Zoho's API console."),
            exit_code=FAILED,
            said=said,
        )
    return KadarError(
        "KDR-SRC-161",
        N_("Zoho does not take the refresh token: {said} {detail}"),
        N_("Make a new one in Zoho's API console: of one user, only the last 20 are valid."),
        exit_code=FAILED,
        said=said,
        detail=detail,
    )
