"""How the dashboard is served, as `kadar.toml` says it."""

from __future__ import annotations

from msgspec import Struct


class Web(Struct, frozen=True, forbid_unknown_fields=True):
    """The `[web]` table: who may see the dashboard, the REST API and the assistant's door."""

    require_token: bool = False  # True: ask for a token even where only this computer reaches them
