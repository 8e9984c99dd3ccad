"""Schema versions go forward: older stores are brought up, newer ones are refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from plain_kind import made, run, write
from store_rows import load, order, rows_of

from kadar.errors import KadarError
from kadar.model import TABLES
from kadar.store import Store
from kadar.store.schema import MIGRATIONS, migrate


def test_every_table_and_its_history_have_their_columns(tmp_path: Path) -> None:
    with Store(tmp_path).writer() as writer:
        for table in TABLES.values():
            described = rows_of(writer, f"describe model.{table.name}")
            assert [(row[0], row[1]) for row in described[:-2]] == [
                (column.name, column.sql_type.replace("TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE"))
                for column in table.columns
            ]
            assert [row[0] for row in described[-2:]] == ["source", "recorded_at"]
            past = [row[0] for row in rows_of(writer, f"describe model.{table.name}__history")]
            assert past == [row[0] for row in described] + ["superseded_at", "change"]
        assert rows_of(writer, "select schema_version from meta.version") == [(len(MIGRATIONS),)]


def test_a_column_the_model_learnt_is_added(tmp_path: Path) -> None:
    """A store made before orders had `cost` and before there was a table of surveys."""
    (tmp_path / "store").mkdir()
    orders = TABLES["orders"]
    older = replace(orders, columns=tuple(c for c in orders.columns if c.name != "cost"))
    with duckdb.connect() as connection:
        connection.execute(f"attach '{tmp_path / 'store/model.duckdb'}' as store")
        connection.execute("use store")
        migrate(connection, {"orders": older})
        kept = "('1', '2026-01-01 00:00:00+00', 5, 'shop', '2026-11-01 00:00:00+00'"
        connection.execute(
            "insert into model.orders (order_id, ordered_at, revenue, source, recorded_at) "
            f"values {kept})"
        )
        connection.execute(
            "insert into model.orders__history (order_id, ordered_at, revenue, source, "
            f"recorded_at, superseded_at, change) values {kept}, '2026-11-02 00:00:00+00', 'gone')"
        )
    with Store(tmp_path).writer() as writer:
        for name in ("orders", "orders__history"):
            found = rows_of(writer, f"select order_id, revenue::double, cost from model.{name}")
            assert found == [("1", 5.0, None)]
        report = load(writer, [order("1", 5, cost=3)], on=3)
        assert report.changed == 1
        assert load(writer, [{"survey_id": "1", "kind": "nps"}], table="surveys").new == 1
    with Store(tmp_path).writer() as writer:  # nothing to do the second time
        assert rows_of(writer, "select cost::double from model.orders") == [(3.0,)]


@pytest.mark.parametrize(
    ("version", "code"), [(len(MIGRATIONS) + 1, "KDR-STO-002"), (0, "KDR-STO-008")]
)
def test_a_version_of_another_kadar_is_not_read(tmp_path: Path, version: int, code: str) -> None:
    write(tmp_path, "shop", {"1": 1})
    run(made(tmp_path, ("shop", "orders")), 1)
    file = Store(tmp_path).current()
    assert file is not None
    file.chmod(0o644)
    with duckdb.connect(str(file)) as connection:
        connection.execute("update meta.version set schema_version = ?", [version])
    with pytest.raises(KadarError, match=code):
        Store(tmp_path).reader()


def test_a_newer_store_is_not_written(tmp_path: Path) -> None:
    with Store(tmp_path).writer() as writer:
        writer.connection.execute("update meta.version set schema_version = schema_version + 1")
    with pytest.raises(KadarError, match="KDR-STO-002"), Store(tmp_path).writer():
        pass
    assert Store(tmp_path).held_by() is None
