"""What an answer of Fxiaoke means: HTTP 200 whatever happened, so `errorCode` decides.

The message never does: the documentation says that it changes. What a code means is taken from
the table of codes only where a probe agreed with it or the table leaves no doubt; the rest are
refusals of the one request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kadar.errors import FAILED, KadarError
from kadar.language import N_
from kadar.sources.live.session import RENEW, TAKE, Verdict

if TYPE_CHECKING:
    from requests import Response

TOKENS = ("/oauth2.0/token", "/cgi/corpAccessToken/get/V2")
HOSTS = (
    "open.fxiaoke.com",
    "open-hwcloud.fxiaoke.com",
    "open-ale.fxiaoke.com",
    "open-ksc.sharecrm.com",
    "open-hws.fxiaoke.com",
    "open-na.sharecrm.com",
)
REFUSED = "KDR-SRC-187"  # one request: other objects may be read
_AGAIN = {-1, -2, 50009, 30004, 14001}  # busy, timed out, too many in a while
_EXPIRED = {20005, 20016}
_STOPPED = {15003, 20014, 20020, 20021, 20022}  # the app may not
_NOBODY = {20012, 30027, 11008}  # the employee it reads as is not known


def judge(answer: Response) -> Verdict:
    """Judge an answer by its `errorCode`."""
    if answer.status_code >= 400:
        return TAKE  # the session knows HTTP
    try:
        said = answer.json()
    except ValueError:
        said = None
    path = (answer.request.path_url or "").partition("?")[0]
    if not isinstance(said, dict) or ("errorCode" not in said and "data" not in said):
        return Verdict("stop", error=_no_api(answer))
    code = _code(said)
    if code == 0:
        return TAKE
    if code in _AGAIN:
        return Verdict("retry")
    if code in _EXPIRED and path not in TOKENS:
        return RENEW
    return Verdict("stop", error=_error(code, said, path))


def _code(said: dict[str, Any]) -> int:
    """Return the code; the samples of `object/list` have none beside their data."""
    try:
        return int(said.get("errorCode", 0))
    except (TypeError, ValueError):
        return -2


def _error(code: int, said: dict[str, Any], path: str) -> KadarError:
    detail = {
        "number": code,
        "detail": str(said.get("errorDescription") or said.get("errorMessage") or "")[:200],
        "trace": said.get("traceId", "-"),
    }
    if code == 30002:
        return KadarError(
            "KDR-SRC-181",
            N_("Fxiaoke: the day's quota of calls is used up (errorCode {number})."),
            N_("It begins anew at 00:00 China time: run kadar sync again then, it goes on there."),
            exit_code=FAILED,
            **detail,
        )
    if code == 30003:
        return KadarError(
            "KDR-SRC-182",
            N_("Fxiaoke: the company has bought no quota of OpenAPI calls (errorCode {number})."),
            N_("Order the package “Open API [100000 calls]” from Fxiaoke, then sync again."),
            exit_code=FAILED,
            **detail,
        )
    if path in TOKENS:
        return KadarError(
            "KDR-SRC-183",
            N_("Fxiaoke does not sign the app in: errorCode {number}, {detail} (trace {trace})."),
            N_(
                "Check app_id, app_secret and permanent_code, that the app's developer mode is on "
                "and that this machine's IP is on its white list."
            ),
            exit_code=FAILED,
            **detail,
        )
    if code in _STOPPED:
        return KadarError(
            "KDR-SRC-184",
            N_("Fxiaoke: the app is stopped or not allowed: errorCode {number}, {detail}."),
            N_("Switch the app on, and give it its permissions, in Fxiaoke's back office."),
            exit_code=FAILED,
            **detail,
        )
    if code in _NOBODY:
        return KadarError(
            "KDR-SRC-185",
            N_("Fxiaoke does not know the employee it is read as: errorCode {number}, {detail}."),
            N_(
                "Set options.user to a CRM administrator's employee id (1000) or, where the app "
                "signs in the old way, to the openUserId (FSUID_…)."
            ),
            exit_code=FAILED,
            **detail,
        )
    return KadarError(
        REFUSED,
        N_("Fxiaoke refused {path}: errorCode {number}, {detail} (trace {trace})."),
        N_("Look the code up in Fxiaoke's list, or ask its support about the trace."),
        exit_code=FAILED,
        path=path,
        **detail,
    )


def _no_api(answer: Response) -> KadarError:
    return KadarError(
        "KDR-SRC-186",
        N_("{host} is not Fxiaoke's OpenAPI: it answered with a page, not with JSON."),
        N_("Set options.host to the one of the company's cloud: {hosts}."),
        exit_code=FAILED,
        host=(answer.url or "").partition("//")[2].partition("/")[0],
        hosts=", ".join(HOSTS),
    )
