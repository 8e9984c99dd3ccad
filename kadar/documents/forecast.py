"""Forecasts as documents: customers, the record of such forecasts, a KPI ahead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from kadar.documents.known import Known, known, known_now
from kadar.documents.number import DESCRIBED, Definition, Scalar, values

if TYPE_CHECKING:
    from kadar.forecasts.backtest import Backtest
    from kadar.forecasts.customers_to_come import Forecast
    from kadar.forecasts.kpi_series import KpiForecast, Line
    from kadar.show.reader import Reader
    from kadar.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class CustomersAhead(Known):
    """Customers, or groups of them, with what they are expected to bring and their risk."""

    __pydantic_config__ = DESCRIBED

    basis: str
    """What a value is made of: margin or revenue."""
    model: str
    horizon_months: int
    discount: float
    """A year."""
    risk_months: int
    """The risk is that of no purchase within so many months; under contract, that it ends."""
    contract: bool
    bias: float | None
    """Total bias of past forecasts: expected ÷ come - 1."""
    record: list[str]
    """What is to be said with every number: the basis, the record, how the risk was learnt."""
    count: int
    """Rows there are, of which these may be the first."""
    columns: dict[str, str]
    rows: list[dict[str, Scalar]]


@dataclass(frozen=True, kw_only=True)
class Record:
    """One forecaster over all origins; null where it says nothing of it."""

    __pydantic_config__ = DESCRIBED

    model: str
    naive: bool
    used: bool
    bias: float | None
    """Total expected over all origins ÷ what came - 1."""
    mae: float | None
    rmse: float | None
    auc: float | None
    brier: float | None
    calibration: float | None


@dataclass(frozen=True, kw_only=True)
class Records(Known):
    """How good the forecasts of customers would have been on past days."""

    __pydantic_config__ = DESCRIBED

    contract: bool
    """Counted are months under contract; else purchases."""
    horizon: int
    """Months each forecast looked ahead."""
    origins: list[date]
    """First days that were not known."""
    records: list[Record]


@dataclass(frozen=True, kw_only=True)
class Point:
    """A period of a series: its value, or with `forecast` what is expected of it."""

    __pydantic_config__ = DESCRIBED

    opens: date
    closes: date
    value: float
    forecast: bool
    lower: float | None
    """Eight times of ten the value lies within `lower` and `upper`."""
    upper: float | None
    lower_95: float | None
    """Null where fewer than 19 past errors are known."""
    upper_95: float | None


@dataclass(frozen=True, kw_only=True)
class Path:
    """One series and its record; without points ahead where too little is known."""

    __pydantic_config__ = DESCRIBED

    dimensions: dict[str, Scalar]
    points: list[Point]
    rule: str | None
    mean_absolute_error: float | None
    """Of the rule, over all past origins and steps."""
    naive_error: float | None
    """The same of the naive rule."""
    origins: int | None
    covered: float | None
    """Share of what came within the 80 % interval, as it would have been drawn at the time."""
    target: float | None
    target_met: bool | None
    crossed_on: date | None
    """Opening of the first period expected to be on the other side of the target."""
    crossed_earliest: date | None
    crossed_surely: date | None
    refused: str | None
    """Why there is no forecast."""


@dataclass(frozen=True, kw_only=True)
class KpiAhead(Known):
    """A KPI's series ahead."""

    __pydantic_config__ = DESCRIBED

    definition: Definition
    grain: str
    series: list[Path]


def customers_ahead(workspace: Workspace, reader: Reader, made: Forecast) -> CustomersAhead:
    """Return customers ahead as a document."""
    fit = made.predictions.latest
    said = [reader.t(note) for note in made.predictions.notes]
    if made.classifier is not None:
        said.append(reader.t(made.classifier.said))
    return CustomersAhead(
        **known_now(workspace),
        basis=fit.basis,
        model=fit.model,
        horizon_months=fit.horizon.months,
        discount=fit.horizon.discount,
        risk_months=fit.horizon.risk_months,
        contract=fit.contract,
        bias=made.predictions.bias,
        record=said,
        count=made.count,
        columns=made.columns,
        rows=[values(row) for row in made.rows],
    )


def records(workspace: Workspace, made: Backtest) -> Records:
    """Return a backtest as a document."""
    figures = ("mae", "rmse", "auc", "brier", "calibration")
    return Records(
        **known_now(workspace),
        contract=made.contract,
        horizon=made.horizon,
        origins=made.origins,
        records=[
            Record(
                model=name,
                naive=made.of(name)[0].naive,
                used=name == made.best,
                bias=made.bias_of(name),
                **{figure: made.mean(name, figure) for figure in figures},
            )
            for name in made.models
        ],
    )


def kpi_ahead(workspace: Workspace, reader: Reader, made: KpiForecast) -> KpiAhead:
    """Return a KPI ahead as a document."""
    return KpiAhead(
        **known(made.answer),
        definition=Definition.of(workspace, made.kpi.name, made.variant, reader),
        grain=made.grain,
        series=[_path(line, reader) for line in made.lines],
    )


def _path(line: Line, reader: Reader) -> Path:
    outlook, target = line.outlook, line.target
    best = outlook.scores[0] if outlook else None
    naive = next((s for s in outlook.scores if s.naive), None) if outlook else None
    return Path(
        dimensions=values(line.dimensions),
        points=[
            Point(
                opens=period.opens,
                closes=period.closes,
                value=period.value,
                forecast=period.expected is not None,
                lower=period.expected.lower if period.expected else None,
                upper=period.expected.upper if period.expected else None,
                lower_95=period.expected.lower_95 if period.expected else None,
                upper_95=period.expected.upper_95 if period.expected else None,
            )
            for period in [*line.known, *line.ahead]
        ],
        rule=reader.t(best.rule) if best else None,
        mean_absolute_error=best.mae if best else None,
        naive_error=naive.mae if naive else None,
        origins=outlook.origins if outlook else None,
        covered=outlook.covered if outlook else None,
        target=target.target if target else None,
        target_met=target.met if target else None,
        crossed_on=target.on if target else None,
        crossed_earliest=target.earliest if target else None,
        crossed_surely=target.surely if target else None,
        refused=line.refused.sentence(reader.language) if line.refused else None,
    )
