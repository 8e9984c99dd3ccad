"""What Dataverse and its sign-in refuse, by their own codes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from kadar.errors import FAILED, KadarError
from kadar.language import N_
from kadar.sources.live.session import Verdict, usual_verdict

if TYPE_CHECKING:
    from requests import Response

THROTTLED = {"0x80072322", "0x80072321", "0x80072326"}  # requests, execution time, at a time
# the errors that a reading knows what to do about
PRIVILEGE, EXPIRED, UNTRACKED, BAD_LINK = (
    "KDR-SRC-142", "KDR-SRC-143", "KDR-SRC-144", "KDR-SRC-145",
)  # fmt: skip


def judged(answer: Response) -> Verdict:
    """Judge an answer by the codes of Dataverse; what it does not say, HTTP says."""
    if answer.status_code < 400:
        return usual_verdict(answer)
    code, message = _error(answer)
    if code in THROTTLED:
        return Verdict("retry")
    said = message.lower()
    refusal: Callable[[str], KadarError] | None = _REFUSALS.get(code)
    if "change tracking" in said and "not enabled" in said:
        refusal = _untracked
    elif "full sync" in said:
        refusal = _expired
    elif "missing prvread" in said:
        refusal = _privilege
    elif answer.status_code in {400, 410} and "skiptoken" in answer.url:
        refusal = _bad_link
    return usual_verdict(answer) if refusal is None else Verdict("stop", error=refusal(message))


def signed_in(answer: Response) -> Verdict:
    """Judge an answer of the sign-in: a refusal is final, and says why."""
    if answer.status_code not in {400, 401, 403, 404}:
        return usual_verdict(answer)
    try:
        said = answer.json()
        detail = str(said.get("error_description") or said.get("error"))
    except (ValueError, AttributeError):
        detail = f"HTTP {answer.status_code}"
    return Verdict(
        "stop",
        error=KadarError(
            "KDR-SRC-140",
            N_("Microsoft refused to sign in: {detail}"),
            N_("Check tenant, client_id and the client secret, which expires."),
            exit_code=FAILED,
            detail=detail.splitlines()[0].partition(" Trace ID")[0][:200],
        ),
    )


def astray(host: str) -> KadarError:
    """Return the error for a link to another host, where the token must not go."""
    return KadarError(
        "KDR-SRC-146",
        N_("Dataverse sent {host} as the place of the next page: nothing was asked there."),
        N_("Set options.url to the host that the environment answers with."),
        exit_code=FAILED,
        host=host,
    )


def _error(answer: Response) -> tuple[str, str]:
    """Return code and message of an error's body: `{"error": {"code": …, "message": …}}`."""
    try:
        error = answer.json()["error"]
        return str(error["code"]).lower(), str(error["message"])
    except (ValueError, KeyError, TypeError):
        return "", ""


def _no_member(message: str) -> KadarError:
    return KadarError(
        "KDR-SRC-141",
        N_("Dataverse does not know this application: {detail}"),
        N_("Add it as an application user in the Power Platform admin centre, with a role."),
        exit_code=FAILED,
        detail=message[:200],
    )


def _privilege(message: str) -> KadarError:
    return KadarError(
        "KDR-SRC-142",
        N_("The application user may not do this: {detail}"),
        N_("Give its security role the privilege that is named."),
        exit_code=FAILED,
        detail=message[:200],
    )


def _expired(message: str) -> KadarError:
    return KadarError(
        "KDR-SRC-143",
        N_("Dataverse no longer keeps the changes since the last sync: {detail}"),
        N_("Run kadar sync again: the table is read whole. Sync more often than every 7 days."),
        exit_code=FAILED,
        detail=message[:200],
    )


def _untracked(message: str) -> KadarError:
    return KadarError(
        "KDR-SRC-144",
        N_("Dataverse does not track the changes of this table: {detail}"),
        N_("Turn on “Track changes” of the table in Power Apps."),
        exit_code=FAILED,
        detail=message[:200],
    )


def _bad_link(message: str) -> KadarError:
    return KadarError(
        "KDR-SRC-145",
        N_("Dataverse does not take its own link to the next page: {detail}"),
        N_("Run kadar sync again: the table is read anew."),
        exit_code=FAILED,
        detail=message[:200],
    )


_REFUSALS = {"0x80044352": _expired, "0x80072560": _no_member, "0x80040220": _privilege}
