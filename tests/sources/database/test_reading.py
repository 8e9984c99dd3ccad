"""A database from end to end: queries of kadar.toml become rows of the model, and stay in step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from places import Place, duckdb_place, postgres_place, sqlite_place

import kadar.project
from kadar.errors import KadarError
from kadar.sources.database import connector, engine
from kadar.sources.source import Progress, silent
from kadar.sync import SyncReport, sync

TYPES = {"sqlite": "text", "duckdb": "timestamp", "postgresql": "timestamp"}
FIRST = datetime(2026, 10, 5, 2, tzinfo=UTC)
DEALS = """
[sources.options.tables.deals]
query = "select id as deal_id, firm as customer_id, value as amount, made as created_at, \
updated_at from opportunity"
increment = "updated_at"
[sources.options.tables.customers]
query = "select id as customer_id, name from firm"
"""


@pytest.fixture(scope="module")
def postgres() -> Iterator[Place]:
    with postgres_place() as made:
        yield made


@pytest.fixture(params=["sqlite", "duckdb", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Return a database with a few deals and firms."""
    if request.param == "postgresql":
        made: Place = request.getfixturevalue("postgres")
        made.run("drop table if exists opportunity", "drop table if exists firm")
    else:
        made = {"sqlite": sqlite_place, "duckdb": duckdb_place}[request.param](tmp_path)
    moment = TYPES[made.dialect]
    made.run(
        f"create table opportunity (id integer, firm text, value decimal(18,4), made {moment}, "
        f"updated_at {moment})",
        "create table firm (id text, name text)",
    )
    made.fill("firm", [("c1", "Acme"), ("c2", "Büro 北京")])
    made.fill("opportunity", [deal(n) for n in range(20)])
    return made


def deal(
    number: int, value: float | None = None, updated: str = "2026-10-01 09:00:00"
) -> tuple[Any, ...]:
    amount = 100 + number / 4 if value is None else value
    return (number, f"c{1 + number % 2}", amount, f"2026-09-{1 + number % 28:02} 10:00:00", updated)


class Company:
    """A project that reads one database."""

    def __init__(self, folder: Path, place: Place, tables: str = DEALS, more: str = "") -> None:
        self.folder = folder / "project"
        self.folder.mkdir(exist_ok=True)
        self.day = 0
        self.write(place, tables, more)

    def write(self, place: Place, tables: str = DEALS, more: str = "") -> None:
        (self.folder / "kadar.toml").write_text(
            '[company]\ntime_zone = "Asia/Kuala_Lumpur"\ncurrency = "MYR"\n'
            f'[[sources]]\nname = "shop"\nkind = "database"\n[sources.options]\n'
            f'url = "{place.url}"\n{more}\n{tables}',
            "utf-8",
        )

    def sync(self, progress: Progress = silent) -> SyncReport:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("kadar.sync.definitions", lambda project: [])  # a second of every sync
            report = sync(
                kadar.project.load(self.folder),
                recorded_at=FIRST + timedelta(days=self.day),
                progress=progress,
                derive=lambda connection, project: None,
            )
        self.day += 1
        return report

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect() as made:
            made.execute(f"attach '{self.folder}/store/model.duckdb' as here (read_only); use here")
            made.execute("set TimeZone = 'UTC'")
            return made.execute(sql).fetchall()

    def deals(self) -> dict[str, tuple[Any, ...]]:
        found = self.rows("select deal_id, customer_id, amount, created_at from model.deals")
        return {key: rest for key, *rest in found}  # type: ignore[misc]


def notes(report: SyncReport) -> str:
    assert not report.failed, [one.error and one.error.sentence("en") for one in report.failed]
    return "\n".join(note for one in report.sources for note in one.notes)


