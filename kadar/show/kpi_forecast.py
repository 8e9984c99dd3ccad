"""A KPI ahead as a table people can read, with the record of such forecasts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kadar.language import N_
from kadar.show.reader import NOTHING
from kadar.show.terminal import table

if TYPE_CHECKING:
    from rich.console import Console

    from kadar.forecasts.kpi_series import KpiForecast, Line
    from kadar.forecasts.series import Crossing, Period
    from kadar.show.reader import Reader

SEEN = 3  # known periods in a table, for comparison
BY = N_("By {rule}: mean absolute error {error} over {origins} past forecasts; the naive rule "
        "({naive}) {naive_error}.")  # fmt: skip
NAIVE = N_("By {rule}, the naive rule, which nothing beat: mean absolute error {error} over "
           "{origins} past forecasts.")  # fmt: skip
COVERED = N_("Of what came then, {share} lay within the 80 % interval.")
UNKNOWN = N_("Too few of these were made to say how often the 80 % interval held.")
LEARNT = N_("Learnt from the {count} whole periods up to {last}; those not known for good are "
            "forecast too.")  # fmt: skip
MEETS = {
    True: N_("Target {target} is met; expected to be missed from {on} on (at 80 %: from {low} at "
             "the earliest, surely from {high})."),
    False: N_("Target {target} is not met; expected to be met from {on} on (at 80 %: from {low} "
              "at the earliest, surely from {high})."),
}  # fmt: skip
STAYS = {
    True: N_("Target {target} is met, and expected to be so to the end of the forecast; at 80 %, "
             "missed from {low} at the earliest."),
    False: N_("Target {target} is not met, nor expected to be within the forecast; at 80 %, met "
              "from {low} at the earliest."),
}  # fmt: skip
SURE = {
    True: N_("Target {target} is met, and so is the 80 % interval to the end of the forecast."),
    False: N_("Target {target} is not met, nor by the 80 % interval within the forecast."),
}


def show(console: Console, made: KpiForecast, reader: Reader) -> None:
    """Print each series ahead, what it was learnt from and how good such forecasts were."""
    name = reader.t(made.kpi.title)
    if made.variant != "default":
        name = f"{name} ({made.variant})"
    for line in made.lines:
        group = ", ".join(f"{key} = {value}" for key, value in line.dimensions.items())
        console.print(f"{name}: {group}" if group else name, style="bold")
        if line.refused is not None:
            console.print(line.refused.sentence(reader.language), style="dim")
            continue
        listed = table()
        for head in (N_("period"), N_("value"), N_("80 % interval"), N_("95 % interval")):
            left = head == "period"
            listed.add_column(reader.t(head), justify="left" if left else "right")
        for period in [*line.known[-SEEN:], *line.ahead]:
            listed.add_row(*cells(made, period, reader))
        console.print(listed)
        for said in told(made, line, reader):
            console.print(said, style="dim")
    for note in made.answer.notes:
        console.print(reader.t(note), style="dim")


def cells(made: KpiForecast, period: Period, reader: Reader) -> list[str]:
    """Return a row: the period, its value, and the two intervals of what is expected."""
    ahead = period.expected
    when = reader.period(made.grain, period.opens, period.closes)
    shown = [when, reader.value(period.value, made.unit)]
    if ahead is None:
        return [*shown, "", ""]
    shown.append(reader.interval(ahead.lower, ahead.upper, made.unit))
    if ahead.lower_95 is None or ahead.upper_95 is None:
        return [*shown, NOTHING]
    return [*shown, reader.interval(ahead.lower_95, ahead.upper_95, made.unit)]


def told(made: KpiForecast, line: Line, reader: Reader) -> list[str]:
    """Return sentences: the rule and its record, what it was learnt from, the target."""
    outlook = line.outlook
    if outlook is None:
        return []
    best = outlook.scores[0]
    naive = next(score for score in outlook.scores if score.naive)
    said = [
        reader.t(
            NAIVE if best.naive else BY,
            rule=reader.t(best.rule),
            error=_error(best.mae, made.unit, reader),
            origins=reader.count(outlook.origins),
            naive=reader.t(naive.rule),
            naive_error=_error(naive.mae, made.unit, reader),
        ),
        reader.t(UNKNOWN)
        if outlook.covered is None
        else reader.t(COVERED, share=reader.value(outlook.covered, "percent")),
        reader.t(
            LEARNT,
            count=reader.count(len(line.known)),
            last=reader.period(made.grain, line.known[-1].opens, line.known[-1].closes),
        ),
    ]
    return said if line.target is None else [*said, _target(made, line, line.target, reader)]


def _target(made: KpiForecast, line: Line, target: Crossing, reader: Reader) -> str:
    periods = {period.opens: period for period in line.ahead}

    def when(day: object) -> str:
        found = next((p for opens, p in periods.items() if opens == day), None)
        return NOTHING if found is None else reader.period(made.grain, found.opens, found.closes)

    said = MEETS if target.on is not None else SURE if target.earliest is None else STAYS
    return reader.t(
        said[target.met],
        target=reader.value(target.target, made.unit),
        on=when(target.on),
        low=when(target.earliest),
        high=when(target.surely),
    )


def _error(value: float, unit: str, reader: Reader) -> str:
    """Return an error: of a share in percentage points."""
    if unit == "percent":
        return reader.t(N_("{number} points"), number=reader.number(value * 100))
    return reader.value(value, unit)
