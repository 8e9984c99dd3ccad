"""Parquet, JSON and JSON lines."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from kadar.errors import KadarError
from kadar.sources.files.shape import sample, shape


def test_parquet(desk: Any) -> None:
    path = desk.folder / "a.parquet"
    desk.connection.execute(
        "COPY (SELECT * FROM (VALUES "
        "(1::BIGINT, 2.0::DOUBLE, 10.25::DECIMAL(9,2), TIMESTAMPTZ '2021-04-15 02:00:00+00', "
        "DATE '2021-04-15', {'a': [1, 2]}), (2, 3.5, NULL, NULL, NULL, NULL)) "
        f"t(id, customer, amount, moment, day, nested)) TO '{path}' (FORMAT parquet)"
    )
    source = desk.source(
        path="a.parquet",
        columns={
            "order_id": "id", "customer_id": "customer", "revenue": "amount", "ordered_at": "moment"
        },
    )  # fmt: skip
    staged = desk.stage(source)
    assert desk.rows(staged, "order_id", "customer_id", "revenue", "ordered_at") == [
        ("1", "2", Decimal("10.25"), "2021-04-15 02:00:00"),
        ("2", "3.5", None, None),
    ]
    assert desk.raw(source, "_line, day, nested")[0] == (1, "2021-04-15", '{"a":[1,2]}')


JSON = '{"id": 123456789012345678901234567890, "amount": 1.25, "to": {"name": "李四", "a/b": 1}}'


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", f'[{JSON}, {{"id": "7", "more": null}}]'),
        ("a.jsonl", f'{JSON}\n{{"id": "7", "more": null}}\n'),
        ("a.json", f'{{"paging": {{}}, "results": [{JSON}, {{"id": "7"}}]}}'),
    ],
)
def test_json(desk: Any, name: str, content: str) -> None:
    desk.write(name, content)
    source = desk.source(path=name, columns={"order_id": "id", "customer_id": "to.name"})
    staged = desk.stage(source)
    assert desk.rows(staged, "order_id", "customer_id") == [
        ("123456789012345678901234567890", "李四"),
        ("7", None),
    ]
    assert desk.raw(source, '_line, amount, "to.a/b"')[0] == (1, "1.25", "1")
    headers, rows = sample(desk.folder / name)
    assert headers == shape(desk.folder / name).headers
    assert len(rows) == 2


def test_broken_files(desk: Any) -> None:
    desk.write("a.json", '{"a": 1')
    desk.write("a.parquet", "PAR1 nothing")
    for name in ("a.json", "a.parquet"):
        with pytest.raises(KadarError, match="KDR-FIL-006"):
            desk.land(desk.source(path=name))
