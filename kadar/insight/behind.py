"""The rows behind a part of a change: of both periods, above and below the line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from kadar.errors import KadarError
from kadar.given import filters
from kadar.insight.records import Records
from kadar.measure.question import Filter
from kadar.workspace import Workspace


def behind(
    workspace: Workspace,
    kpi: str,
    periods: Sequence[str],
    *,
    part: Mapping[str, Any] | Iterable[str] = (),
    variant: str | None = None,
    where: Mapping[str, Any] | Iterable[str | Filter] = (),
) -> Iterator[Records]:
    """List the rows of each period's numerator and denominator.

    `part` picks a part of the change as `records` does: `["channel=web"]`; none is the whole. A
    KPI that is no ratio has only its own rows. Raises what `Workspace.records` raises.
    """
    picked = part if isinstance(part, Mapping) else list(part)
    kept = filters(where)
    for period in periods:
        for side in ("numerator", "denominator"):
            try:
                yield workspace.records(
                    kpi, period, part=side, variant=variant, by=picked, where=kept
                )
            except KadarError as error:
                if error.code != "KDR-ASK-024":  # it is no ratio
                    raise
