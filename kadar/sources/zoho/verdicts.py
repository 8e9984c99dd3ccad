"""What Zoho's answers mean: its own error codes, of the CRM and of Desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kadar.errors import FAILED, KadarError
from kadar.language import N_
from kadar.sources.live.connector import Unreadable
from kadar.sources.live.session import TAKE, Verdict, usual_verdict

if TYPE_CHECKING:
    from requests import Response

# Of these the account may not read, or the company does not use, only what was asked for.
CLOSED = {
    "OAUTH_SCOPE_MISMATCH": N_("the token lacks the permission {scope}"),
    "SCOPE_MISMATCH": N_("the token lacks the permission {scope}"),
    "NO_PERMISSION": N_("the user's profile does not allow it"),
    "AUTHORIZATION_FAILED": N_("the user's profile does not allow it"),
    "FORBIDDEN": N_("the user's profile does not allow it"),
    "INVALID_MODULE": N_("the company does not have this module"),
    "MODULE_NOT_SUPPORTED": N_("the company does not have this module"),
    "URL_NOT_FOUND": N_("the company does not have this module"),
    "FEATURE_NOT_ENABLED": N_("the edition of Zoho does not have it"),
    "LICENSE_ACCESS_LIMITED": N_("the edition of Zoho does not have it"),
}
_RENEW = {"INVALID_TOKEN", "INVALID_OAUTH", "AUTHENTICATION_FAILURE"}
_USED_UP = {"THRESHOLD_EXCEEDED", "LIMIT_REACHED", "API_CREDITS_EXHAUSTED"}
_PATIENCE = 6  # answers of “too many requests” in a row before the credits are taken to be used up


class Refused(KadarError):  # noqa: N818  (it is what Zoho does)
    """An answer that says no, with Zoho's own code for why."""

    def __init__(self, path: str, status: int, said: str, detail: str) -> None:
        super().__init__(
            "KDR-SRC-160",
            N_("Zoho refused {path}: {said} {detail}"),
            N_("Check the permissions of the token and of the user: kadar connect tests them."),
            exit_code=FAILED,
            path=path,
            status=status,
            said=said or status,
            detail=detail,
        )
        self.said = said


def unreadable(refused: Refused, scope: str, *, alone: bool) -> KadarError | Unreadable:
    """Return why an object cannot be read; the refusal itself where it concerns more than that.

    `alone`: whatever Zoho says no to, the other objects can do without this one.
    """
    why = CLOSED.get(refused.said)
    if why:
        return Unreadable(why, {"scope": scope})
    return Unreadable(refused.message, refused.details) if alone else refused


class Judge:
    """Judges answers; knows how often in a row it was told to slow down."""

    def __init__(self) -> None:
        self._busy = 0

    def __call__(self, answer: Response) -> Verdict:
        """Judge an answer by Zoho's code where it has one, else as HTTP means it."""
        if answer.status_code < 400:
            self._busy = 0
            return TAKE
        said, detail = _told(answer)
        if answer.status_code == 429 or said == "TOO_MANY_REQUESTS":
            self._busy += 1
            if said in _USED_UP or self._busy >= _PATIENCE:
                return Verdict("stop", error=_used_up())
            return Verdict("retry")
        if said in _RENEW:
            return Verdict("renew")
        if answer.status_code >= 500 or not said:
            return usual_verdict(answer)
        path = answer.request.path_url.partition("?")[0]
        return Verdict("stop", error=Refused(path, answer.status_code, said, detail))


def _told(answer: Response) -> tuple[str, str]:
    """Return Zoho's code and message; empty where the answer has none."""
    try:
        body: Any = answer.json()
    except ValueError:
        return "", ""
    if isinstance(body, dict) and isinstance(body.get("data"), list) and body["data"]:
        body = body["data"][0]  # bulk answers wrap their error
    if not isinstance(body, dict):
        return "", ""
    said = body.get("code") or body.get("errorCode") or ""
    return str(said), str(body.get("message") or "")[:200]


def _used_up() -> KadarError:
    return KadarError(
        "KDR-SRC-164",
        N_("Zoho's limit of requests is used up: credits of 24 hours, or requests at once."),
        N_("Nothing is lost: run kadar sync again later; it goes on where it stopped."),
        exit_code=FAILED,
    )
