"""`GET /api/v1/records`: the rows behind a number, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from kadar.documents.listed import Listed, listed
from kadar.web.endpoint import Endpoint, Found
from kadar.web.parameters import About, Group, Period

if TYPE_CHECKING:
    from kadar.web.visit import Visit

PAGE = 1000  # rows of a JSON page where no limit is given


class Behind(About):
    """What may be asked."""

    period: Period
    part: Annotated[
        Literal["numerator", "denominator", "excluded"],
        Field(description="Which part of the number; what is no ratio has only a numerator."),
    ] = "numerator"
    by: Group
    limit: Annotated[
        int | None,
        Field(ge=1, le=1_000_000, description="Rows of a page; JSON: 1000, files: all of them."),
    ] = None
    offset: Annotated[int, Field(ge=0, le=1_000_000_000, description="Rows to pass over.")] = 0


def records(visit: Visit, asked: Behind) -> Found:
    """List rows."""
    limit = asked.limit
    if limit is None and (asked.format in (None, "json") or asked.offset):
        limit = PAGE
    made = visit.workspace.records(
        asked.kpi,
        asked.period,
        part=asked.part,
        variant=asked.variant,
        by=asked.by,
        where=asked.where,
        limit=limit,
        offset=asked.offset,
    )
    document = listed(visit.workspace, visit.reader, made, asked.offset)
    following = None
    if document.next_offset is not None:
        following = {"offset": document.next_offset, "data_version": visit.version}
    return Found.of(document, made, following)


ENDPOINT = Endpoint(
    "/records", "The rows behind a number, page by page", records, Behind, Listed, 5
)
