"""Formulas written as data and read back mean the same, whatever they are made of."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from kadar.catalogue import catalogue
from kadar.kpi import Crm, _
from kadar.measure.deferred import Deferred
from kadar.measure.formula import Formula, Measure
from kadar.measure.written import read, version, write

CRM = Crm()
EVERY = [(made.name, variant) for made in catalogue() for variant in made.variants]


@pytest.mark.parametrize(("kpi", "variant"), EVERY)
def test_every_definition_is_read_back_as_it_was(kpi: str, variant: str) -> None:
    formula = catalogue()[kpi].formula(variant)
    back = read(write(formula))
    assert type(back) is type(formula)
    assert str(back) == str(formula)
    assert version(back) == version(formula)
    assert write(back) == write(formula)


@pytest.mark.parametrize(
    "value",
    [
        "it's", 3, -2.5, 1e-300, True, None, ["MY", "SG"], ("a", 1), {"b"}, date(2026, 2, 28),
        datetime(2026, 2, 28, 12, 30, 1, 7, UTC), timedelta(days=-1, microseconds=3),
        Decimal("0.10"), Fraction(1, 3),
    ],
)  # fmt: skip
def test_values_of_an_expression_keep_their_type(value: object) -> None:
    formula = CRM.deals.closed.count(Deferred("eq", _.amount, value))
    back = read(write(formula))
    assert isinstance(back, Measure)
    assert back.condition is not None
    assert back.condition.args[1] == value
    assert type(back.condition.args[1]) is type(value)


def test_a_version_tells_meanings_apart() -> None:
    deals = CRM.deals.closed
    one = deals.count(_.outcome == "won") / deals.count()
    same = deals.count(_.outcome == "won") / deals.count()
    other = deals.count(_.outcome == "lost") / deals.count()
    assert version(one) == version(same) != version(other)
    assert len(version(one)) == 12


def test_a_field_left_at_its_default_is_not_written() -> None:
    said = json.loads(write(CRM.deals.closed.count()))
    assert said == {
        "is": "formula.Measure",
        "facts": {"is": "facts.Facts", "table": "deals", "verb": "closed"},
        "kind": "count",
    }


@dataclass(frozen=True)
class Foreign(Formula):
    """A formula of somebody else's."""


def test_what_cannot_be_written_or_read_is_refused() -> None:
    with pytest.raises(TypeError):
        write(Foreign())
    for text in (
        '{"is": "formula.Nothing"}',
        '{"is": "formula.Number"}',
        '{"is": "os.path"}',
        '{"is": "formula.Constant", "amount": 3}',
        '{"is": "facts.Facts", "table": "deals", "verb": "closed"}',
        '{"new kind of value": 3}',
        "3",
    ):
        with pytest.raises(ValueError, match=r"."):
            read(text)
