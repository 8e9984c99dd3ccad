"""Customers: merges, those nobody lists, what two sources say, and when each first paid."""

from __future__ import annotations

import pytest
from derive_model import Crm

CHAIN = {"a": "b", "b": "c", "c": "d", "e": "e", "x": "y", "y": "z", "z": "x", "w": "x"}


def test_merge_chains_are_followed_to_their_end_and_circles_left_alone(crm: Crm) -> None:
    records = ["a", "b", "c", "d", "e", "x", "y", "z", "w"]
    crm.put("customers", *({"customer_id": c, "merged_into": CHAIN.get(c)} for c in records))
    crm.put("leads", *({"lead_id": c, "customer_id": c} for c in [*records, "stranger", None]))
    crm.derive()
    found = dict(crm.rows("SELECT lead_id, customer_id FROM crm.leads WHERE lead_id IS NOT NULL"))
    assert found == {"a": "d", "b": "d", "c": "d", "d": "d", "stranger": "stranger"} | {
        c: c for c in "exyzw"
    }
    assert crm.rows("SELECT customer_id FROM crm.customers ORDER BY 1") == [(c,) for c in "dewxyz"]


def test_a_chain_of_a_thousand(crm: Crm) -> None:
    crm.connection.execute(
        "INSERT INTO model.customers (customer_id, merged_into, source, recorded_at) "
        "SELECT i || '', (i + 1) || '', 'a', TIMESTAMPTZ '2024-01-01' FROM range(1000) r(i)"
    )
    crm.put("leads", {"lead_id": "1", "customer_id": "0"})
    crm.derive()
    assert crm.rows("SELECT customer_id FROM crm.leads") == [("1000",)]
    # the last survivor is in no source: the records merged into it stand for it
    assert crm.rows("SELECT customer_id, source FROM crm.customers") == [("1000", "a")]


def test_a_survivor_keeps_its_own_row_and_the_earliest_acquisition(crm: Crm) -> None:
    crm.put(
        "customers",
        {"customer_id": "old", "merged_into": "new", "segment": "s", "acquired_at": "2020-01-01"},
        {"customer_id": "new", "name": "New", "acquired_at": "2022-01-01"},
    )
    crm.derive()
    assert crm.rows(
        "SELECT customer_id, name, segment, merged_into, acquired_at FROM crm.customers"
    ) == [("new", "New", None, None, "2020-01-01 00:00:00")]


def test_who_buys_is_a_customer_though_nobody_lists_them(crm: Crm) -> None:
    order = {"revenue": 10}
    crm.put("customers", {"customer_id": "listed", "merged_into": None})
    crm.put("customers", {"customer_id": "double", "merged_into": "listed"})
    crm.put(
        "orders",
        order | {"order_id": "1", "customer_id": "o", "ordered_at": "2024-02-02", "channel": "b"},
        order | {"order_id": "2", "customer_id": "o", "ordered_at": "2024-02-01", "channel": "a"},
        {"order_id": "3", "customer_id": "o", "ordered_at": "2024-01-01", "revenue": -1},
        order | {"order_id": "4", "customer_id": "double", "ordered_at": "2024-03-01"},
        order | {"order_id": "5", "customer_id": None, "ordered_at": "2024-03-01"},
        {"order_id": "6", "customer_id": "refunded", "ordered_at": "2024-01-01", "revenue": -1},
    )
    crm.put(
        "deals",
        {
            "deal_id": "1",
            "customer_id": "o",
            "outcome": "won",
            "closed_at": "2023-12-31",
            "channel": "c",
        },
        {
            "deal_id": "2",
            "customer_id": "d",
            "outcome": "won",
            "closed_at": "2024-01-01",
            "channel": "c",
        },
        {"deal_id": "3", "customer_id": "never", "outcome": "lost", "closed_at": "2024-01-01"},
        {"deal_id": "4", "customer_id": "maybe", "outcome": "open"},
    )
    crm.put(
        "subscriptions", {"subscription_id": "1", "customer_id": "s", "started_at": "2024-05-01"}
    )
    crm.derive()
    assert crm.rows(
        "SELECT customer_id, acquired_at, channel, source FROM crm.customers ORDER BY 1"
    ) == [
        ("d", "2024-01-01 00:00:00", "c", "kadar"),
        ("listed", "2024-03-01 00:00:00", None, "a"),
        ("o", "2023-12-31 00:00:00", "a", "kadar"),
        ("refunded", None, None, "kadar"),
        ("s", "2024-05-01 00:00:00", None, "kadar"),
    ]


def test_two_sources_complete_each_other_about_a_customer(crm: Crm) -> None:
    crm.put("customers", {"customer_id": "1", "name": "Erp"}, source="erp")
    crm.put("customers", {"customer_id": "1", "name": "Crm", "segment": "s"}, source="crm")
    crm.put("customers", {"customer_id": "2", "name": "Only"}, source="crm")
    crm.derive()
    assert crm.rows("SELECT customer_id, name, segment, source FROM crm.customers ORDER BY 1") == [
        ("1", "Erp", "s", "erp"),
        ("2", "Only", None, "crm"),
    ]


@pytest.mark.parametrize("first", ["shop", "erp"])
def test_of_a_fact_in_two_sources_the_first_configured_stands(crm: Crm, first: str) -> None:
    for source in (first, "erp" if first == "shop" else "shop"):
        crm.put(
            "orders",
            {
                "order_id": "1",
                "customer_id": "c",
                "ordered_at": "2024-01-01",
                "channel": source,
                "revenue": None if source == first else 5,
            },
            {"order_id": source, "customer_id": "c", "ordered_at": "2024-01-01"},
            source=source,
        )
    crm.derive()
    assert crm.rows("SELECT order_id, channel, revenue FROM crm.orders ORDER BY 1") == [
        ("1", first, None),
        ("erp", None, None),
        ("shop", None, None),
    ]
    assert crm.rows("SELECT * FROM crm.shadowed") == [
        ("orders", "erp" if first == "shop" else "shop", 1)
    ]
