"""A number as a document: what it means, its interval, its count, whether it is final."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from kadar.language import N_
from kadar.show.answers import value as written_value
from kadar.show.records import plain

if TYPE_CHECKING:
    from kadar.answer import Row
    from kadar.insight.change import Change
    from kadar.show.reader import Reader
    from kadar.workspace import Workspace

DESCRIBED = {
    "use_attribute_docstrings": True
}  # of pydantic: what stands under a field describes it
Scalar = str | int | float | bool | None


@dataclass(frozen=True, kw_only=True)
class Definition:
    """What a number means. Quote it with the number: variants of one KPI are different numbers."""

    __pydantic_config__ = DESCRIBED

    kpi: str
    variant: str
    title: str
    words: str
    """The definition in a sentence, in the reader's language."""
    unit: str
    """percent (as a fraction of 1), points, money, hours, days, months, ratio or number."""
    currency: str | None
    """The company's currency (ISO 4217) where the unit is money."""
    better: str | None
    """The better direction, `up` or `down`; null where neither is."""
    caveats: list[str]
    version: str
    """Tells this meaning, settings included, from every other."""

    @classmethod
    def of(cls, workspace: Workspace, kpi: str, variant: str, reader: Reader) -> Definition:
        """Return the definition of a variant under the company's settings."""
        from kadar.measure.written import version

        made = workspace.kpis[kpi]
        chosen = made.get(variant)
        formula = made.formula(variant, workspace.project.kpi.get(kpi, {}))
        return cls(
            kpi=kpi,
            variant=variant,
            title=reader.t(made.title),
            words=" ".join(reader.t(chosen.wording).split()),
            unit=chosen.unit,
            currency=reader.currency if chosen.unit == "money" else None,
            better=made.better,
            caveats=[reader.t(text) for text in made.caveats],
            version=version(formula),
        )


@dataclass(frozen=True, kw_only=True)
class NotShown:
    """A value not shown: what the checks found could make it wrong by more than the limit."""

    lower: float
    upper: float
    codes: list[str]
    """Codes of the findings."""


@dataclass(frozen=True, kw_only=True)
class Number:
    """One number with what it rests on."""

    __pydantic_config__ = DESCRIBED

    said: str
    """The number as it is to be quoted: with period, interval, count and state."""
    kpi: str
    variant: str
    grain: str
    period: str
    """The period's name, as `2026-09`, `2026-Q3`; give it to `why`, `records`, `reconcile`."""
    opens: date
    """First day, in the company's calendar."""
    closes: date
    """The day after the last."""
    dimensions: dict[str, Scalar]
    value: float | None
    """Rates are fractions of 1, money is in the company's currency; null where there is none."""
    unit: str
    lower: float | None
    """Lower end of the 95 % interval; null where nothing is left to chance."""
    upper: float | None
    n: int | None
    """How many rows the number rests on."""
    numerator: float | None
    denominator: float | None
    complete: bool
    """Whether the period is over and known to its end."""
    mature: bool
    """Whether all that belongs to the period has had the time to happen."""
    excluded: dict[str, int]
    """Rows left out, by reason."""
    at_least: float | None
    """Of a time that is not known yet: what it will not be below."""
    waiting: int | None
    """Of a time: how many rows wait still."""
    withheld: NotShown | None

    @classmethod
    def of(cls, row: Row, workspace: Workspace, reader: Reader) -> Number:
        """Return a row of an answer."""
        held = row.withheld
        return cls(
            said=said(row, workspace, reader),
            kpi=row.kpi,
            variant=row.variant,
            grain=row.grain,
            period=reader.period(row.grain, row.opens, row.closes),
            opens=row.opens,
            closes=row.closes,
            dimensions={name: plain(value) for name, value in row.dimensions.items()},
            value=row.value,
            unit=row.unit,
            lower=row.lower,
            upper=row.upper,
            n=row.n,
            numerator=row.numerator,
            denominator=row.denominator,
            complete=row.complete,
            mature=row.mature,
            excluded=row.excluded,
            at_least=row.at_least,
            waiting=row.waiting,
            withheld=NotShown(lower=held.lower, upper=held.upper, codes=list(held.codes))
            if held
            else None,
        )


def said(row: Row, workspace: Workspace, reader: Reader) -> str:
    """Return a number in words: KPI, period, value, interval, count, and what is not final."""
    title = reader.t(workspace.kpis[row.kpi].title)
    if row.variant != "default":
        title += f" ({row.variant})"
    groups = "".join(f", {name} = {value}" for name, value in row.dimensions.items())
    period = reader.period(row.grain, row.opens, row.closes)
    rests = []
    if row.lower is not None or row.upper is not None:
        interval = reader.interval(row.lower, row.upper, row.unit)
        rests.append(f"{reader.t(N_('95 % interval'))} {interval}")
    if row.n is not None:
        rests.append(f"n = {reader.count(row.n)}")
    if not row.complete:
        rests.append(reader.t(N_("not complete")))
    elif not row.mature:
        rests.append(reader.t(N_("not mature")))
    tail = f" ({'; '.join(rests)})" if rests else ""
    return f"{title}, {period}{groups}: {written_value(row, reader)}{tail}"


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A change from an earlier number, tested."""

    __pydantic_config__ = DESCRIBED

    before: float | None
    period: str
    """The earlier period."""
    change: float | None
    """The later value less the earlier, in the KPI's unit."""
    lower: float | None
    """Lower end of the 95 % interval of the change."""
    upper: float | None
    p: float | None
    """Two-sided; null where nothing was left to chance or there is too little to test."""
    test: str | None
    verdict: str | None
    """`signal`: more than chance; `noise`: chance alone may do it; or `n too small`."""

    @classmethod
    def of(cls, change: Change | None, reader: Reader) -> Difference | None:
        """Return a change; None for None."""
        if change is None:
            return None
        before = change.before
        return cls(
            before=before.value,
            period=reader.period(before.grain, before.opens, before.closes),
            change=change.value,
            lower=change.lower,
            upper=change.upper,
            p=change.p,
            test=reader.t(change.test) if change.test else None,
            verdict=change.verdict,
        )


def values(record: dict[str, Any]) -> dict[str, Scalar]:
    """Return a record's values as JSON has them."""
    return {name: plain(value) for name, value in record.items()}
