"""How HubSpot asks and answers: parameters, pages, batches, and its bodies of errors."""

from __future__ import annotations

import json
import uuid
from collections import deque
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.vendors.hubspot.crm import written
from tests.vendors.hubspot.search import Refused


class Forbidden(Exception):  # noqa: N818
    """A kind whose scope the key has not."""


def query_of(request: Request, *known: str) -> dict[str, str]:
    """Return the parameters of a request; one that is not known is refused."""
    unknown = set(request.query_params) - set(known)
    if unknown:
        raise Refused(f"unknown parameter {sorted(unknown)[0]}")
    return dict(request.query_params)


async def body_of(request: Request, *known: str) -> dict[str, Any]:
    """Return the JSON of a request; a field that is not known is refused."""
    if not request.headers.get("Content-Type", "").startswith("application/json"):
        raise Refused("Content-Type must be application/json")
    body: dict[str, Any] = json.loads(await request.body())
    if known and set(body) - set(known):
        raise Refused(
            f"Invalid input JSON: Unrecognized field {sorted(set(body) - set(known))[0]!r}"
        )
    return body


def listed(said: str | None) -> list[str]:
    """Return the names of a list with commas."""
    return [name for name in (said or "").split(",") if name]


def number(said: str) -> int:
    """Return a number of a request."""
    if not said.isdigit():
        raise Refused(f"{said} is no number")
    return int(said)


def next_page(request: Request, after: object) -> dict[str, Any]:
    """Return where the next page begins."""
    if after is None:
        return {}
    return {"paging": {"next": {"after": str(after), "link": f"{request.url.path}?after={after}"}}}


def page_of(request: Request, found: list[dict[str, Any]], limit: int, most: int) -> dict[str, Any]:
    """Return a page of a list that is paged by its place."""
    if not 0 < limit <= most:
        raise Refused(f"limit must be at most {most}")
    start = number(request.query_params.get("after", "0"))
    more = start + limit if start + limit < len(found) else None
    return {"results": found[start : start + limit], **next_page(request, more)}


def multi_status(
    results: list[dict[str, Any]], kind: str, category: str, missing: list[str], context: str
) -> Response:
    """Return the answer to a batch: 207 where some of it was not there."""
    now = written(datetime.now(UTC))
    made: dict[str, Any] = {
        "status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now,
    }  # fmt: skip
    if missing:
        said = f"Could not get some {kind.upper()} objects, they may be deleted or not exist."
        made["numErrors"] = 1
        made["errors"] = [
            {
                "status": "error",
                "category": category,
                "message": said,
                "context": {context: missing},
            }
        ]
    return JSONResponse(made, 207 if missing else 200)


def refusal(status: int, category: str, message: str, **more: Any) -> Response:
    """Return the body of an error."""
    body = {
        "status": "error",
        "message": message,
        "correlationId": str(uuid.uuid4()),
        "category": category,
    }
    return JSONResponse({**body, **more}, status)


def forbidden(scope: str) -> Response:
    """Return the answer to a key without a scope."""
    said = "This app hasn't been granted all required scopes to make this call."
    required = [{"message": "One or more of the following scopes are required.",
                 "context": {"requiredGranularScopes": [scope]}}]  # fmt: skip
    return refusal(403, "MISSING_SCOPES", said, errors=required)


def limited(policy: str) -> Response:
    """Return the answer to a request that is one too many."""
    body = {
        "status": "error", "message": f"You have reached your {policy.lower()} limit.",
        "errorType": "RATE_LIMIT", "policyName": policy, "correlationId": str(uuid.uuid4()),
    }  # fmt: skip
    return JSONResponse(body, 429)


def forget(asked: deque[float], edge: float) -> None:
    """Forget the requests before a moment."""
    while asked and asked[0] < edge:
        asked.popleft()
