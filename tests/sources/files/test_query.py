"""Sources given as queries over the project's own files."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kadar.errors import KadarError


def test_a_join_of_two_files(desk: Any) -> None:
    desk.write(
        "exports/a.csv", 'id,amount,when\n1,"RM 1,000.50",2021-04-15 10:00\n2,5,2021-04-16 11:00\n'
    )
    desk.write("exports/b.csv", "id;name\n1;李四\n", "gb18030")
    source = desk.source(
        query=(
            "with named as (select id, name from 'exports/b.csv') "
            "select a.id as order_id, named.name as customer_id, a.amount * 2 as revenue, "
            "a.\"when\" as ordered_at from 'exports/a.csv' a left join named using (id) order by 1"
        )
    )
    report = desk.land(source)
    assert report.landed == 2
    staged = desk.stage(source)
    assert desk.rows(staged, "order_id", "customer_id", "revenue", "ordered_at") == [
        ("1", "李四", Decimal(2001), "2021-04-15 02:00:00"),
        ("2", None, Decimal(10), "2021-04-16 03:00:00"),
    ]
    assert desk.land(source).landed == 0
    desk.write("exports/a.csv", "id,amount,when\n1,7,2021-04-15 10:00\n")
    assert desk.land(source).landed == 1
    assert desk.rows(desk.stage(source), "revenue") == [Decimal(14)]


def test_the_file_stem_names_the_table(desk: Any) -> None:
    desk.write("a.csv", "id,x\n1,2\n")
    source = desk.source(query="select a.id as order_id from 'a.csv' where a.x = 2")
    assert desk.rows(desk.stage(source), "order_id") == ["1"]


def test_ids_with_leading_zeros_stay_text(desk: Any) -> None:
    desk.write("a.csv", "id,long\n007,12345678901234567890\n010,2\n")
    source = desk.source(query="select id as order_id, long as customer_id from 'a.csv'")
    assert desk.rows(desk.stage(source), "order_id", "customer_id") == [
        ("007", "12345678901234567890"),
        ("010", "2"),
    ]


def test_ragged_records_of_a_queried_file_are_refused(desk: Any) -> None:
    desk.write("a.csv", "id,x\n1,2\n2,3,4\n")
    staged = desk.stage(desk.source(query="select id as order_id from 'a.csv'"))
    assert staged.read == 2
    assert [line for line, _, _ in desk.refused(staged)] == [3]


@pytest.mark.parametrize(
    "query",
    [
        "select * from read_csv('/etc/passwd')",
        "select * from read_text('a.csv')",
        "select * from glob('*')",
        "select * from 'a.csv' union all select * from read_blob('a.csv')",
        "copy (select 1) to 'out.csv'",
        "create table x as select 1",
        "select 1; select 2",
        "insert into x values (1)",
        "attach 'x.db'",
        "select * from information_schema.tables",
        "select * from landing.raw.a",
        "with d as (delete from x returning *) select * from d",
        "selec 1",
        "select nothing as order_id from 'a.csv'",
        "select (select content from read_text('/etc/passwd')) as order_id from 'a.csv'",
        "from query('select 1')",
        "pragma database_list",
    ],
)
def test_only_a_select_over_files(desk: Any, query: str) -> None:
    desk.write("a.csv", "id,x\n1,2\n")
    before = sorted(path.name for path in Path(desk.folder).iterdir())
    with pytest.raises(KadarError, match=r"KDR-MAP-01[02]"):
        desk.stage(desk.source(query=query))
    assert sorted(path.name for path in Path(desk.folder).iterdir()) == before


def test_the_function_that_may_not_be_called_is_named(desk: Any) -> None:
    desk.write("a.csv", "id,x\n1,2\n")
    with pytest.raises(KadarError, match=r"KDR-MAP-010.*READ_CSV"):
        desk.stage(desk.source(query="select * from read_csv('a.csv', delim = ';')"))


def test_files_outside_the_project_are_refused(desk: Any) -> None:
    for path in ("/etc/passwd", "../x.csv", "no.csv"):
        with pytest.raises(KadarError, match=r"KDR-MAP-01[12]"):
            desk.stage(desk.source(query=f"select * from '{path}'"))


def test_a_result_column_the_table_does_not_have(desk: Any) -> None:
    desk.write("a.csv", "id,x\n1,2\n")
    with pytest.raises(KadarError, match=r"KDR-MAP-001.*custmer_id.*customer_id"):
        desk.stage(desk.source(query="select id as order_id, x as custmer_id from 'a.csv'"))
