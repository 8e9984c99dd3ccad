"""The status log of a help desk (prepbench case_059) against what its authors published."""

from __future__ import annotations

import csv
import shutil

import pytest

from kadar.workspace import Workspace
from tests.kpis.test_realdata import DATA, synced

CASE = DATA / "prepbench" / "case_059"
pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(not CASE.is_dir(), reason=f"{CASE} is absent"),
]

# A ticket reads "C004734 / Project Management / Felipa Vlahos"; a line is a change of status.
LOG = """
with files as (
    select * from 'input_02.csv' union all select * from 'input_03.csv'
    union all select * from 'input_04.csv'
), log as (
    select trim(split_part("Ticket", '/', 1)) as ticket_id,
        trim(split_part("Ticket", '/', 2)) as department, "Severity" as severity,
        "Timestamp" as occurred_at, "Status Name" as status,
        cast("Status No." as integer) as number
    from files
)
"""
TICKETS = (
    LOG
    + """
select ticket_id, min(occurred_at) as created_at, min(department) as category,
    min(severity) as priority, arg_max(status, number) as stage
from log group by ticket_id
"""
)
EVENTS = (
    LOG
    + """
select ticket_id, occurred_at, case
    when status = 'Logged' then 'created'
    when status = 'Closed' then 'resolved'
    when status in ('Customer Response', 'UAT') then 'paused'
    when number = 2 then 'assigned'
    else 'resumed' end as event
from log
"""
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("desk")
    for number in (1, 2, 3, 4):
        shutil.copy(CASE / f"input_0{number}.csv", folder)
    rows = published("input_01.csv")
    days = {row["Department"].strip(): int(row["SLA Agreement"]) for row in rows}
    limits = ", ".join(f'"{name}" = {24 * count}' for name, count in days.items())
    week = ", ".join(f'{day} = ["00:00-24:00"]' for day in ("mon", "tue", "wed", "thu", "fri"))
    return synced(
        folder,
        f"""
[company]
observed_until = "2020-03-15"
working_hours = {{ {week} }}

[tickets]
count_pauses = true  # their agreement runs on while the customer is asked

[kpi.resolution_time]
target_working_hours = {{ category = {{ {limits} }}, otherwise = 0 }}

[[sources]]
name = "tickets"
table = "tickets"
query = '''{TICKETS}'''

[[sources]]
name = "log"
table = "ticket_events"
query = '''{EVENTS}'''
""",
    )


def published(name: str) -> list[dict[str, str]]:
    with (CASE / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_published_counts_by_status(desk: Workspace) -> None:
    expected = {
        row["Current Status"]: int(row["Ticket Count"]) for row in published("output_01.csv")
    }
    open_ones = desk.ask("backlog", grain="day", by=["stage"], since="2020-03-15").rows
    found = {str(row.dimensions["stage"]): int(row.value or 0) for row in open_ones}
    (closed,) = desk.ask("resolution_time", grain="all").rows
    assert {**found, "Closed": closed.n} == expected


def test_the_published_missed_and_on_track(desk: Workspace) -> None:
    expected = {row["Metric"]: int(row["Total"]) for row in published("output_02.csv")}
    (row,) = desk.ask(
        "resolution_time",
        variant="within_working_target",
        grain="all",
        where={"status": "resolved"},
    ).rows
    assert row.numerator is not None
    assert row.denominator is not None
    assert {
        "Missed SLA": row.denominator - row.numerator,
        "On Track to Meet SLA": row.numerator,
    } == expected


def test_the_published_departments(desk: Workspace) -> None:
    rows = desk.ask(
        "resolution_time",
        variant="within_working_target",
        grain="all",
        by=["category"],
        where={"status": "resolved"},
    ).rows
    shares = {str(r.dimensions["category"]): round(100 * (r.value or 0), 2) for r in rows}
    for row in published("output_03.csv"):
        assert shares[row["Department"]] == float(row["Achieved %"])
