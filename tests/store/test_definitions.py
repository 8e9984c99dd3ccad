"""What the KPIs mean is recorded when it changes, with the moment, and never otherwise."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

import kadar
from kadar import project
from kadar.measure.written import read
from kadar.store import Store
from kadar.store.definitions import definition_at, policies, policies_at, under
from kadar.store.schema import MIGRATIONS
from kadar.sync import SyncReport, sync

TOML = """
[company]
time_zone = "Asia/Kuala_Lumpur"
{company}
[[sources]]
name = "deals"
table = "deals"
path = "deals.csv"
columns = {{ deal_id = "ID", created_at = "Created", closed_at = "Closed", outcome = "Outcome" }}
{kpi}
"""
OWN = '''"""Big deals."""
from kadar.kpi import NUMBER, UP, Crm, Formula, _, kpi
@kpi(unit=NUMBER, better=UP)
def big_deals(crm: Crm, least: float = 10.0) -> Formula:
    """Deals closed."""
    return crm.deals.closed.count(_.outcome == "{outcome}")
'''


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    settle(tmp_path)
    (tmp_path / "deals.csv").write_text("ID,Created,Closed,Outcome\n1,2026-01-05,2026-03-02,won\n")
    return tmp_path


def settle(folder: Path, company: str = "", kpi: str = "") -> None:
    (folder / "kadar.toml").write_text(TOML.format(company=company, kpi=kpi), "utf-8")


def synced(folder: Path, day: int) -> SyncReport:
    return sync(project.load(folder), recorded_at=moment(day))


def moment(day: int) -> datetime:
    return datetime(2026, 4, day, tzinfo=UTC)


def asked(folder: Path, query: str) -> list[tuple[Any, ...]]:
    connection = Store(folder).reader()
    assert connection is not None
    with connection:
        return connection.execute(query).fetchall()


RECORDED = "select day(recorded_at at time zone 'UTC') from meta.definitions where "


def test_a_first_sync_records_all_and_a_second_nothing(folder: Path) -> None:
    first = synced(folder, 1)
    every = sum(len(made.variants) for made in kadar.open(folder).kpis)
    assert asked(folder, "select count(*) from meta.definitions") == [(every,)]
    assert asked(folder, "select count(*) from meta.policies") == [(1,)]
    second = synced(folder, 2)
    assert (second.published, second.version) == (False, first.version)


def test_a_changed_setting_alone_makes_a_version(folder: Path) -> None:
    first = synced(folder, 1)
    settle(folder, kpi="[kpi.lead_conversion_rate]\nwindow_days = 30")
    second = synced(folder, 2)
    assert second.published
    assert second.version != first.version
    assert asked(folder, RECORDED + "number > 0 group by 1 order by 1") == [(1,), (2,)]
    changed = asked(
        folder, "select distinct kpi from meta.definitions where recorded_at > '2026-04-01 12:00Z'"
    )
    assert changed == [("lead_conversion_rate",)]


def test_the_definition_of_a_day_is_the_last_recorded_by_then(folder: Path) -> None:
    (folder / "kpis").mkdir()
    own = folder / "kpis" / "own.py"
    for day, outcome in ((2, "won"), (4, "lost")):
        own.write_text(OWN.format(outcome=outcome), "utf-8")
        synced(folder, day)
    connection = Store(folder).reader()
    assert connection is not None
    with connection:
        meant = {}
        for day in (1, 2, 3, 4, 5):
            found = definition_at(connection, "big_deals", "default", moment(day))
            assert found is not None
            assert found.formula is not None
            assert found.settings == {"least": 10.0}
            meant[day] = str(read(found.formula))
        # before the first was recorded, it is the first
        assert ["won" in meant[day] for day in (1, 2, 3, 4, 5)] == [True, True, True, False, False]
        assert definition_at(connection, "no_kpi", "default", moment(5)) is None


def test_policies_are_those_that_change_numbers(folder: Path) -> None:
    settle(folder, company='name = "A"\ninactive_after_days = 90')
    synced(folder, 1)
    settle(folder, company='name = "B"\nlanguage = "ms"\ninactive_after_days = 90')
    synced(folder, 2)
    assert asked(folder, "select count(*) from meta.policies") == [(1,)]
    settle(folder, company='name = "B"\nlanguage = "ms"\ninactive_after_days = 60')
    synced(folder, 3)
    connection = Store(folder).reader()
    assert connection is not None
    with connection:
        now = project.load(folder)
        found = policies_at(connection, moment(2))
        assert found is not None
        then = under(now, found[0])
        assert found[1] == moment(1)
        assert (then.company.inactive_after_days, then.company.name) == (90, "B")
        assert (now.company.inactive_after_days, then.sources[0].name) == (60, "deals")


def test_a_kpi_that_cannot_be_read_does_not_keep_the_data_out(folder: Path) -> None:
    (folder / "kpis").mkdir()
    (folder / "kpis" / "own.py").write_text("1 / 0", "utf-8")
    report = synced(folder, 1)
    assert report.published
    assert report.unread is not None
    assert report.unread.code == "KDR-KPI-005"
    (folder / "kpis" / "own.py").unlink()
    assert synced(folder, 2).unread is None
    assert asked(folder, RECORDED + "kpi = 'win_rate' limit 1") == [(2,)]


def test_an_older_store_is_brought_up_to_date_by_a_sync_that_finds_nothing_new(
    folder: Path,
) -> None:
    synced(folder, 1)
    store = Store(folder)
    current = store.current()
    assert current is not None
    current.chmod(0o644)
    for file in (folder / "store" / "model.duckdb", current):  # as they were before definitions
        with duckdb.connect(str(file)) as connection:
            connection.execute("drop table meta.definitions; drop table meta.policies")
            connection.execute(f"update meta.version set schema_version = {len(MIGRATIONS) - 1}")
    synced(folder, 2)
    assert asked(folder, RECORDED + "kpi = 'win_rate' limit 1") == [(2,)]


def test_schedules_and_what_stops_a_clock_are_policies(folder: Path) -> None:
    settle(folder)
    plain = project.load(folder)
    with (folder / "kadar.toml").open("a", encoding="utf-8") as file:
        file.write(
            "\n[tickets]\ncount_pauses = true\n\n[[schedules]]\nname = 'late'\n"
            "since = 2026-01-01\nwhen = { team = ['KL'] }\n"
            "working_hours = { mon = ['12:00-21:00'] }\n"
        )
    later = project.load(folder)
    assert policies(plain) != policies(later)
    for now, then in ((plain, later), (later, plain)):
        found = under(now, policies(then))
        assert (found.schedules, found.tickets) == (then.schedules, then.tickets)
