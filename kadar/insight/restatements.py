"""Why a number that was reported is another now: the causes, their shares, their records.

The data as of the earlier moment is led to the later one cause by cause, in a fixed order; after
each the whole company is derived anew and the number asked again. What a cause adds is the
difference it makes at its turn, so the shares add up exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from kadar.errors import KadarError
from kadar.given import as_moment, filters
from kadar.insight.causes import Cause, Walk
from kadar.insight.records import picked
from kadar.insight.reported import Number
from kadar.language import N_
from kadar.measure.period import Period
from kadar.measure.question import Filter
from kadar.store import Store
from kadar.store.definitions import Definition

if TYPE_CHECKING:
    from kadar.answer import Row
    from kadar.workspace import Workspace


@dataclass(frozen=True)
class Turn:
    """A moment (aware) at which the number became another, and the sources loaded then."""

    moment: datetime
    before: float | None
    after: float | None
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Restatements:
    """A number as it was reported at `since` and as it is at `until` (None: now), and why.

    The effects of the `causes`, all of `ORDER`, sum to `change` exactly. `history` has every
    moment at which the number became another, where that was asked for.
    """

    kpi: str
    variant: str
    unit: str
    period: Period
    where: tuple[Filter, ...]
    since: datetime
    until: datetime | None
    before: Row
    after: Row
    causes: tuple[Cause, ...]
    definitions: tuple[Definition, Definition]
    history: tuple[Turn, ...] | None = None

    @property
    def change(self) -> Fraction:
        """What the number is more now than it was."""
        return Fraction(self.after.value or 0.0) - Fraction(self.before.value or 0.0)

    def records(self) -> list[dict[str, Any]]:
        """Return one flat record for each cause; shares are floats, rounded each by itself."""
        return [
            {
                **self._head(),
                "cause": cause.name,
                "before": cause.before,
                "after": cause.after,
                "effect": float(cause.effect),
                "rows": cause.rows,
                "records": len(cause.records) if cause.listed else None,
                "unit": self.unit,
            }
            for cause in self.causes
        ]

    def touched(self) -> list[dict[str, Any]]:
        """Return one flat record for each record behind the change."""
        return [
            {
                **self._head(),
                "cause": cause.name,
                "table": one.table,
                "key": one.key,
                "source": one.source,
                "recorded_at": one.recorded_at,
                "columns": {name: list(pair) for name, pair in one.columns.items()},
                **{
                    f"{part}_{side}": one.parts[part][place] if part in one.parts else None
                    for part in ("numerator", "denominator")
                    for place, side in enumerate(("before", "after"))
                },
            }
            for cause in self.causes
            for one in cause.records
        ]

    def turns(self) -> list[dict[str, Any]]:
        """Return one flat record for each moment of the history."""
        return [
            {
                **self._head(),
                "moment": turn.moment,
                "before": turn.before,
                "after": turn.after,
                "sources": list(turn.sources),
                "unit": self.unit,
            }
            for turn in self.history or ()
        ]

    def _head(self) -> dict[str, Any]:
        return {
            "kpi": self.kpi,
            "variant": self.variant,
            "period": self.period.label,
            "since": self.since,
            "until": self.until,
        }


def restatements(
    workspace: Workspace,
    kpi: str,
    period: str,
    *,
    since: date | datetime | str | None = None,
    until: date | datetime | str | None = None,
    variant: str | None = None,
    by: Mapping[str, Any] | Iterable[str] = (),
    where: Mapping[str, Any] | Iterable[str | Filter] = (),
    history: bool = False,
) -> Restatements:
    """Say why the number of a period is another at `until` (now) than it was at `since`.

    A day means its end; without `since`, it is the first moment at which the period was complete
    and known. Definitions and policies are those of each moment, so far as they were recorded.
    `by` picks one group of the KPI divided by dimensions. With `history` every load between the
    moments is asked.

    Raises KDR-RST-001 where `since` is not before `until`, KDR-RST-002 where there is no number
    at a moment, KDR-RST-003 where the period was never complete, KDR-RST-004 where an old
    definition cannot be read, KDR-ASK-011 where nothing was known yet, and what `ask` raises.
    """
    made = workspace.kpis[kpi]
    name = made.get(variant).name
    zone = workspace.project.company.time_zone
    groups = by if isinstance(by, Mapping) else list(by)
    number = Number(
        workspace.project, made, name, period, (*filters(where), *_groups(groups)), ZoneInfo(zone)
    )
    last = as_moment(until, zone) or workspace.as_of
    number.check(last)
    first = as_moment(since, zone) or number.first_known(last)
    if first >= (last or datetime.now(UTC)):
        raise KadarError(
            "KDR-RST-001",
            N_("{since} is not before {until}."),
            N_("Name the moment the number was reported at, then a later one, or none for now."),
            since=first.isoformat(),
            until=last.isoformat() if last else "now",
        )
    with Store(workspace.project.folder).between(workspace.project, first, last) as between:
        walk = Walk(number, between, first, last)
        if number.where and not walk.first.value:
            number.check_values(last)
        before = number.there(walk.first, first)
        causes = tuple(walk.causes())
        after = number.there(walk.state, last)
    found = walk.state.period
    assert found is not None  # noqa: S101  (there is a row of it)
    return Restatements(
        kpi,
        name,
        after.unit,
        found,
        number.where,
        first,
        last,
        before,
        after,
        causes,
        walk.meanings,
        tuple(_history(number, before, first, last)) if history else None,
    )


def _history(
    number: Number, before: Row, since: datetime, until: datetime | None
) -> Iterator[Turn]:
    last = before.value
    for moment in number.moments():
        if moment > since and (until is None or moment <= until):
            now = number.at(moment).value
            if now != last:
                yield Turn(moment.astimezone(number.zone), last, now, number.sources(moment))
            last = now


def _groups(by: Mapping[str, Any] | Sequence[str]) -> list[Filter]:

    pairs = by.items() if isinstance(by, Mapping) else map(picked, by)
    return [Filter(n, "=", ("" if v is None else str(v),)) for n, v in pairs]
