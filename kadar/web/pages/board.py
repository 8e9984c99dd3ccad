"""The board: each KPI of a role, what needs attention first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kadar.language import N_
from kadar.scoreboard import Line, Scoreboard, scoreboard
from kadar.show.answers import known_until, value
from kadar.show.verdicts import WORDS
from kadar.web.page import Page
from kadar.web.verdict import told

if TYPE_CHECKING:
    from kadar.web.visit import Visit

ROLES = {
    "crm": "CRM",
    "sales": N_("Sales"),
    "marketing": N_("Marketing"),
    "service": N_("Service"),
    "leadership": N_("Leadership"),
}


def view(visit: Visit) -> dict[str, Any]:
    """Return the cards of a role's KPIs, those that need attention first."""
    role = visit.get("role") or "crm"
    role = role if role in ROLES else "crm"
    board = scoreboard(visit.workspace, grain=visit.grain, where=visit.where)
    lines = [line for line in board.lines if role == "crm" or role in line.kpi.roles]
    shown = [_card(line, board, visit) for line in lines if line.refused is None]
    shown.sort(key=lambda card: -len(card["reasons"]))
    return {
        "roles": [(name, visit.t(label)) for name, label in ROLES.items()],
        "role": role,
        "cards": shown,
        "attention": [card for card in shown if card["reasons"]],
        "refused": [
            {
                "title": line.kpi.title,
                "why": line.refused.sentence(visit.language),
                "remedy": line.refused.next_step(visit.language),
                "href": visit.url(f"/kpi/{line.kpi.name}"),
            }
            for line in lines
            if line.refused is not None
        ],
        "until": known_until(board.answer, visit.workspace, visit.reader),
        "notes": board.answer.notes,
    }


def _card(line: Line, board: Scoreboard, visit: Visit) -> dict[str, Any]:
    reader, now = visit.reader, line.now
    card: dict[str, Any] = {
        "title": line.kpi.title,
        "href": visit.url(f"/kpi/{line.kpi.name}"),
        "value": None,
        "empty": visit.t(N_("No whole period yet.")),
        "reasons": [],
        "checks": None,
        "bad": False,
        "good": False,
    }
    if now is None:
        return card
    verdict = told(line.changed, line.kpi.better, visit)
    known = [value for value in line.history if value is not None]
    card |= {
        "value": value(now, reader),
        "checks": visit.url("/checks") + "#withheld" if now.withheld else None,
        "interval": reader.interval(now.lower, now.upper, now.unit),
        "n": reader.count(now.n),
        "period": reader.period(now.grain, now.opens, now.closes),
        **verdict,
        "since": _since(line, visit),
        "target": None if line.met is None else reader.value(line.target, now.unit),
        "met": line.met,
        "running": _running(line, board, visit),
        "history": line.history,
        "history_said": visit.t(
            N_("{count} periods, from {low} to {high}"),
            count=len(known),
            low=reader.value(min(known, default=None), now.unit),
            high=reader.value(max(known, default=None), now.unit),
        ),
    }
    if now.withheld:
        span = reader.interval(now.withheld.lower, now.withheld.upper, now.unit)
        why = N_("doubtful rows leave it anywhere from {span}")
        card["reasons"].append(visit.t(why, span=span))
    if line.met is False:
        card["reasons"].append(visit.t(N_("target {target} missed"), target=card["target"]))
    if verdict["badge"] == "bad":
        card["reasons"].append(visit.t(N_("worse, and more than chance: {change}"), **verdict))
    card["bad"] = bool(card["reasons"])
    card["good"] = not card["bad"] and (bool(line.met) or verdict["badge"] == "good")
    return card


def _since(line: Line, visit: Visit) -> str | None:
    """Name the period compared with, where it is not the one before."""
    before = line.before
    if before is None or not line.skipped:
        return None
    period = visit.reader.period(before.grain, before.opens, before.closes)
    return visit.t(N_("since {period}"), period=period)


def _running(line: Line, board: Scoreboard, visit: Visit) -> str | None:
    """Say how the running period stands against the same days of the one before."""
    part = line.to_date
    if part is None or board.elapsed is None:
        return None
    if part.after.value is None or part.before.value is None:
        return None
    reader, unit = visit.reader, part.after.unit
    heading = (
        N_("{period}, first {days} working days: {value}, {change} on the same days before")
        if board.elapsed.working
        else N_("{period}, first {days} days: {value}, {change} on the same days before")
    )
    told = visit.t(
        heading,
        period=reader.period(part.after.grain, part.after.opens, part.after.closes),
        days=board.elapsed.days,
        value=reader.value(part.after.value, unit),
        change=reader.change(part.after.value, part.before.value, unit),
    )
    return f"{told} ({visit.t(WORDS[part.verdict])})" if part.verdict else told


PAGE = Page("/", "board.html", N_("Board"), view, place=1, key="b")
