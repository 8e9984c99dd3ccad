"""How requests are signed: a service key as it is, or OAuth tokens of half an hour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kadar.errors import FAILED, KadarError
from kadar.language import N_
from kadar.sources.hubspot.judge import body, judge
from kadar.sources.live.session import RENEW, ExpiringToken, Verdict

if TYPE_CHECKING:
    from requests import Response

    from kadar.sources.live.connector import Access
    from kadar.sources.live.session import Session


def signed(access: Access, session: Session, address: str) -> ExpiringToken:
    """Return what signs requests; `address` gives access tokens for a refresh token."""
    if not access.options.get("client_id"):
        return ExpiringToken(lambda: (access.secret("service_key"), None))
    refreshing = access.session(_refreshed)

    def fetch() -> tuple[str, float | None]:
        said: dict[str, Any] = refreshing.post(
            address,
            data={
                "grant_type": "refresh_token",
                "client_id": str(access.options["client_id"]),
                "client_secret": access.secret("client_secret"),
                "refresh_token": access.secret("refresh_token"),
            },
        ).json()
        given = said.get("refresh_token")
        if given and given != access.secret("refresh_token"):
            access.remember("refresh_token", str(given))
        return str(said["access_token"]), float(said.get("expires_in") or 1800)

    return ExpiringToken(fetch)


def _refreshed(answer: Response) -> Verdict:
    """Judge what HubSpot says to a refresh token."""
    if answer.status_code in {400, 401, 403}:
        said = body(answer)
        return Verdict(
            "stop",
            error=KadarError(
                "KDR-SRC-123",
                N_("HubSpot gives no access token: {detail}."),
                N_("Install the app in HubSpot again and give its refresh token: kadar connect."),
                exit_code=FAILED,
                detail=str(said.get("message") or said.get("category") or answer.status_code),
            ),
        )
    verdict = judge(answer)
    return verdict if verdict is not RENEW else Verdict("stop")
