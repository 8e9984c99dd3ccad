"""What happened to a ticket, walked event by event."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import groupby
from typing import Any

Row = dict[str, Any]
Stretch = tuple[str, datetime, datetime | None]


def complete_ticket(ticket: Row, rows: Mapping[str, list[Row]]) -> None:
    """Fill in what the ticket does not say, and `stops`: when it was paused or closed."""
    history = [e for e in rows["ticket_events"] if e["ticket_id"] == ticket["ticket_id"]]
    replies = [e["occurred_at"] for e in history if e["event"] == "responded" and not _bot(e)]
    walked = Walk(history)
    if ticket["responded_at"] == ticket["automated_reply_at"]:
        ticket["responded_at"] = None
    if history:
        said = {
            "responded_at": min(replies, default=None),
            "resolved_at": walked.resolutions[-1][0] if walked.state == "resolved" else None,
            "first_resolved_at": walked.first[0],
            "reopened": len(walked.reopenings),
            "status": "resolved" if walked.state == "resolved" else None,
        }
        for column, value in said.items():
            if ticket[column] is None:
                ticket[column] = value
    if ticket["status"] is None:
        ticket["status"] = "open" if ticket["resolved_at"] is None else "resolved"
    if ticket["status"] == "open" and ticket["resolved_at"] is not None:
        ticket["first_resolved_at"] = ticket["first_resolved_at"] or ticket["resolved_at"]
        ticket["resolved_at"] = None
    last = walked.resolutions[-1] if walked.resolutions else (None, False)
    for column, (moment, bot) in (("resolved", last), ("first_resolved", walked.first)):
        same = ticket[f"{column}_at"] is not None and ticket[f"{column}_at"] == moment
        ticket[f"{column}_by_bot"] = same and bot
    until = ticket["responded_at"]
    asked = [at for at in walked.reopenings if until is None or at <= until]
    ticket["asked_at"] = max([ticket["created_at"], *asked])
    ticket["stops"] = list(walked.stops())


def _bot(event: Row) -> bool:
    return bool(event.get("automated"))


class Walk:
    """A ticket's events in order: its state, resolutions (moment, bot), reopenings, phases."""

    def __init__(self, history: list[Row]) -> None:
        self.state, self.paused = "new", False
        self.resolutions: list[tuple[datetime, bool]] = []
        self.reopenings: list[datetime] = []
        self.phases: list[tuple[str, datetime]] = []
        history = sorted(history, key=lambda e: e["occurred_at"])
        for moment, group in groupby(history, key=lambda e: e["occurred_at"]):
            events = {e["event"]: e for e in group}
            turns = [name for name in ("resolved", "reopened") if name in events]
            if self.state == "resolved":
                turns.reverse()  # what came first cannot have been what it was already
            for name in turns:
                self._turn(name, moment, bot=name == "resolved" and _bot(events[name]))
            if self.state != "resolved" and ("paused" in events) != ("resumed" in events):
                self.phases.append(("paused" if "paused" in events else "open", moment))

    def _turn(self, name: str, moment: datetime, *, bot: bool) -> None:
        if name == "reopened":
            if self.state != "reopened":
                self.reopenings.append(moment)
            self.phases.append(("open", moment))
        else:
            if self.state != "resolved":
                self.resolutions.append((moment, bot))
            elif self.resolutions[-1][1] and not bot:  # a person has done what a bot had
                self.resolutions[-1] = (moment, False)
            self.phases.append(("closed", moment))
        self.state = name

    @property
    def first(self) -> tuple[datetime | None, bool]:
        by_people = [found for found in self.resolutions if not found[1]]
        return (by_people or self.resolutions or [(None, False)])[0]

    def stops(self) -> Iterator[Stretch]:
        ends = [moment for _, moment in self.phases[1:]]
        for (state, begins), end in zip(self.phases, [*ends, None], strict=False):
            if state != "open":
                yield state, begins, end
