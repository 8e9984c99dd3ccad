"""The derivation as a whole: nothing lost, nothing multiplied, all or nothing."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import duckdb
import pytest
from derive_model import Crm

from kadar.errors import KadarError
from kadar.model import TABLES, Column


def test_an_empty_model_gives_every_table_empty(crm: Crm) -> None:
    crm.derive()
    for table in [*TABLES, "calendar", "periods", "working_days", "spells", "carried"]:
        assert crm.rows(f"SELECT * FROM crm.{table}") == []
    assert crm.rows("SELECT * FROM crm.company") == [("", "USD", "UTC", False, None, True)]


def random_value(chance: random.Random, column: Column) -> Any:
    if not column.required and chance.random() < 0.3:
        return None
    if column.choices:
        return chance.choice(column.choices)
    if column.name == "currency":
        return chance.choice(["USD", "EUR", "GBP", "eur"])
    return {
        # ids from a small range, so that rows refer to each other, and in circles
        "text": lambda: str(chance.randrange(40)),
        "moment": lambda: (
            f"20{chance.randrange(20, 26)}-{chance.randrange(1, 13):02}"
            f"-{chance.randrange(1, 28):02} {chance.randrange(24):02}:00:00+00"
        ),
        "boolean": lambda: chance.random() < 0.5,
    }.get(column.type, lambda: chance.randrange(1, 100))()


def fill(crm: Crm, seed: int) -> None:
    """Fill every table with rows that refer to each other at random."""
    chance = random.Random(seed)
    for table in TABLES.values():
        rows: dict[tuple[Any, ...], dict[str, Any]] = {}
        for _ in range(60):
            row = {column.name: random_value(chance, column) for column in table.columns}
            rows[tuple(row[key] for key in table.key)] = row
        crm.put(table.name, *rows.values())


@pytest.mark.parametrize(("seed", "contract"), [(1, True), (2, False)])
def test_no_fact_is_lost_or_multiplied(crm: Crm, seed: int, contract: bool) -> None:
    fill(crm, seed)
    crm.derive(time_zone="America/New_York", contract=contract)
    for name, table in TABLES.items():
        if name == "customers":
            continue
        keys = ", ".join(f'"{key}"' for key in table.key)
        of = {s: f'SELECT {keys} FROM {s}."{name}"' for s in ("model", "crm")}
        assert crm.rows(f"{of['model']} EXCEPT ALL {of['crm']}") == [], name
        assert crm.rows(f"{of['crm']} EXCEPT ALL {of['model']}") == [], name
        # all columns are there, with their types, and each moment's day
        types = dict(
            crm.rows(
                "SELECT column_name, data_type FROM duckdb_columns() "
                f"WHERE schema_name = 'crm' AND table_name = '{name}'"
            )
        )
        for column in table.columns:
            theirs = crm.rows(f"SELECT typeof(NULL::{column.sql_type})")[0][0]
            assert types[column.name] == theirs, (name, column.name)
            if column.type == "moment":
                assert types[column.name.removesuffix("_at") + "_on"] == "DATE"
    assert crm.rows("SELECT customer_id FROM crm.customers GROUP BY 1 HAVING count(*) > 1") == []
    # whoever buys, and whoever was ever active, is a customer
    assert (
        crm.rows(
            "SELECT customer_id FROM crm.spells UNION SELECT customer_id FROM crm.orders "
            "WHERE customer_id IS NOT NULL EXCEPT SELECT customer_id FROM crm.customers"
        )
        == []
    )
    assert crm.rows("SELECT count(*) > 10 FROM crm.spells") == [(True,)]
    # every day is the calendar's
    assert crm.rows(
        "SELECT count(*) FROM crm.orders o JOIN crm.calendar c ON c.day = o.ordered_on "
        "WHERE o.ordered_at < c.opens_at OR o.ordered_at >= c.closes_at"
    ) == [(0,)]


def test_deriving_twice_gives_the_same_and_leaves_nothing_behind(crm: Crm) -> None:
    fill(crm, 3)
    crm.derive()
    tables = [
        row[0]
        for row in crm.rows(
            "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'crm' ORDER BY 1"
        )
    ]
    first = {t: crm.rows(f"SELECT * FROM crm.{t} ORDER BY ALL") for t in tables}
    crm.connection.execute("CREATE TABLE crm.stale AS SELECT 1")
    crm.derive()
    assert {t: crm.rows(f"SELECT * FROM crm.{t} ORDER BY ALL") for t in tables} == first
    assert crm.rows("SELECT table_name FROM duckdb_tables() WHERE temporary") == []
    assert crm.rows("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'stale'") == [(0,)]


def test_a_derivation_that_fails_or_is_undone_leaves_the_last_one(tmp_path: Path) -> None:
    # the database bears the name of one of its schemas, as the store's file may
    path = tmp_path / "model.duckdb"
    connection = duckdb.connect()
    connection.execute(f"ATTACH '{path}' AS store; USE store")
    crm = Crm(connection)
    crm.put("leads", {"lead_id": "1", "created_at": "2024-01-01"})
    connection.execute("BEGIN")
    crm.derive()
    connection.execute("COMMIT")
    crm.put("leads", {"lead_id": "2", "created_at": "2024-01-02"})
    connection.execute("BEGIN")
    crm.derive()
    assert crm.rows("SELECT count(*) FROM crm.leads") == [(2,)]
    connection.execute("ROLLBACK")
    assert crm.rows("SELECT count(*) FROM crm.leads") == [(1,)]
    connection.execute("BEGIN")
    with pytest.raises(KadarError):
        crm.derive(holidays="XX")
    connection.execute("ROLLBACK")
    assert crm.rows("SELECT count(*) FROM crm.leads") == [(1,)]
    connection.close()
    with duckdb.connect(str(path)) as again:
        assert again.execute("SELECT count(*) FROM crm.leads").fetchall() == [(1,)]


@pytest.mark.parametrize(
    ("setting", "until", "assumed"),
    [
        ("2024-06-30", "2024-06-30 16:00:00", False),  # its end in Kuala Lumpur
        ("2024-06-30T12:00:00", "2024-06-30 04:00:00", False),
        ("2024-06-30T12:00:00+00:00", "2024-06-30 12:00:00", False),
        (None, "2024-01-03 10:00:00", True),
    ],
)
def test_observed_until(crm: Crm, setting: str | None, until: str, assumed: bool) -> None:
    crm.put("leads", {"lead_id": "1", "created_at": "2024-01-03 10:00:00+00"})
    crm.put("deals", {"deal_id": "1", "expected_close_at": "2030-01-01 00:00:00+00"})
    crm.put("spend", {"spend_id": "1", "spent_at": "2024-01-01 16:00:00+00"}, date_only=True)
    crm.derive(observed_until=setting, time_zone="Asia/Kuala_Lumpur")
    assert crm.rows("SELECT observed_until, observed_until_assumed FROM crm.company") == [
        (until, assumed)
    ]
    # what is assumed lies just after the latest event, which is known then
    assert crm.rows("SELECT epoch_us(observed_until) % 1000000 FROM crm.company") == [
        (int(assumed),)
    ]


def test_dates_without_a_time_are_observed_to_the_end_of_their_day(crm: Crm) -> None:
    crm.put("spend", {"spend_id": "1", "spent_at": "2024-01-01 16:00:00+00"}, date_only=True)
    crm.derive(time_zone="Asia/Kuala_Lumpur")  # 2 January
    assert crm.rows("SELECT observed_until FROM crm.company") == [("2024-01-02 16:00:00",)]


def test_subscriptions_alone_are_known_up_to_the_last_that_had_come(crm: Crm) -> None:
    crm.put(
        "subscriptions",
        {"subscription_id": "1", "customer_id": "a", "started_at": "2024-01-01 00:00:00+00"},
    )
    crm.put(
        "subscriptions",
        {"subscription_id": "2", "customer_id": "b", "started_at": "2999-01-01 00:00:00+00"},
    )
    crm.derive(contract=True)
    assert crm.rows("SELECT observed_until, observed_until_assumed FROM crm.company") == [
        ("2024-01-01 00:00:00", True)
    ]


def carried(crm: Crm, table: str) -> set[str]:
    return {
        row[0] for row in crm.rows(f'SELECT "column" FROM crm.carried WHERE "table" = \'{table}\'')
    }


def test_what_is_derived_is_carried_where_what_it_is_derived_from_is(crm: Crm) -> None:
    crm.put(
        "orders", {"order_id": "1", "customer_id": "c", "ordered_at": "2024-01-01", "revenue": 1}
    )
    crm.derive()
    assert carried(crm, "orders") == {
        "order_id", "customer_id", "ordered_at", "ordered_on", "revenue", "currency",
        "rate_missing", "source", "recorded_at",
    }  # fmt: skip
    assert {"customer_id", "acquired_at", "acquired_on"} <= carried(crm, "customers")
    assert "channel" not in carried(crm, "customers")
    assert {"customer_id", "started_at", "ended_at", "started_on"} <= carried(crm, "spells")
    assert carried(crm, "tickets") == set()
    crm.put("orders", {"order_id": "2", "ordered_at": "2024-01-01", "cost": 1, "channel": "web"})
    crm.derive()
    assert "margin" in carried(crm, "orders")
    assert "channel" in carried(crm, "customers")
    crm.derive(contract=True)
    assert carried(crm, "spells") == set()


def test_ticket_and_deal_columns_are_carried_through_events_and_leads(crm: Crm) -> None:
    crm.put("tickets", {"ticket_id": "1", "created_at": "2024-01-01", "resolved_at": "2024-01-02"})
    crm.put("leads", {"lead_id": "1", "created_at": "2024-01-01", "deal_id": "1"})
    crm.put("deals", {"deal_id": "1", "closed_at": "2024-01-01"})
    crm.derive()
    assert {"status", "resolution_working_minutes", "resolved_on"} <= carried(crm, "tickets")
    assert not {"responded_at", "response_working_minutes"} & carried(crm, "tickets")
    assert {"lead_id", "lead_created_at", "lead_created_on"} <= carried(crm, "deals")
    crm.put("ticket_events", {"ticket_id": "1", "event": "responded", "occurred_at": "2024-01-02"})
    crm.derive()
    assert {"responded_at", "responded_on", "response_working_minutes", "reopened"} <= carried(
        crm, "tickets"
    )


def test_every_carried_column_is_there(crm: Crm) -> None:
    fill(crm, 4)
    crm.derive(contract=True)
    assert (
        crm.rows(
            'SELECT "table", "column" FROM crm.carried EXCEPT SELECT table_name, column_name '
            "FROM duckdb_columns() WHERE schema_name = 'crm'"
        )
        == []
    )
