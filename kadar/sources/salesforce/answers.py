"""What Salesforce's answers mean: errors by their code, and how much of the quota is left."""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from kadar.errors import FAILED, KadarError
from kadar.language import N_
from kadar.sources.live.session import RENEW, TAKE, Judge, Verdict

if TYPE_CHECKING:
    from requests import Response

_USAGE = re.compile(r"(?:^|[;\s])(?:per-app-)?api-usage=(\d+)/(\d+)")
_AGAIN = {406, 408, 420, 425, 429}  # 406 and 420 are Salesforce's own ways to say: too busy
_BUSY = {"UNABLE_TO_LOCK_ROW", "SERVER_UNAVAILABLE"}


class Refusal(KadarError):  # noqa: N818  (some refusals are answers)
    """A request Salesforce refused; `said` is its own code, `at` the moment on its clock."""

    def __init__(self, said: str, message: str, path: str, at: datetime | None) -> None:
        super().__init__(
            "KDR-SRC-101",
            N_("Salesforce refused {path}: {said}: {detail}"),
            N_("Check what the user of the API may see: kadar connect tests it."),
            exit_code=FAILED,
            path=path,
            said=said,
            detail=message[:300],
        )
        self.said, self.at = said, at
        self.words = message


def judge(share: float) -> Judge:
    """Return a judge that stops before more than `share` percent of the daily calls are used."""

    def judged(answer: Response) -> Verdict:
        if answer.status_code < 400:
            return _left(answer, share)
        if answer.status_code in _AGAIN or answer.status_code >= 500:
            return Verdict("retry")
        return _refused(answer, *_error(answer))

    return judged


def _refused(answer: Response, said: str, words: str) -> Verdict:
    """Judge an error by its code; without one HTTP's meaning holds."""
    if said == "INVALID_SESSION_ID" or answer.status_code == 401:
        return RENEW
    if said in _BUSY or words.startswith("Concurrent"):
        return Verdict("retry")
    if not said:
        return TAKE
    error: KadarError = Refusal(said, words, _path(answer), _moment(answer))
    if said == "REQUEST_LIMIT_EXCEEDED":
        error = _used_up()
    if said in {"API_DISABLED_FOR_ORG", "API_CURRENTLY_DISABLED"}:
        error = _disabled(words)
    return Verdict("stop", error=error)


def _error(answer: Response) -> tuple[str, str]:
    """Return the code and words of an error, empty where the body is none of Salesforce's."""
    try:
        said: Any = answer.json()
    except ValueError:
        return "", ""
    if isinstance(said, list) and said and isinstance(said[0], dict):
        return str(said[0].get("errorCode", "")), str(said[0].get("message", ""))
    if isinstance(said, dict):
        return str(said.get("error", "")), str(said.get("error_description", ""))
    return "", ""


def _left(answer: Response, share: float) -> Verdict:
    for used, total in _USAGE.findall(answer.headers.get("Sforce-Limit-Info", "")):
        if int(used) >= int(total) * share / 100:
            return Verdict("stop", error=_enough(int(used), int(total), share))
    return TAKE


def _enough(used: int, total: int, share: float) -> KadarError:
    return KadarError(
        "KDR-SRC-102",
        N_("Salesforce: {used} of {total} API calls of the last 24 hours are used."),
        N_(
            "kadar stops at {share} % so that others can go on; run kadar sync again later, it "
            "goes on where it stopped. The share is options.calls_share."
        ),
        exit_code=FAILED,
        used=used,
        total=total,
        share=f"{share:g}",
    )


def _used_up() -> KadarError:
    return KadarError(
        "KDR-SRC-103",
        N_("Salesforce's API calls of the last 24 hours are used up."),
        N_("Nothing is lost: run kadar sync again later; it goes on where it stopped."),
        exit_code=FAILED,
    )


def _disabled(words: str) -> KadarError:
    return KadarError(
        "KDR-SRC-104",
        N_("Salesforce's API is not enabled: {detail}"),
        N_(
            "The edition must have API access (Enterprise, Unlimited, Developer, or bought with "
            "Professional) and the user the permission API Enabled."
        ),
        exit_code=FAILED,
        detail=words[:300],
    )


def _path(answer: Response) -> str:
    return (answer.request.path_url or "").partition("?")[0] if answer.request else ""


def _moment(answer: Response) -> datetime | None:
    try:
        return parsedate_to_datetime(answer.headers["Date"])
    except (KeyError, ValueError):
        return None
