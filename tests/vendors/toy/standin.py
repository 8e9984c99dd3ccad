"""The toy system: deals with a moment of their last change, a list of what was deleted."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.vendors.standin import Standin


class ToySystem(Standin):
    """`now` is its clock, a number of hours; every change happens at it."""

    key = "the-toy-secret-key"

    def __init__(self) -> None:
        super().__init__()
        self.now = 0
        self.deals: dict[str, dict[str, Any]] = {}
        self.gone: dict[str, int] = {}
        self.owners: list[dict[str, str]] | None = [{"id": "o1", "name": "Siti"}]
        self.tokens: set[str] = set()
        for number in range(40):
            self.put(f"d{number:02}", value=f"{number}.10")

    def put(self, id_: str, **fields: Any) -> None:
        """Make or change a deal."""
        usual = {"id": id_, "title": f"Deal {id_}", "state": "open", "value": "1", "owner": "o1"}
        usual |= {"opened": "2026-09-01", "closed": None}
        self.deals[id_] = usual | self.deals.get(id_, {}) | fields | {"changed": self.moment()}
        self.gone.pop(id_, None)

    def delete(self, id_: str) -> None:
        """Delete a deal."""
        del self.deals[id_]
        self.gone[id_] = self.now

    def moment(self) -> str:
        """Return the clock as people write it."""
        return f"2026-10-{1 + self.now // 24:02}T{self.now % 24:02}:00:00Z"

    def routes(self) -> list[Route]:
        """A token; deals by id; what was deleted; owners."""
        return [
            Route("/token", self._token, methods=["POST"]),
            Route("/deals", self._deals),
            Route("/deleted", self._deleted),
            Route("/owners", self._owners),
        ]

    async def _token(self, request: Request) -> Response:
        if (await request.body()).decode() != f"key={self.key}":
            return JSONResponse({"error": "no"}, 403)
        self.tokens = {f"token-{len(self.log)}"}
        return JSONResponse({"token": next(iter(self.tokens))})

    def _known(self, request: Request) -> bool:
        said = request.headers.get("authorization", "")
        return said.removeprefix("Bearer ") in self.tokens

    async def _deals(self, request: Request) -> Response:
        if not self._known(request):
            return JSONResponse({"error": "expired"}, 401)
        asked = request.query_params
        found = sorted(
            (
                deal
                for deal in self.deals.values()
                if deal["id"] > asked.get("after", "") and deal["changed"] >= asked.get("since", "")
            ),
            key=lambda deal: deal["id"],
        )
        limit = int(asked["limit"])
        return JSONResponse({
            "deals": found[:limit], "more": len(found) > limit, "total": len(self.deals),
            "now": self.moment(),
        })  # fmt: skip

    async def _deleted(self, request: Request) -> Response:
        if not self._known(request):
            return JSONResponse({"error": "expired"}, 401)
        since = request.query_params["since"]
        hours = (int(since[8:10]) - 1) * 24 + int(since[11:13])
        ids = [id_ for id_, at in self.gone.items() if at >= hours]
        return JSONResponse({"ids": ids, "now": self.moment()})

    async def _owners(self, request: Request) -> Response:
        if not self._known(request):
            return JSONResponse({"error": "expired"}, 401)
        return JSONResponse({"owners": self.owners})
