"""A table of the model touches no derived table but its own and those it is said to feed."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

import pytest

from kadar.derive.feeds import FEEDS
from kadar.model import TABLES
from kadar.store import Store
from kadar.workspace import Workspace
from tests.companies import company
from tests.insight.test_records import generated

ALL = datetime(2100, 1, 1, tzinfo=UTC)
# Merges and exchange rates may touch any table; everything reaches the calendar.
ANYWHERE = ("customers", "fx_rates")
OF_ALL = ("calendar", "company", "periods", "shadowed", "identities", "working_days", "carried")


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = generated()
    columns = {table: TABLES[table].column_names for table in TABLES}
    folder = tmp_path_factory.mktemp("feeds")
    return company(folder, toml=made.settings.toml(), columns=columns, **made.tables)


@pytest.mark.slow
def test_a_table_feeds_only_what_it_is_said_to(work: Workspace) -> None:
    random = Random(3)
    with Store(work.project.folder).between(work.project, ALL) as between:
        run = between.connection.execute
        between.reach(work.project, None)

        def derived() -> dict[str, object]:
            names = run(
                "select table_name from duckdb_tables() where database_name = 'past' "
                "and schema_name = 'crm'"
            ).fetchall()
            sums = {}
            for (name,) in names:
                if name in OF_ALL:
                    continue
                columns = "* exclude (spell_id)" if name == "spells" else "*"
                rows_of = f"select {columns} from crm.{name}"
                query = f"select count(*), sum(hash(t)::hugeint) from ({rows_of}) t"
                rows = run(query).fetchall()
                sums[str(name)] = rows
            return sums

        whole = derived()
        touched: set[tuple[str, str]] = set()
        for name in TABLES:
            if name in ANYWHERE or not run(f"select count(*) from model.{name}").fetchall()[0][0]:
                continue
            run(f"create or replace temp table kept as select * from model.{name}")
            share = random.randrange(2, 4)
            run(f"delete from model.{name} where rowid % {share} = 0")
            between.derive(work.project)
            touched |= {(table, name) for table, rows in derived().items() if rows != whole[table]}
            run(f"delete from model.{name}")
            run(f"insert into model.{name} select * from temp.kept")
    said = {(table, feed) for table, feeds in FEEDS.items() for feed in feeds}
    assert {pair for pair in touched if pair[0] != pair[1]} <= said
    # the test sees what there is to see: the company is under contract
    assert {("spells", "subscriptions"), ("leads", "interactions")} <= touched
