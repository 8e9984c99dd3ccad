"""A backtest as a table people can read; as records for other tools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kadar.language import N_
from kadar.show.listing import Listed
from kadar.show.reader import NOTHING
from kadar.show.terminal import table

if TYPE_CHECKING:
    from rich.console import Console

    from kadar.forecasts.backtest import Backtest, Score
    from kadar.show.reader import Reader

FREQUENCIES = ("0", "1", "2", "3", "4+")
_COLUMNS = {
    "model": "text",
    "origin": "day",
    "until": "day",
    "customers": "integer",
    "expected": "number",
    "actual": "number",
    "bias": "number",
    "mae": "number",
    "rmse": "number",
    **{f"mae_{name}": "number" for name in FREQUENCIES},
    "lost": "number",
    "auc": "number",
    "brier": "number",
    "calibration": "number",
    "diagnosis": "text",
}


def listed(made: Backtest) -> Listed:
    """Return a row for each forecaster and origin."""
    return Listed(_COLUMNS, [_record(score) for score in made.scores])


def _record(score: Score) -> dict[str, Any]:
    counts, risk = score.counts, score.risk
    found: dict[str, Any] = dict.fromkeys(_COLUMNS)
    found |= {name: getattr(score, name) for name in ("model", "origin", "until", "customers")}
    found["diagnosis"] = score.diagnosis
    if counts is not None:
        for name in ("expected", "actual", "bias", "mae", "rmse"):
            found[name] = getattr(counts, name)
        for name, value in zip(FREQUENCIES, counts.by_frequency, strict=True):
            found[f"mae_{name}"] = value
    if risk is not None:
        for name in ("lost", "auc", "brier", "calibration"):
            found[name] = getattr(risk, name)
    return found


def weeks(made: Backtest) -> Listed:
    """Return what came and what each forecaster expected up to each week's end.

    Of contracts: those that had ended up to each month's end.
    """
    step = "month" if made.contract else "week"
    names = [name for name in made.models if any(score.tracking for score in made.of(name))]
    columns = {"origin": "day", step: "integer", "came": "number"}
    columns |= dict.fromkeys(names, "number")
    tracked = {(s.model, s.origin): s.tracking for s in made.scores if s.tracking}
    rows = [
        {"origin": origin, step: week + 1, "came": came}
        | {name: tracked[name, origin][week] for name in names}
        for origin in made.origins
        for week, came in enumerate(made.came.get(origin, []))
    ]
    return Listed(columns, rows)


def show(console: Console, made: Backtest, reader: Reader) -> None:
    """Print each forecaster's figures over all origins, and which model is used."""
    console.print(
        reader.t(
            N_("Forecasts of {months} months from {origins}, beside what then came"),
            months=made.horizon,
            origins=", ".join(f"{origin:%Y-%m-%d}" for origin in made.origins),
        ),
        style="bold",
    )
    listed = table()
    listed.add_column(reader.t(N_("forecast by")), overflow="fold")
    heads = [N_("total bias"), "MAE", "RMSE"]
    heads += [] if made.contract else [f"MAE {name}" for name in FREQUENCIES]
    for head in [*heads, "AUC", "Brier", N_("calibration error")]:
        listed.add_column(reader.t(head), justify="right")
    for name in made.models:
        cells = [_percent(made.bias_of(name), reader)]
        cells += [_figure(made.mean(name, figure), reader) for figure in ("mae", "rmse")]
        if not made.contract:
            cells += [_figure(value, reader) for value in _by_frequency(made, name)]
        cells += [
            _figure(made.mean(name, figure), reader) for figure in ("auc", "brier", "calibration")
        ]
        mark = " *" if name == made.best else ""
        listed.add_row(f"{reader.t(name)}{mark}", *cells)
    console.print(listed)
    console.print(reader.t(N_("* did best, and is the one used.")), style="dim")
    if made.contract:
        said = N_("Bias, MAE and RMSE are of months under contract; --weekly tracks the lost.")
        console.print(reader.t(said), style="dim")
    else:
        said = N_("MAE 0 to 4+: customers by their repeat purchases before; --weekly tracks weeks.")
        console.print(reader.t(said), style="dim")
    for line in dict.fromkeys([made.sampled, *(score.diagnosis for score in made.scores)]):
        if line:
            console.print(reader.t(line), style="dim")


def show_weeks(console: Console, made: Backtest, reader: Reader) -> None:
    """Print the purchases that came and those expected, up to each week's end."""
    found = weeks(made)
    listed = table()
    for name, kind in found.columns.items():
        listed.add_column(reader.t(name), justify="left" if kind == "day" else "right")
    for row in found:
        listed.add_row(*(f"{v:,.0f}" if isinstance(v, float) else str(v) for v in row.values()))
    console.print(listed)


def _by_frequency(made: Backtest, name: str) -> list[float | None]:
    """Return the mean of each class over the origins that have it."""
    lists = [score.counts.by_frequency for score in made.of(name) if score.counts is not None]
    found: list[float | None] = []
    for place in range(len(FREQUENCIES)):
        known = [one[place] for one in lists if one[place] is not None]
        found.append(sum(v for v in known if v is not None) / len(known) if known else None)
    return found


def _figure(value: float | None, reader: Reader) -> str:
    from babel.numbers import format_decimal

    return NOTHING if value is None else str(format_decimal(value, "0.000", reader.language))


def _percent(value: float | None, reader: Reader) -> str:
    from babel.numbers import format_decimal

    if value is None:
        return NOTHING
    return f"{format_decimal(100 * value, '+0.0;-0.0', reader.language)}%"
