"""Money in the company's currency: exact, at the row's own date, or not at all."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from derive_model import Crm

RATES = [
    {"currency": "EUR", "valid_at": "2024-01-01 00:00:00+00", "rate": 4.47},
    {"currency": "EUR", "valid_at": "2024-01-10 12:00:00+00", "rate": 5},
    {"currency": "VND", "valid_at": "2024-01-01 00:00:00+00", "rate": 0.000187654321},
]


@pytest.mark.parametrize(
    ("currency", "moment", "revenue", "expected"),
    [
        ("EUR", "2024-01-01 00:00:00+00", "0.0150", "0.0671"),  # 0.06705: half away from zero
        ("EUR", "2024-01-01 00:00:00+00", "-0.0150", "-0.0671"),
        ("EUR", "2024-01-10 11:59:59.999999+00", "100", "447"),
        ("EUR", "2024-01-10 12:00:00+00", "100", "500"),  # the latest rate on or before
        ("EUR", "2029-12-31 00:00:00+00", "100", "500"),
        ("eur", "2024-01-02 00:00:00+00", "100", "447"),
        ("MYR", "2020-01-01 00:00:00+00", "100", "100"),
        (None, "2020-01-01 00:00:00+00", "100", "100"),
        ("VND", "2024-01-02 00:00:00+00", "123456789012", "23167199.9149"),
        ("EUR", "2024-01-02 00:00:00+00", None, None),
    ],
)
def test_an_amount_is_converted_exactly(
    crm: Crm, currency: str | None, moment: str, revenue: str | None, expected: str | None
) -> None:
    crm.put("fx_rates", *RATES)
    crm.put(
        "orders",
        {
            "order_id": "1",
            "ordered_at": moment,
            "revenue": revenue,
            "cost": 0,
            "currency": currency,
        },
        {"order_id": "2", "ordered_at": moment, "revenue": 1, "cost": 1, "currency": "EUR"},
    )
    crm.derive(currency="MYR", time_zone="Asia/Kuala_Lumpur")
    wanted = None if expected is None else Decimal(expected)
    assert crm.rows(
        "SELECT revenue, margin, currency, rate_missing, typeof(revenue), typeof(margin) "
        "FROM crm.orders WHERE order_id = '1'"
    ) == [(wanted, wanted, currency, False, "DECIMAL(18,4)", "DECIMAL(18,4)")]


@pytest.mark.parametrize(
    ("currency", "moment"), [("EUR", "2023-12-31 23:59:59+00"), ("GBP", "2024-06-01 00:00:00+00")]
)
def test_without_a_rate_there_is_no_amount(crm: Crm, currency: str, moment: str) -> None:
    crm.put("fx_rates", *RATES)
    order = {"order_id": "1", "customer_id": "c", "revenue": 10, "cost": 5}
    crm.put("orders", order | {"ordered_at": moment, "currency": currency})
    crm.put("order_lines", {"order_id": "1", "line": "1", "revenue": 10, "cost": 5})
    crm.derive(currency="MYR")
    wanted = [(None, None, True)]
    assert crm.rows("SELECT revenue, cost, rate_missing FROM crm.orders") == wanted
    assert crm.rows("SELECT revenue, cost, rate_missing FROM crm.order_lines") == wanted
    # it is still a purchase
    assert crm.rows("SELECT count(*) FROM crm.spells") == [(1,)]


def test_a_refund_without_a_rate_is_still_a_refund(crm: Crm) -> None:
    crm.put(
        "orders",
        {
            "order_id": "1",
            "customer_id": "c",
            "ordered_at": "2024-01-01",
            "revenue": -10,
            "currency": "EUR",
        },
    )
    crm.derive(currency="MYR")
    assert crm.rows("SELECT count(*) FROM crm.spells") == [(0,)]
    assert crm.rows("SELECT acquired_at FROM crm.customers") == [(None,)]


@pytest.mark.parametrize("zone", ["UTC", "America/Sao_Paulo", "Pacific/Apia"])
def test_every_row_has_the_latest_rate_before_it(crm: Crm, zone: str) -> None:
    chance = random.Random(zone)
    begin = datetime(2011, 12, 1, tzinfo=UTC)
    rates = {
        (currency, begin + timedelta(hours=chance.randrange(90 * 24))): Decimal(
            chance.randrange(1, 10**6)
        )
        / 10**5
        for currency in ("EUR", "GBP")
        for _ in range(60)
    }
    crm.put(
        "fx_rates",
        *({"currency": c, "valid_at": t, "rate": float(r)} for (c, t), r in rates.items()),
    )
    spend = [
        (
            str(at),
            chance.choice(["EUR", "GBP", "MYR", None]),
            begin + timedelta(minutes=chance.randrange(100 * 24 * 60)),
            Decimal(chance.randrange(10**9)) / 10**4,
        )
        for at in range(800)
    ]
    crm.put(
        "spend",
        *({"spend_id": i, "currency": c, "spent_at": t, "amount": a} for i, c, t, a in spend),
    )
    crm.derive(currency="MYR", time_zone=zone)
    found = dict(crm.rows("SELECT spend_id, amount FROM crm.spend"))
    assert len(found) == len(spend)
    for spend_id, currency, moment, amount in spend:
        if currency in ("MYR", None):
            assert found[spend_id] == amount
            continue
        known = [t for c, t in rates if c == currency and t <= moment]
        if not known:
            assert found[spend_id] is None
            continue
        exact = amount * rates[currency, max(known)]
        assert found[spend_id] == exact.quantize(Decimal("0.0001"), ROUND_HALF_UP)


def test_order_lines_are_in_their_orders_currency(crm: Crm) -> None:
    crm.put("fx_rates", *RATES)
    crm.put(
        "orders",
        {"order_id": "1", "ordered_at": "2024-01-02", "currency": "EUR"},
        {"order_id": "2", "ordered_at": "2024-01-02", "currency": "MYR"},
    )
    crm.put(
        "order_lines",
        *({"order_id": o, "line": "1", "revenue": 100, "cost": 10} for o in ("1", "2", "3")),
    )
    crm.derive(currency="MYR")
    assert crm.rows(
        "SELECT order_id, currency, revenue, cost, rate_missing FROM crm.order_lines ORDER BY 1"
    ) == [
        ("1", "EUR", 447, Decimal("44.7"), False),
        ("2", "MYR", 100, 10, False),
        ("3", None, 100, 10, False),
    ]


def test_a_deal_is_worth_what_it_was_when_it_closed(crm: Crm) -> None:
    crm.put("fx_rates", *RATES)
    deal = {"amount": 100, "currency": "EUR", "created_at": "2024-01-02"}
    crm.put(
        "deals",
        deal | {"deal_id": "1", "closed_at": "2024-01-20"},
        deal | {"deal_id": "2"},
    )
    crm.derive(currency="MYR")
    assert crm.rows("SELECT amount FROM crm.deals ORDER BY deal_id") == [(500,), (447,)]