def test_rows_are_what_the_database_holds(place: Place, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(engine, "CHUNK", 7)
    made = Company(tmp_path, place)
    said = notes(made.sync())
    there = made.deals()
    assert len(there) == 20
    for number in range(20):
        key, firm, amount, *_ = deal(number)
        created = datetime(2026, 9, 1 + number % 28, 2, tzinfo=UTC)  # ten o'clock in Kuala Lumpur
        assert list(there[str(key)]) == [firm, Decimal(str(amount)), created]
    assert made.rows("select customer_id, name from model.customers order by 1") == [
        ("c1", "Acme"), ("c2", "Büro 北京"),
    ]  # fmt: skip
    assert ("without a zone" in said) == (place.dialect != "sqlite")
    assert made.sync().sources[0].outcome == "unchanged"


def test_a_zone_that_is_stated_is_the_one_of_times_without_one(
    place: Place, tmp_path: Path
) -> None:
    made = Company(tmp_path, place, more='time_zone = "Europe/Berlin"')
    made.sync()
    assert made.deals()["0"][2] == datetime(2026, 9, 1, 8, tzinfo=UTC)


def test_increments_deletions_and_late_commits(place: Place, tmp_path: Path) -> None:
    made = Company(tmp_path, place)
    made.sync()
    place.run(
        "update opportunity set value = 7, updated_at = '2026-10-02 09:00:00' where id = 3",
        "delete from opportunity where id = 4",
        "insert into opportunity values (50, 'c1', 5, '2026-10-02 08:00:00', null)",
    )
    made.sync()
    there = made.deals()
    assert (there["3"][1], "4" in there, there["50"][1]) == (7, False, 5)
    # committed after the last reading with an increment from before it, within the overlap
    place.fill("opportunity", [deal(60, 9, "2026-10-02 08:55:00")])
    place.run("update opportunity set value = 6 where id = 50")  # its increment is not known
    made.sync()
    there = made.deals()
    assert (there["60"][1], there["50"][1]) == (9, 6)
    # a change that leaves the increment alone is not seen, and that is what an increment means
    place.run("update opportunity set value = 1 where id = 5")
    made.sync()
    assert made.deals()["5"][1] == Decimal("101.25")
    # another query's increments say nothing: all is read
    made.write(place, DEALS.replace("value as amount", "value * 2 as amount"))
    assert "its query changed" in notes(made.sync())
    assert made.deals()["5"][1] == 2
    assert len(made.deals()) == 21
    assert made.rows("select change, count(*) from model.deals__history group by 1 order by 1") == [
        ("changed", 23), ("gone", 1),  # 3, 50, then all 21
    ]  # fmt: skip


def test_without_an_increment_all_is_read_and_what_is_gone_goes(
    place: Place, tmp_path: Path
) -> None:
    made = Company(tmp_path, place)
    made.sync()
    place.run("delete from firm where id = 'c2'", "update firm set name = 'Acme Bhd'")
    made.sync()
    assert made.rows("select customer_id, name from model.customers") == [("c1", "Acme Bhd")]


def test_rows_of_one_key_are_not_lost_silently(place: Place, tmp_path: Path) -> None:
    place.fill("firm", [("c1", "Acme"), ("c2", "Another")])
    made = Company(tmp_path, place)
    report = made.sync()
    assert "customers: 2 keys are those of several rows, such as c1." in notes(report)
    (counts,) = [one.counts for one in report.sources if one.table == "customers"]
    assert (counts.read, counts.new, counts.unchanged, counts.quarantined) == (4, 2, 1, 1)


def test_tables_whole_columns_renamed_and_values_translated(place: Place, tmp_path: Path) -> None:
    place.run("create table stage (code integer, closed integer, label text)")
    place.fill("stage", [(1, 1, "Menang"), (2, 0, None)])
    tables = """
[sources.options.tables.deals]
table = "stage"
key = "code"
columns = { deal_id = "code", outcome = "label" }
[sources.values."deals.outcome"]
Menang = "won"
"""
    made = Company(tmp_path, place, tables)
    try:
        made.sync()
        found = made.rows("select deal_id, outcome from model.deals order by 1")
    finally:
        place.run("drop table stage")
    assert found == [("1", "won"), ("2", None)]


def test_mappings_of_the_project_select_from_any_query(place: Place, tmp_path: Path) -> None:
    tables = """
[sources.options.tables]
opportunities = { query = "select id, value, firm from opportunity", key = "id" }
firms = { query = "select id, name from firm", key = "id" }
"""
    made = Company(tmp_path, place, tables)
    folder = made.folder / "mapping" / "shop"
    folder.mkdir(parents=True)
    (folder / "deals.sql").write_text(
        "select o._row, o.id as deal_id, o.value as amount, f.name as deal_name "
        "from opportunities o join firms f on f.id = o.firm".replace(", f.name as deal_name", ""),
        "utf-8",
    )
    made.sync()
    assert len(made.rows("select * from model.deals")) == 20


@pytest.mark.parametrize(
    ("tables", "code"),
    [
        ("tables = { deals = 'select * from opportunity' }", "KDR-SRC-206"),
        ("tables = { deals = 'select value as amount from opportunity' }", "KDR-SRC-207"),
        ("tables = { deals = 'delete from opportunity' }", "KDR-SRC-205"),
        ("tables = { deals = 'select 1 as deal_id; select 2' }", "KDR-SRC-205"),
        ("tables = { deals = { query = 'select 1 as deal_id', hurry = true } }", "KDR-SRC-205"),
        ("tables = { deals = { query = 'select 1 as deal_id', overlap = 'x' } }", "KDR-SRC-205"),
        ("tables = { deals = { query = 'select 1 as deal_id', increment = 'y' } }", "KDR-SRC-205"),
        ("tables = { deals = {} }", "KDR-SRC-205"),
        ("tables = { deals = 'select id as deal_id from nowhere' }", "KDR-SRC-209"),
        ("tables.deals = { table = 'firm', columns = { deal_id = 'x' } }", "KDR-SRC-211"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said(tmp_path: Path, tables: str, code: str) -> None:
    place = sqlite_place(tmp_path)
    place.run("create table opportunity (id, value)", "create table firm (id, name)")
    (one,) = Company(tmp_path, place, "", tables).sync().failed
    assert one.error is not None
    assert one.error.code == code


def test_nothing_is_ever_written(postgres: Place, tmp_path: Path) -> None:
    postgres.run("drop sequence if exists ticket", "create sequence ticket")
    tables = "tables = { deals = \"select nextval('ticket') as deal_id\" }"
    (one,) = Company(tmp_path, postgres, "", tables).sync().failed
    assert one.error is not None
    assert "read-only" in one.error.sentence("en")


def test_all_queries_see_one_state(postgres: Place, tmp_path: Path) -> None:
    postgres.run("drop table if exists opportunity", "drop table if exists firm")
    postgres.run("create table opportunity (id integer)", "create table firm (id integer)")
    postgres.fill("opportunity", [(1,)])
    postgres.fill("firm", [(1,)])
    tables = """
[sources.options.tables]
customers = "select id as customer_id from firm"
deals = "select id as deal_id from opportunity"
"""

    def meanwhile(what: str, done: int, total: int | None) -> None:
        if what == "shop: deals" and not done:  # customers were read, deals were not
            postgres.run("delete from firm", "insert into opportunity values (2)")

    made = Company(tmp_path, postgres, tables)
    made.sync(meanwhile)
    assert made.rows("select deal_id from model.deals") == [("1",)]
    made.sync()
    assert made.rows("select deal_id from model.deals order by 1") == [("1",), ("2",)]
    assert made.rows("select * from model.customers") == []


def test_odd_types_of_postgresql(postgres: Place, tmp_path: Path) -> None:
    query = (
        "select 1::bigint as deal_id, 'infinity'::timestamptz as closed_at, "
        "'NaN'::numeric as amount, '2026-03-29 02:30'::timestamp as created_at, "
        "array['a','b'] as stage, '{\\\"a\\\": 1}'::jsonb as channel, "
        "interval '90 minutes' as lost_reason, '\\\\xff00'::bytea as product, "
        "'7b2a'::text as currency, '10.0.0.1'::inet as customer_id"
    )
    made = Company(tmp_path, postgres, "", f'tables = {{ deals = "{query}" }}')
    said = notes(made.sync())
    for part in ("no number", "without a zone", "lists", "intervals", "hexadecimal", "IPv4Address"):
        assert part in said, part
    columns = "closed_at, amount, created_at, stage, channel, lost_reason, product, customer_id"
    (row,) = made.rows(f"select {columns} from model.deals")
    assert row == (
        None, None, datetime(2026, 3, 28, 18, 30, tzinfo=UTC), '["a","b"]', '{"a":1}', "5400",
        "ff00", "10.0.0.1",
    )  # fmt: skip


def test_odd_types_of_duckdb(tmp_path: Path) -> None:
    place = duckdb_place(tmp_path)
    place.run("create table t as select 170141183460469231731687303715884105727::hugeint as id")
    query = (
        "select id as deal_id, [1, 2] as stage, {'a': date '2026-01-01'} as channel, "
        "interval 2 day as lost_reason, 12.3400::decimal(9,4) as amount, "
        "timestamptz '2026-01-01 00:00:00+00' as created_at from t"
    )
    made = Company(tmp_path, place, "", f'tables = {{ deals = "{query}" }}')
    made.sync()
    (row,) = made.rows(
        "select deal_id, stage, channel, lost_reason, amount, created_at from model.deals"
    )
    assert row == (
        "170141183460469231731687303715884105727", "[1,2]", '{"a":"2026-01-01"}', "172800",
        Decimal("12.34"), datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip


PASSWORD = "s3cr3t-pass-phrase"  # noqa: S105


def test_a_password_in_the_address_is_refused(tmp_path: Path) -> None:
    place = Place("postgresql", f"postgresql://me:{PASSWORD}@127.0.0.1:1/shop", "")
    (one,) = Company(tmp_path, place).sync().failed
    assert one.error is not None
    assert one.error.code == "KDR-SRC-202"
    assert PASSWORD not in str(one.error.details) + one.error.sentence("en")


def test_a_database_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KADAR_SHOP_PASSWORD", PASSWORD)
    for place, code in (
        (Place("postgresql", "postgresql+psycopg://me@127.0.0.1:1/shop", ""), "KDR-SRC-208"),
        (Place("sqlite", "sqlite:///none.sqlite", ""), "KDR-SRC-208"),
        (Place("odd", "nosuchdialect://me@host/shop", ""), "KDR-SRC-203"),
        (Place("odd", "no address", ""), "KDR-SRC-201"),
    ):
        (one,) = Company(tmp_path, place).sync().failed
        assert one.error is not None
        assert one.error.code == code
        assert PASSWORD not in str(one.error.details) + one.error.sentence("en")
    assert not (tmp_path / "project" / "none.sqlite").exists()


def test_the_password_is_a_secret_of_the_source(postgres: Place, tmp_path: Path) -> None:
    """Asked for where the address has a user and a host; a socket needs none."""
    (password,) = connector.DatabaseConnector.secrets
    assert password.needed({"url": "postgresql://me@host/shop"})
    assert not password.needed({"url": "sqlite:///a@b.sqlite"})
    with ExitStack() as stack:
        stack.enter_context(pytest.raises(KadarError))
        engine.located("postgresql://me@host/shop?sslpassword=x")
