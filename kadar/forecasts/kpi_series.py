"""KPIs ahead: the series an answer holds, forecast from their whole mature periods."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from kadar.answer import Answer, Row
from kadar.derive.periods import following
from kadar.derive.settings import Settings
from kadar.errors import NO, KadarError
from kadar.forecasts.series import SEASONS, Crossing, Outlook, Period, crossing, needed, outlook
from kadar.insight.comparison import plain_key
from kadar.insight.limits import bounds
from kadar.kpi import POINTS, UP, Kpi
from kadar.language import N_

if TYPE_CHECKING:
    from kadar.workspace import Workspace

HORIZON = 6
MOST = 120  # periods ahead
COLUMNS = {
    "kpi": "text",
    "variant": "text",
    "grain": "text",
    "opens": "day",
    "closes": "day",
    "value": "number",
    "forecast": "boolean",
    "lower": "number",
    "upper": "number",
    "lower_95": "number",
    "upper_95": "number",
    "rule": "text",
}


@dataclass(frozen=True)
class Line:
    """One series: the periods it was learnt from, those to come, its record and its target.

    Without an `outlook` there are too few whole periods, as `refused` says.
    """

    dimensions: dict[str, Any]
    known: list[Period]
    ahead: list[Period]
    outlook: Outlook | None
    target: Crossing | None
    refused: KadarError | None = None


@dataclass(frozen=True)
class KpiForecast:
    """A KPI ahead, a line for each group it is divided into; iterating gives flat records."""

    kpi: Kpi
    variant: str
    unit: str
    grain: str
    answer: Answer
    lines: list[Line]

    @property
    def columns(self) -> dict[str, str]:
        """The columns of the records, each with its kind."""
        return COLUMNS | {name: "text" for line in self.lines[:1] for name in line.dimensions}

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for line in self.lines:
            for period in [*line.known, *line.ahead]:
                yield self._record(line, period)

    def _record(self, line: Line, period: Period) -> dict[str, Any]:
        expected, made = period.expected, line.outlook
        return {
            "kpi": self.kpi.name,
            "variant": self.variant,
            "grain": self.grain,
            "opens": period.opens,
            "closes": period.closes,
            "value": period.value,
            "forecast": expected is not None,
            "lower": expected and expected.lower,
            "upper": expected and expected.upper,
            "lower_95": expected and expected.lower_95,
            "upper_95": expected and expected.upper_95,
            "rule": made.rule if made and expected else None,
            **{k: None if v is None else str(v) for k, v in line.dimensions.items()},
        }


def forecast_kpi(
    workspace: Workspace,
    kpi: str,
    *,
    grain: str = "month",
    horizon: int = HORIZON,
    target: float | None = None,
    **asked: Any,
) -> KpiForecast:
    """Forecast each series of a KPI, `horizon` periods beyond the last whole one.

    What is asked else is as for `Workspace.ask`; `target` is that of kadar.toml where it is not
    given. Raises KDR-FCT-070 for the grain `all`, KDR-FCT-071 for a horizon that is none,
    KDR-FCT-072 where the only series has too few whole periods, and what `ask` raises.
    """
    if grain not in SEASONS:
        raise KadarError(
            "KDR-FCT-070",
            N_("One period over the whole span is no series to forecast."),
            N_("Ask by day, week, month, quarter or year."),
        )
    if not 1 <= horizon <= MOST:
        raise KadarError(
            "KDR-FCT-071",
            N_("A forecast of {horizon} periods cannot be made."),
            N_("Ask for 1 to {most}."),
            horizon=horizon,
            most=MOST,
        )
    ((made, variant),) = workspace.wanted(kpi, asked.pop("variant", None))
    answer = workspace.ask(made, variant=variant, grain=grain, **asked)
    goal = workspace.settings(made).get("target") if target is None else target
    if variant != made.usual and target is None:
        goal = None  # the company's target is of the usual definition
    settings = Settings.of(workspace.project.company)
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in answer:
        groups.setdefault(tuple(map(plain_key, row.dimensions.values())), []).append(row)
    unit = next((row.unit for row in answer), made.get(variant).unit)
    lines = [
        _line(made, rows, grain, horizon, None if goal is None else float(goal), settings)
        for rows in groups.values()
    ]
    if len(lines) <= 1 and (not lines or lines[0].refused):
        raise lines[0].refused if lines and lines[0].refused else _too_few(made.name, 0, horizon)
    shown = next((row.variant for row in answer), variant)
    return KpiForecast(made, shown, unit, grain, answer, lines)


def _line(
    kpi: Kpi, rows: Sequence[Row], grain: str, horizon: int, goal: float | None, settings: Settings
) -> Line:
    rows = sorted(rows, key=lambda row: row.opens)
    known = _known(rows)
    dimensions = rows[0].dimensions
    values = [period.value for period in known]
    whole = max((row.closes for row in rows if row.complete), default=date.min)
    days = _days(grain, known[-1].closes, whole, horizon, settings) if known else []
    if len(values) < needed(len(days)) or not known:
        error = _too_few(kpi.name, len(values), max(len(days), horizon))
        return Line(dimensions, known, [], None, None, error)
    made = outlook(values, len(days), SEASONS[grain], _bounds(rows[0].unit, values))
    ahead = [
        Period(opens, closes, one.value, one)
        for (opens, closes), one in zip(days, made.ahead, strict=True)
    ]
    met = None
    if goal is not None and kpi.better is not None:
        met = crossing(values[-1], ahead, goal, up=kpi.better == UP)
    return Line(dimensions, known, ahead, made, met)


def _bounds(unit: str, values: list[float]) -> tuple[float | None, float | None]:
    """Return what no value can lie beyond; a score that fell below 0 is one of -100 to 100."""
    if unit == POINTS and min(values) < 0:
        return -100.0, 100.0
    return bounds(unit, values)


def _known(rows: Sequence[Row]) -> list[Period]:
    """Return the latest unbroken run of whole mature periods that have a value."""
    run: list[Period] = []
    for row in rows:
        if not (row.complete and row.mature):
            continue
        if row.value is None or (run and run[-1].closes != row.opens):
            run = []
        if row.value is not None:
            run.append(Period(row.opens, row.closes, row.value))
    return run


def _days(
    grain: str, since: date, whole: date, horizon: int, settings: Settings
) -> list[tuple[date, date]]:
    """Periods from the first that is not whole and mature to `horizon` after the last whole."""
    found: list[tuple[date, date]] = []
    opens = since
    while len([day for day, _ in found if day >= whole]) < horizon:
        closes = following(grain, opens, settings)
        found.append((opens, closes))
        opens = closes
    return found


def _too_few(kpi: str, known: int, horizon: int) -> KadarError:
    return KadarError(
        "KDR-FCT-072",
        N_("Whole periods of {kpi} in a row that have a value and are known for good: {known}."),
        N_("A forecast of {horizon} needs {needed}: choose a shorter horizon or another grain."),
        exit_code=NO,
        kpi=kpi,
        known=known,
        horizon=horizon,
        needed=needed(horizon),
    )
