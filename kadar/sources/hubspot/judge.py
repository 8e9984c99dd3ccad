"""What HubSpot's answers mean: which are tried again, and which of both limits was met."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kadar.errors import FAILED, KadarError
from kadar.language import N_
from kadar.sources.live.session import RENEW, TAKE, Verdict

if TYPE_CHECKING:
    from requests import Response

MISSING = "KDR-SRC-122"  # code of the error for a scope the account has not given
_LOCKED, _MIGRATING = 423, 477
_ROLLING, _SECOND = 10.0, 1.0  # seconds of both windows, where HubSpot does not say


def judge(answer: Response) -> Verdict:
    """Judge an answer. Raises nothing: what stops the sync is in the verdict."""
    status = answer.status_code
    if status < 400:
        return TAKE
    said = body(answer)
    if status == 429:
        return _limited(answer, str(said.get("policyName") or said.get("message") or ""))
    if status == 401:
        expired = said.get("category") == "EXPIRED_AUTHENTICATION"
        return RENEW if expired else Verdict("stop", error=_unknown_key())
    if status == 403:
        return Verdict("stop", error=_forbidden(said))
    if status in {_LOCKED, _MIGRATING}:
        return Verdict("retry", None if "Retry-After" in answer.headers else 2.0)
    return TAKE  # as HTTP means it


def body(answer: Response) -> dict[str, Any]:
    """Return the JSON of an answer, empty where it is none."""
    try:
        said = answer.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _limited(answer: Response, policy: str) -> Verdict:
    if "daily" in policy.lower():
        return Verdict("stop", error=_used_up())
    if "Retry-After" in answer.headers:
        return Verdict("retry")
    interval = answer.headers.get("X-HubSpot-RateLimit-Interval-Milliseconds", "")
    if policy.upper() == "SECONDLY" or " secondly" in policy:
        return Verdict("retry", _SECOND)
    return Verdict("retry", int(interval) / 1000 if interval.isdigit() else _ROLLING)


def _used_up() -> KadarError:
    return KadarError(
        "KDR-SRC-120",
        N_("HubSpot's quota of requests for today is used up."),
        N_("Nothing is lost: run kadar sync again after midnight in the account's time zone."),
        exit_code=FAILED,
    )


def _unknown_key() -> KadarError:
    return KadarError(
        "KDR-SRC-121",
        N_("HubSpot does not know this service key, or it was rotated."),
        N_("Copy it anew from Settings › Integrations › Service keys, then: kadar connect."),
        exit_code=FAILED,
    )


def _forbidden(said: dict[str, Any]) -> KadarError:
    scopes: list[str] = []
    for error in said.get("errors") or []:
        for name, values in (error.get("context") or {}).items():
            if "scope" in name.lower():
                scopes += [str(value) for value in values]
    return KadarError(
        MISSING,
        N_("HubSpot does not let this key read it: it lacks {scopes}."),
        N_("Give the scope to the service key or the app, then: kadar connect."),
        exit_code=FAILED,
        scopes=", ".join(scopes) or str(said.get("category") or said.get("message") or "?"),
    )
