"""Forecasts of customers as a table people can read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kadar.forecasts.customers_to_come import LEAVING, NO_PURCHASE
from kadar.forecasts.reasons import spoken
from kadar.language import N_
from kadar.show.reader import NOTHING
from kadar.show.terminal import table

if TYPE_CHECKING:
    from rich.console import Console

    from kadar.forecasts.customers_to_come import Forecast
    from kadar.show.reader import Reader

VALUE = ("customer_id", "expected_purchases", "expected_spend", "clv", "clv_low", "clv_high",
         "risk")  # fmt: skip
RISK = ("customer_id", "risk", "clv", "at_stake", "reason")
_HEADS = {
    "customer_id": N_("customer"),
    "customers": N_("customers"),
    "expected_purchases": N_("purchases"),
    "expected_spend": N_("a purchase"),
    "clv": N_("value"),
    "clv_total": N_("value of all"),
    "clv_low": N_("low"),
    "clv_high": N_("high"),
    "risk": N_("risk"),
    "at_stake": N_("at stake"),
    "reason": N_("why"),
}
_MONEY = ("expected_spend", "clv", "clv_total", "clv_low", "clv_high", "at_stake")
CONTRACT = {"expected_purchases": N_("months"), "expected_spend": N_("a month")}
LEAVING_SAID = N_("Risk: probability that the contract ends in the {months} months after {day}.")
LOSSES = N_(
    "All contracts that end in those months: {expected} expected, 95 % interval {interval}; "
    "total bias of past forecasts (of months under contract) {bias}."
)
RISK_SAID = N_("Risk: probability of no purchase in the {months} months after {day}.")
TOTAL = N_(
    "All purchases in those months: {expected} expected, 95 % interval {interval}; "
    "total bias of past forecasts {bias}."
)
RELATED = N_(
    "Spend and frequency are related (correlation {value}, {interval}): "
    "the value of customers at either end is less sure than it looks."
)
UNRELATED = N_("Spend has little to do with frequency (correlation {value}, {interval}).")


def show(console: Console, made: Forecast, reader: Reader, *, churn: bool) -> None:
    """Print the rows, then what they rest on: basis, record, interval, independence."""
    contract = made.predictions.latest.contract
    usual = list(RISK if churn else VALUE)
    names = [n for n in made.columns if n not in (NO_PURCHASE, LEAVING)] if made.by else usual
    heads = {**_HEADS, **(CONTRACT if contract else {})}
    listed = table()
    for name in names:
        left = made.columns.get(name) == "text"
        listed.add_column(
            reader.t(heads.get(name, name)), justify="left" if left else "right", overflow="fold"
        )
    for row in made:
        listed.add_row(*(_cell(name, row[name], reader) for name in names))
    console.print(listed)
    if len(made.rows) < made.count:
        rest = reader.count(made.count - len(made.rows))
        console.print(
            reader.t(N_("{rest} more rows: all of them with --format csv."), rest=rest), style="dim"
        )
    for line in [*(reader.t(note) for note in made.predictions.notes), *_rests_on(made, reader)]:
        console.print(line, style="dim")


def _rests_on(made: Forecast, reader: Reader) -> list[str]:
    fit = made.predictions.latest
    said = LEAVING_SAID if fit.contract else RISK_SAID
    lines = [reader.t(said, months=fit.horizon.risk_months, day=fit.observed)]
    if made.classifier is not None:
        lines.append(reader.t(made.classifier.said))
    interval = fit.losses_interval if fit.contract else fit.purchases_interval
    expected = fit.losses_expected if fit.contract else fit.purchases_expected
    if interval is not None and expected is not None:
        low, high = interval
        bias = made.predictions.bias
        lines.append(
            reader.t(
                LOSSES if fit.contract else TOTAL,
                expected=reader.count(round(expected)),
                interval=reader.interval(round(low), round(high), "number"),
                bias=NOTHING if bias is None else f"{bias:+.1%}",
            )
        )
    found = fit.dependence
    if found is not None:
        between = f"{found.lower:.2f} … {found.upper:.2f}"
        said = RELATED if found.related else UNRELATED
        lines.append(reader.t(said, value=f"{found.correlation:.2f}", interval=between))
    return lines


def _cell(name: str, value: Any, reader: Reader) -> str:
    if value is None:
        return NOTHING
    if name in _MONEY:
        return reader.value(value, "money")
    if name == "reason":
        return spoken(value, reader.language)
    if name == "risk":
        return reader.value(value, "percent")
    if name == "customers":
        return reader.count(value)
    return reader.t(value) if isinstance(value, str) else reader.number(value)
