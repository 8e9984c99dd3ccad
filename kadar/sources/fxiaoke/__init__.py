"""Fxiaoke 纷享销客 (ShareCRM): the OpenAPI of a company's own app, both ways of signing in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kadar.sources.live import Live

if TYPE_CHECKING:
    from kadar.sources.live.connector import Connector


class Fxiaoke(Live):
    """Fxiaoke as a kind of source: `kind = "fxiaoke"`."""

    system = "Fxiaoke"

    def connector(self) -> type[Connector]:
        """Return the class of the connector."""
        from kadar.sources.fxiaoke.connector import FxiaokeConnector

        return FxiaokeConnector
