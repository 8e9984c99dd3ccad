"""dlt's REST client, of which every answer is judged by the session and by nobody else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from dlt.sources.helpers.rest_client.client import PageData, RESTClient
from dlt.sources.helpers.rest_client.paginators import SinglePagePaginator

if TYPE_CHECKING:
    from dlt.sources.helpers.rest_client.paginators import BasePaginator

    from kadar.sources.live.session import Session, Token


class Client(RESTClient):
    """A `RESTClient` that asks through one of kadar's sessions: `access.session(judge)`.

    What it asks for and gives is as dlt documents it. Pages end where `paginator` says, with the
    first answer if none is given: dlt never guesses. Raises what the session raises.
    """

    def __init__(
        self,
        base: str,
        session: Session,
        auth: Token | None = None,
        headers: Mapping[str, str] | None = None,
        paginator: BasePaginator | None = None,
    ) -> None:
        super().__init__(
            base,
            headers=dict(headers or {}),
            auth=auth,  # type: ignore[arg-type]  # dlt wants its base class
            paginator=paginator or SinglePagePaginator(),
            session=session,
        )

    def paginate(self, *given: Any, **more: Any) -> Iterator[PageData[Any]]:
        """Yield the pages as dlt does, without the hook by which it raises for an error.

        requests calls hooks before the session sees an answer: a 503 would end the reading that
        the session would have tried again.
        """
        more["hooks"] = {"response": []} | (more.get("hooks") or {})
        return super().paginate(*given, **more)
