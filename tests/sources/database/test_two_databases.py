"""Two databases count their rows from 1: their customers are not one unless that is declared."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from places import Place, sqlite_place

import kadar.project
from kadar.sync import sync

TABLES = """
customers = "select id as customer_id, name from firm"
orders = "select id order_id, firm customer_id, at ordered_at, value revenue from bought"
"""


def database(folder: Path, name: str) -> Place:
    folder.mkdir()
    made = sqlite_place(folder)
    made.run("create table firm (id, name)", "create table bought (id, firm, at, value)")
    made.fill("firm", [(1, f"One of {name}"), (2, f"Two of {name}")])
    made.fill("bought", [(1, 1, "2026-01-01", 10), (2, 2, "2026-01-02", 20)])
    return made


@pytest.mark.parametrize(
    ("ids", "customers", "orders"),
    [
        ("", ["1", "2", "shop:1", "shop:2"], ["1", "2", "shop:1", "shop:2"]),
        ('ids = "s"', ["1", "2", "s:1", "s:2"], ["1", "2", "s:1", "s:2"]),
        ('ids = ""', ["1", "2"], ["1", "2"]),
        ('ids = { customers = "", "*" = "s" }', ["1", "2"], ["1", "2", "s:1", "s:2"]),
    ],
)
def test_equal_ids_of_two_databases(
    tmp_path: Path, ids: str, customers: list[str], orders: list[str]
) -> None:
    places = [database(tmp_path / name, name) for name in ("crm", "shop")]
    said = ["[company]"]
    for name, place, more in zip(("crm", "shop"), places, ("", ids), strict=True):
        said.append(
            f'[[sources]]\nname = "{name}"\nkind = "database"\n{more}\n[sources.options]\n'
            f'url = "{place.url}"\n[sources.options.tables]{TABLES}'
        )
    (tmp_path / "kadar.toml").write_text("\n".join(said), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kadar.sync.definitions", lambda project: [])
        report = sync(kadar.project.load(tmp_path))
    assert not report.failed, [one.error and one.error.sentence("en") for one in report.failed]
    with duckdb.connect() as made:
        made.execute(f"attach '{tmp_path}/store/model.duckdb' as here (read_only); use here")
        for table, key, expected in (
            ("customers", "customer_id", customers),
            ("orders", "order_id", orders),
        ):
            found = made.execute(f"select {key} from crm.{table} order by 1").fetchall()
            assert [one for (one,) in found] == expected
        (lost,) = made.execute(
            "select count(*) from crm.orders anti join crm.customers using (customer_id)"
        ).fetchone() or (None,)
    assert lost == 0
