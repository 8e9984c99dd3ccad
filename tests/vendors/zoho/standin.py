"""A stand-in of Zoho: its accounts server, its CRM and its Desk, on one address."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.vendors.standin import Standin
from tests.vendors.zoho.crm_standin import CrmRoutes
from tests.vendors.zoho.desk_standin import DeskRoutes
from tests.vendors.zoho.state import State

SECRETS = {
    "client_id": "1000.CLIENTIDOFTHESTANDIN",
    "client_secret": "client-secret-of-the-standin",
    "refresh_token": "1000.refresh.token.of.the.standin",
}


@dataclass
class Granted:
    """An access token that was given."""

    token: str
    until: datetime


class ZohoStandin(Standin):
    """Zoho, with one user's refresh token; Desk where `desk` is asked with its orgId."""

    desk_org = "700001"

    def __init__(self) -> None:
        super().__init__()
        self.state = State()
        self.names: dict[str, str] = {}  # of what an example put in: which id it has
        self.tokens: list[Granted] = []
        self.given: list[datetime] = []
        self.quota = 10  # tokens in ten minutes
        self.life = 3600
        self.scopes_missing: set[str] = set()
        self.crm = CrmRoutes(self)
        self.desk = DeskRoutes(self)

    def routes(self) -> list[Route]:
        return [
            Route("/oauth/v2/token", self.token, methods=["POST"]),
            *self.crm.routes(),
            *self.desk.routes(),
        ]

    async def token(self, request: Request) -> Response:
        """Give an access token for a refresh token."""
        form = await request.form()
        with self.lock:
            said = {**request.query_params, **form}
            if set(said) != {"grant_type", "refresh_token", "client_id", "client_secret"}:
                return JSONResponse({"error": "invalid_request"}, 400)
            if said["client_id"] != SECRETS["client_id"]:
                return JSONResponse({"error": "invalid_client"})
            if said["client_secret"] != SECRETS["client_secret"]:
                return JSONResponse({"error": "invalid_client_secret"})
            if (
                said["grant_type"] != "refresh_token"
                or said["refresh_token"] != SECRETS["refresh_token"]
            ):
                return JSONResponse({"error": "invalid_code"})
            now = datetime.now(UTC)
            self.given = [at for at in self.given if now - at < timedelta(minutes=10)]
            if len(self.given) >= self.quota:
                return JSONResponse(
                    {
                        "error_description": "You have made too many requests continuously. "
                        "Please try again after some time.",
                        "error": "Access Denied",
                        "status": "failure",
                    },
                    400,
                )
            self.given.append(now)
            made = Granted(f"1000.{secrets.token_hex(16)}", now + timedelta(seconds=self.life))
            self.tokens.append(made)
            return JSONResponse(
                {
                    "access_token": made.token,
                    "scope": "ZohoCRM.modules.READ Desk.tickets.READ",
                    "api_domain": self.url,
                    "token_type": "Bearer",
                    "expires_in": self.life,
                }
            )

    def signed_in(self, request: Request) -> bool:
        """Tell whether a request carries a token that is alive."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        now = datetime.now(UTC)
        return kind in {"Zoho-oauthtoken", "Bearer"} and any(
            one.token == token and now < one.until for one in self.tokens
        )

    def expire_tokens(self) -> None:
        """End the life of every token given so far."""
        self.tokens.clear()
