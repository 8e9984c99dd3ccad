"""Up to which moment the data is known."""

from __future__ import annotations

from datetime import date, datetime

from kadar.derive.days import Days
from kadar.derive.derivation import Derivation
from kadar.derive.extent import Extent
from kadar.model import TABLES

_SECOND = 1_000_000


def observed_until(work: Derivation, extents: list[Extent]) -> tuple[int | None, bool]:
    """Moment up to which the data is known, in microseconds UTC, and whether it is assumed.

    The company's setting (a date means its end), else just after the latest event that is not
    scheduled; if that column holds dates without a time, the end of that local day. A company
    whose every moment is scheduled (subscriptions alone) is known up to the latest of them that
    had come when it was recorded.
    """
    setting = work.settings.observed_until
    if isinstance(setting, datetime):
        return round(setting.timestamp() * _SECOND), False
    if isinstance(setting, date):
        return _end(work, setting), False
    events = [extent for extent in extents if _happened(extent)]
    if not events:
        come = [moment for extent in extents if (moment := _come(work, extent)) is not None]
        return (max(come) + 1 if come else None), True
    latest = max(extent.latest for extent in events)
    date_only = {
        (source, table, column)
        for source, table, column in work.rows(
            f'SELECT source, "table", "column" FROM {work.meta("carried")} WHERE date_only'
        )
    }
    last = [extent for extent in events if extent.latest == latest]
    if any((extent.source, extent.table, extent.column) in date_only for extent in last):
        return _end(work, _day(work, latest)), True
    return latest + 1, True


def _come(work: Derivation, extent: Extent) -> int | None:
    """Latest scheduled moment of an event that was past when its row was recorded."""
    if extent.column not in TABLES[extent.table].events.values():
        return None
    found: int | None = work.value(
        f"SELECT max(epoch_us({extent.column})) FROM {work.model(extent.table)} "
        f"WHERE {extent.column} <= recorded_at"
    )
    return found


def _happened(extent: Extent) -> bool:
    table = TABLES[extent.table]
    return extent.column in table.events.values() and not table[extent.column].scheduled


def _day(work: Derivation, microseconds: int) -> date:
    """Local day of a moment."""
    found: date = work.value(f"SELECT {work.day(f'make_timestamptz({microseconds})')}")
    return found


def _end(work: Derivation, day: date) -> int:
    """Moment a local day closes, in microseconds."""
    if work.days is None:
        return Days(work.settings.zone, day, day).openings[-1] * _SECOND
    return work.days.openings[day.toordinal() - work.days.first.toordinal() + 1] * _SECOND
