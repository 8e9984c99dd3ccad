"""Column maps: headers, expressions, values, ids and keys."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from kadar.errors import KadarError


def test_headers_as_people_compare_them(desk: Any) -> None:
    desk.write("a.csv", " Order  ID ,客户名称（必填）,ＲＥＶＥＮＵＥ*\n1,c1,5\n")
    source = desk.source(
        columns={"order_id": "order id", "customer_id": "客户名称", "revenue": "Revenue"}
    )
    assert desk.rows(desk.stage(source), "order_id", "customer_id", "revenue") == [
        ("1", "c1", Decimal(5))
    ]


def test_unknown_headers_and_columns_name_the_nearest(desk: Any) -> None:
    desk.write("a.csv", "Order ID,Amount\n1,5\n")
    with pytest.raises(KadarError, match=r"KDR-MAP-002.*“Ammount”.*Amount"):
        desk.stage(desk.source(columns={"revenue": "Ammount"}))
    with pytest.raises(KadarError, match=r"KDR-MAP-001.*revenu.*revenue"):
        desk.stage(desk.source(columns={"revenu": "Amount"}))


def test_expressions_reckon_with_typed_headers(desk: Any) -> None:
    desk.write(
        "a.csv",
        "id,Sales,Profit,Order Date,Code\n"
        '1,"RM 1,000.50",100.25,2021-04-15 10:00,007\n2,200,-50,2021-04-16 11:30,008\n',
    )
    source = desk.source(
        columns={
            "order_id": "= 'web-' || Code",
            "cost": "= Sales - Profit",
            "revenue": "= sales * 2",
            "ordered_at": '= "Order Date" + INTERVAL 1 DAY',
            "channel": "= 'shop'",
            "currency": "= CASE WHEN Sales > 500 THEN 'MYR' ELSE 'SGD' END",
        },
    )
    staged = desk.stage(source)
    found = desk.rows(staged, "order_id", "cost", "revenue", "ordered_at", "channel", "currency")
    assert found == [
        ("web-007", Decimal("900.25"), Decimal(2001), "2021-04-16 02:00:00", "shop", "MYR"),
        ("web-008", Decimal(250), Decimal(400), "2021-04-17 03:30:00", "shop", "SGD"),
    ]
    assert staged.carried["ordered_at"] is False


def test_a_text_among_numbers_refuses_its_row_only(desk: Any) -> None:
    lines = "".join(f"{n},{n},1\n" for n in range(1, 20))
    desk.write("a.csv", f"id,Sales,Profit\n{lines}20,oops,1\n")
    staged = desk.stage(desk.source(columns={"order_id": "id", "cost": "= Sales - Profit"}))
    assert len(desk.rows(staged, "order_id")) == 19
    [(line, column, reason)] = desk.refused(staged)
    assert (line, column) == (21, "cost")
    assert "“oops” in Sales" in reason


@pytest.mark.parametrize(
    "expression",
    [
        "Sales -",
        "no_such_function(Sales)",
        "Sales - 'x'::DATE",
        "1; DROP TABLE x",
        "(SELECT 1)",
        "(SELECT content FROM read_text('/etc/passwd'))",
        "1) FROM range(3) --",
        "Sales /* */",
        "CAST(Word AS INTEGER)",
    ],
)
def test_bad_expressions_name_source_and_column(desk: Any, expression: str) -> None:
    desk.write("a.csv", "id,Sales,Word\n1,5,x\n")
    source = desk.source(columns={"order_id": "id", "revenue": f"= {expression}"})
    with pytest.raises(KadarError, match=r"KDR-MAP-003.*Source a, column revenue"):
        desk.stage(source)


def test_values_map(desk: Any) -> None:
    desk.write(
        "a.csv", "id,Stage,Kind,Source\n1,Closed Won,NEW,Web\n2,closed lost,new,web \n3,x,,\n"
    )
    source = desk.source(
        "deals",
        columns={"deal_id": "id", "outcome": "Stage", "kind": "Kind", "channel": "Source"},
        values={
            "outcome": {"Closed Won": "won", "Closed Lost": "lost", "*": "open"},
            "channel": {"web": "website", "": "direct"},
        },
    )
    staged = desk.stage(source)
    assert desk.rows(staged, "outcome", "kind", "channel") == [
        ("won", "new", "website"),
        ("lost", "new", "website"),
        ("open", None, "direct"),
    ]


def test_a_value_that_is_no_choice_is_refused_by_name(desk: Any) -> None:
    desk.write("a.csv", "id,Stage\n1,Won\n2,Verloren\n")
    staged = desk.stage(desk.source("deals", columns={"deal_id": "id", "outcome": "Stage"}))
    assert desk.rows(staged, "outcome") == ["won"]
    assert "“Verloren”" in desk.refused(staged)[0][2]


@pytest.mark.parametrize(
    ("yes", "no"), [("TRUE", "False"), ("Ya", "Tidak"), ("是", "否"), ("1", "0")]
)
def test_booleans(desk: Any, yes: str, no: str) -> None:
    desk.write("a.csv", f"id,ok\n1,{yes}\n2,{no}\n3,\n4,maybe\n")
    staged = desk.stage(desk.source("contacts", columns={"contact_id": "id", "consented": "ok"}))
    assert desk.rows(staged, "consented") == [True, False, None]
    assert len(desk.refused(staged)) == 1


def test_ids_stay_text_and_destroyed_ones_are_refused(desk: Any) -> None:
    ids = ["00123", "123456789012345678901234567890", "123.0", "1E10", "0xAF"]
    lines = "".join(f"{number},c\n" for number in ids)
    desk.write("a.csv", f"id,who\n{lines}1.03293E+19,c\nok,1.2E+17\n")
    staged = desk.stage(desk.source(columns={"order_id": "id", "customer_id": "who"}))
    assert desk.rows(staged, "order_id") == ids
    refused = desk.refused(staged)
    assert [(line, column) for line, column, _ in refused] == [(7, "order_id"), (8, "customer_id")]
    assert "shortened by Excel" in refused[0][2]


def test_keys_from_content(desk: Any) -> None:
    desk.write("a1.csv", "Score,Date\n9,2021-01-01\n9,2021-01-01\n8,2021-01-02\n")
    source = desk.source(
        "surveys", "a*.csv", columns={"kind": "= 'nps'", "score": "Score", "answered_at": "Date"}
    )
    staged = desk.stage(source)
    first = desk.rows(staged, "survey_id")
    assert len(set(first)) == 3
    assert first[1] == f"{first[0]}-2"
    assert any("survey_id" in note for note in staged.notes)
    # Another file with another column does not change the keys of these rows.
    desk.write("a2.csv", "Date,Score,Comment\n2021-01-01,9,hello\n")
    assert desk.rows(desk.stage(source), "survey_id")[:3] == first


def test_lines_of_an_order_are_numbered(desk: Any) -> None:
    desk.write("a.csv", "id,what\n1,a\n1,b\n2,a\n")
    staged = desk.stage(desk.source("order_lines", columns={"order_id": "id", "product": "what"}))
    assert desk.rows(staged, "order_id", "line") == [("1", "1"), ("1", "2"), ("2", "1")]


def test_append_reads_only_what_no_load_has_read(desk: Any) -> None:
    connection = desk.connection
    connection.execute("CREATE SCHEMA meta")
    connection.execute(
        "CREATE TABLE meta.loads (source VARCHAR, mapping_hash VARCHAR, finished_at TIMESTAMPTZ, "
        "files JSON)"
    )
    try:
        desk.write("a1.csv", "id\n1\n2\n")
        source = desk.source(path="a*.csv", columns={"order_id": "id"}, mode="append")
        desk.land(source)  # killed before the rows were loaded: they are not lost
        staged = desk.stage(source)
        assert desk.rows(staged, "order_id") == ["1", "2"]
        connection.execute(
            "INSERT INTO meta.loads VALUES ('a', ?, now(), ?)",
            [staged.mapping, json.dumps([{"sha256": p.sha256} for p in staged.parcels])],
        )
        desk.write("a2.csv", "id\n3\n")
        assert desk.rows(desk.stage(source), "order_id") == ["3"]
        snapshot = desk.source(path="a*.csv", columns={"order_id": "id"})
        assert desk.rows(desk.stage(snapshot), "order_id") == ["1", "2", "3"]
    finally:
        connection.execute("DROP SCHEMA meta CASCADE")


def test_fingerprint_follows_content_and_mapping(desk: Any) -> None:
    from kadar.sources.files import Files

    desk.write("a.csv", "id,x\n1,2\n")
    source = desk.source(columns={"order_id": "id"})
    first = Files().fingerprint(desk.connection, desk.project, source)
    assert Files().fingerprint(desk.connection, desk.project, source) == first
    other = desk.source(columns={"order_id": "id", "revenue": "x"})
    assert Files().fingerprint(desk.connection, desk.project, other) != first
    desk.write("a.csv", "id,x\n1,33\n")
    assert Files().fingerprint(desk.connection, desk.project, source) != first


def test_read_is_staged_and_refused(desk: Any) -> None:
    desk.write("a.csv", "id,x,d\n1,2,2021-01-01\n2,oops,2021-01-01\n3,4,never\n4,5\n\n5,,\n")
    staged = desk.stage(desk.source(columns={"order_id": "id", "revenue": "x", "ordered_at": "d"}))
    assert staged.read == 5
    assert len(desk.rows(staged, "order_id")) == 2
    assert [line for line, _, _ in desk.refused(staged)] == [3, 4, 5]
    assert staged.carried == {"order_id": False, "revenue": False, "ordered_at": True}
