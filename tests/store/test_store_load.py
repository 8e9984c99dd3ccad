"""A load counts every row, keeps every version, and is all or nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from store_rows import day, load, order, rows_of, staged

from kadar.errors import KadarError
from kadar.model import TABLES
from kadar.store import LoadReport, Store, Writer


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an empty store once, for every test to copy."""
    folder = tmp_path_factory.mktemp("empty")
    with Store(folder).writer():
        return folder


@pytest.fixture
def writer(empty: Path, tmp_path: Path) -> Iterator[Writer]:
    shutil.copytree(empty / "store", tmp_path / "store")
    with Store(tmp_path).writer() as made:
        yield made


ORDERS = "select order_id, revenue::double from model.orders order by all"
PAST = (
    "select order_id, revenue::double, change, day(recorded_at), day(superseded_at) "
    "from model.orders__history order by all"
)


def test_first_load_is_all_new(writer: Writer) -> None:
    report = load(writer, [order("1"), order("2", 2.5)])
    assert report == LoadReport(read=2, new=2)
    assert rows_of(writer, ORDERS) == [("1", 1.0), ("2", 2.5)]
    assert rows_of(writer, "select distinct source, day(recorded_at) from model.orders") == [
        ("shop", 1)
    ]


def test_snapshot_tells_new_changed_unchanged_and_gone(writer: Writer) -> None:
    load(writer, [order("same"), order("other", 1), order("left")])
    report = load(writer, [order("same"), order("other", 2), order("came")], on=2)
    assert report == LoadReport(read=3, new=1, changed=1, unchanged=1, gone=1)
    assert rows_of(writer, ORDERS) == [("came", 1.0), ("other", 2.0), ("same", 1.0)]
    assert rows_of(writer, PAST) == [
        ("left", 1.0, "gone", 1, 2),
        ("other", 1.0, "changed", 1, 2),
    ]
    # An unchanged row keeps the moment it was learnt.
    learnt = "select order_id, day(recorded_at) from model.orders order by all"
    assert rows_of(writer, learnt) == [("came", 2), ("other", 2), ("same", 1)]


def test_append_leaves_what_it_does_not_mention(writer: Writer) -> None:
    load(writer, [order("1"), order("2")], mode="append")
    report = load(writer, [order("2", 9), order("3")], on=2, mode="append")
    assert report == LoadReport(read=2, new=1, changed=1)
    assert rows_of(writer, ORDERS) == [("1", 1.0), ("2", 9.0), ("3", 1.0)]


def test_null_to_value_and_back_is_a_change(writer: Writer) -> None:
    load(writer, [order("1", None)])
    assert load(writer, [order("1", None)], on=2).unchanged == 1
    assert load(writer, [order("1", 0)], on=3).changed == 1
    assert load(writer, [order("1", None)], on=4).changed == 1


def test_a_row_that_comes_back_has_three_versions(writer: Writer) -> None:
    load(writer, [order("1"), order("2")])
    load(writer, [order("2")], on=2)
    assert load(writer, [order("1"), order("2")], on=5) == LoadReport(read=2, new=1, unchanged=1)
    assert rows_of(writer, PAST) == [("1", 1.0, "gone", 1, 2)]


def test_versions_as_of_any_moment_are_what_was_loaded_then(writer: Writer) -> None:
    loads = {1: {"a": 1.0, "b": 1.0}, 3: {"a": 2.0}, 5: {"a": 2.0, "b": 5.0}, 7: {}}
    for on, rows in loads.items():
        load(writer, [order(key, revenue) for key, revenue in rows.items()], on=on)
    for on, rows in loads.items():
        for later in (on, on + 1):
            as_of = f"timestamptz '{day(later).isoformat()}'"
            found = rows_of(
                writer,
                "select order_id, revenue::double from model.orders "
                f"where recorded_at <= {as_of} union all "
                "select order_id, revenue::double from model.orders__history "
                f"where recorded_at <= {as_of} and {as_of} < superseded_at",
            )
            assert dict(found) == rows
            assert len(found) == len(rows)


def test_two_sources_stand_side_by_side(writer: Writer) -> None:
    load(writer, [order("1", 1)], source="shop")
    assert load(writer, [order("1", 2)], source="erp") == LoadReport(read=1, new=1)
    assert load(writer, [], source="erp", on=2) == LoadReport(gone=1)
    assert rows_of(writer, "select source, revenue::double from model.orders") == [("shop", 1.0)]


@pytest.mark.parametrize(
    ("table", "row", "column", "reason"),
    [
        ("orders", order(None), "order_id", "no order_id, which every row needs"),
        ("orders", order(""), "order_id", "no order_id, which every row needs"),
        ("orders", order("1", ordered_at=None), "ordered_at", "no ordered_at"),
        ("orders", order("1", ordered_at="1899-12-31"), "ordered_at", "outside the years"),
        ("orders", order("1", ordered_at="2200-01-01"), "ordered_at", "outside the years"),
        ("orders", order("1", ordered_at="infinity"), "ordered_at", "infinity lies outside"),
        (
            "tickets",
            {"ticket_id": "1", "status": "closed"},
            "status",
            "“closed” is not one of: open, resolved",
        ),
        ("tickets", {"ticket_id": "1", "reopened": -1}, "reopened", "a count below zero"),
        ("surveys", {"survey_id": "1", "kind": "nps", "score": 11}, "score", "outside its scale"),
        ("surveys", {"survey_id": "1", "kind": "nps", "score": "nan"}, "score", "no finite number"),
    ],
)
def test_contract(
    writer: Writer, table: str, row: dict[str, object], column: str, reason: str
) -> None:
    report = load(writer, [row], table=table)
    assert report == LoadReport(read=1, quarantined=1)
    ((found, why, remedy),) = rows_of(
        writer, 'select "column", reason, remedy from meta.quarantine_now'
    )
    assert found == column
    assert reason in why
    assert remedy


@pytest.mark.parametrize("moment", ["1900-01-01 00:00:00", "2199-12-31 23:59:59.999999"])
def test_the_edges_of_plausible_moments_are_inside(writer: Writer, moment: str) -> None:
    assert load(writer, [order("1", ordered_at=moment + "+00")]).new == 1


def test_unknown_is_not_refused(writer: Writer) -> None:
    rows = [{"survey_id": "1", "kind": "nps"}]
    assert load(writer, rows, table="surveys") == LoadReport(read=1, new=1)
    assert load(writer, [{"ticket_id": "1"}], table="tickets").new == 1


def test_a_row_with_several_breaks_is_refused_once(writer: Writer) -> None:
    row = {"survey_id": None, "kind": "x", "score": 99, "sent_at": "0001-01-01"}
    assert load(writer, [row], table="surveys").quarantined == 1
    assert rows_of(writer, 'select "column" from meta.quarantine') == [("survey_id",)]


def test_quarantine_says_where_what_and_keeps_the_record(writer: Writer) -> None:
    rows = [order("1"), order("2"), order(None, 7)]
    report = load(writer, rows, refused=[(1, "no amount")], on=3)
    assert report == LoadReport(read=3, new=1, quarantined=2)
    found = rows_of(
        writer,
        'select load_id, source, "table", file, line, "column", reason, record, '
        "day(recorded_at) from meta.quarantine order by line",
    )
    assert [row[:7] for row in found] == [
        (1, "shop", "orders", "exports/a.csv", 3, "revenue", "no amount"),
        (1, "shop", "orders", "exports/a.csv", 4, "order_id", "no order_id, which every row needs"),
    ]
    assert json.loads(found[0][7]) == {"The Id": "2", "raw": str(rows[1])}
    assert json.loads(found[1][7]) == {"raw": str(rows[2])}
    assert found[0][8] == 3


def test_a_row_now_refused_is_gone_from_the_model(writer: Writer) -> None:
    load(writer, [order("1"), order("2")])
    report = load(writer, [order("1"), order("2", ordered_at=None)], on=2)
    assert report == LoadReport(read=2, unchanged=1, gone=1, quarantined=1)
    assert rows_of(writer, ORDERS) == [("1", 1.0)]


def test_repeated_rows(writer: Writer) -> None:
    rows = [order("1", 1), order("1", 1), order("1", 2), order("2"), order("1", 2), order("2")]
    report = load(writer, rows)
    # The first stands; its twins count as unchanged; the others contradict it.
    assert report == LoadReport(read=6, new=2, unchanged=2, quarantined=2)
    assert rows_of(writer, ORDERS) == [("1", 1.0), ("2", 1.0)]
    assert rows_of(writer, 'select line, "column" from meta.quarantine order by line') == [
        (4, "order_id"),
        (6, "order_id"),
    ]
    assert load(writer, rows, on=2) == LoadReport(read=6, unchanged=4, quarantined=2)


EDITIONS = [
    [order("1", 1), order("2", 1), order("2", 1)],
    [order("1", 2), order("3", 1), order("1", 9)],  # the last contradicts the first of its file
    [order("1", 2), order("2", 3)],
    [order("1", 1)],
]


@pytest.mark.parametrize("at_once", [True, False])
def test_later_files_of_an_append_are_later_editions(writer: Writer, at_once: bool) -> None:
    """Appended files give the same model and the same counts, loaded together or one by one."""
    load(writer, [order("2", 0)], mode="append")
    loads = [[row for file in EDITIONS for row in file]] if at_once else EDITIONS
    sizes = [len(file) for file in EDITIONS]
    done = [
        load(writer, rows, mode="append", on=2, editions=sizes if at_once else ()) for rows in loads
    ]
    assert rows_of(writer, ORDERS) == [("1", 1.0), ("2", 3.0), ("3", 1.0)]
    assert sum(report.read for report in done) == 9
    assert sum(report.new for report in done) == 2  # 1, 3
    assert sum(report.changed for report in done) == 4  # 2 to 1, 1 to 2, 2 to 3, 1 to 1
    assert sum(report.unchanged for report in done) == 2  # 2's twin, 1's edition of the third file
    assert sum(report.quarantined for report in done) == 1
    assert [row[:3] for row in rows_of(writer, PAST)] == [
        ("1", 1.0, "changed"),
        ("1", 2.0, "changed"),
        ("2", 0.0, "changed"),
        ("2", 1.0, "changed"),
    ]


def test_files_of_a_snapshot_are_one(writer: Writer) -> None:
    rows = [order("1", 1), order("1", 2)]
    assert load(writer, rows, editions=[1, 1]) == LoadReport(read=2, new=1, quarantined=1)


def test_a_refused_row_does_not_repeat_a_key(writer: Writer) -> None:
    rows = [order("1", ordered_at=None), order("1", 5)]
    assert load(writer, rows) == LoadReport(read=2, new=1, quarantined=1)
    assert rows_of(writer, ORDERS) == [("1", 5.0)]


def test_keys_of_two_columns(writer: Writer) -> None:
    rows = [
        {"order_id": "1", "line": "1", "quantity": 1},
        {"order_id": "1", "line": "2", "quantity": 1},
        {"order_id": "2", "line": "1", "quantity": 1},
    ]
    assert load(writer, rows, table="order_lines").new == 3
    rows[1]["quantity"] = 2
    report = load(writer, [*rows, rows[0]], table="order_lines", on=2)
    assert report == LoadReport(read=4, changed=1, unchanged=3)


def test_current_quarantine_of_a_snapshot_is_the_last_loads(writer: Writer) -> None:
    now = "select load_id, line from meta.quarantine_now order by all"
    load(writer, [order(None), order("1")])
    load(writer, [order("1"), order(None)], on=2)
    assert rows_of(writer, now) == [(2, 3)]
    assert rows_of(writer, "select count(*) from meta.quarantine") == [(2,)]
    load(writer, [order(None)], on=3, source="other")
    assert rows_of(writer, now) == [(2, 3), (3, 2)]
    load(writer, [order("1")], on=4)
    assert rows_of(writer, now) == [(3, 2)]


def test_current_quarantine_of_appends_adds_up(writer: Writer) -> None:
    for on in (1, 2):
        load(writer, [order(None), order(str(on))], on=on, mode="append")
    assert rows_of(writer, "select load_id from meta.quarantine_now order by all") == [(1,), (2,)]


def test_another_mapping_of_an_append_says_anew_what_is_refused(writer: Writer) -> None:
    load(writer, [order(None), order("1")], mode="append", carried={"revenue": False})
    made = staged(writer, "orders", [order("2"), order("1")], carried={"order_id": False})
    writer.load(
        TABLES["orders"],
        "shop",
        "append",
        replace(made, mapping="m2"),
        load_id=writer.new_load(),
        recorded_at=day(2),
    )
    assert rows_of(writer, "select count(*) from meta.quarantine_now") == [(0,)]
    assert rows_of(writer, "select count(*) from meta.quarantine") == [(1,)]
    assert rows_of(writer, 'select "column" from meta.carried') == [("order_id",)]


def test_loads_are_recorded(writer: Writer) -> None:
    load(writer, [order("1"), order(None)], on=2)
    ((files, counts, mapping),) = rows_of(
        writer,
        'select files, (load_id, source, "table", mode, read, new, changed, unchanged, gone, '
        "quarantined), mapping_hash from meta.loads",
    )
    assert json.loads(files) == [{"path": "exports/a.csv", "sha256": "0" * 64, "rows": 2}]
    assert tuple(counts) == (1, "shop", "orders", "snapshot", 2, 1, 0, 0, 0, 1)
    assert mapping == "m1"


def test_carried_columns(writer: Writer) -> None:
    carried = 'select "column", date_only from meta.carried order by all'
    load(writer, [order("1")], carried={"order_id": False, "ordered_at": True}, mode="append")
    load(writer, [order("2")], carried={"ordered_at": False, "revenue": False}, mode="append", on=2)
    assert rows_of(writer, carried) == [
        ("order_id", False),
        ("ordered_at", False),
        ("revenue", False),
    ]
    load(writer, [order("2")], carried={"ordered_at": True}, on=3)
    assert rows_of(writer, carried) == [("ordered_at", True)]


def test_a_clock_set_back_does_not_bend_history(writer: Writer) -> None:
    load(writer, [order("1", 1)], on=5)
    load(writer, [order("1", 2)], on=3)
    assert rows_of(writer, PAST) == [("1", 1.0, "changed", 5, 5)]


def test_removed_source_is_history(writer: Writer) -> None:
    load(writer, [order("1"), order(None)])
    load(writer, [order("2")], source="erp")
    report = writer.remove(TABLES["orders"], "shop", load_id=writer.new_load(), recorded_at=day(4))
    assert report == LoadReport(gone=1)
    assert rows_of(writer, ORDERS) == [("2", 1.0)]
    assert rows_of(writer, PAST) == [("1", 1.0, "gone", 1, 4)]
    assert rows_of(writer, "select count(*) from meta.quarantine_now") == [(0,)]
    assert rows_of(writer, "select distinct source from meta.carried") == [("erp",)]
    # What it had read counts as unread, should it come back.
    read = "select source, mode, mapping_hash from meta.loads order by load_id"
    assert rows_of(writer, read) == [
        ("shop", "snapshot", ""),
        ("erp", "snapshot", "m1"),
        ("shop", "removed", ""),
    ]


def test_a_source_that_miscounts_is_refused_whole(writer: Writer) -> None:
    load(writer, [order("1")])
    made = replace(staged(writer, "orders", [order("2")]), read=2)
    with pytest.raises(KadarError, match="KDR-STO-003"):
        writer.load(TABLES["orders"], "shop", "snapshot", made, load_id=9, recorded_at=day(2))
    assert rows_of(writer, ORDERS) == [("1", 1.0)]
    assert load(writer, [order("1")], on=2).unchanged == 1  # the connection goes on


def test_load_ids_are_never_given_twice(tmp_path: Path) -> None:
    with Store(tmp_path).writer() as writer:
        first = writer.new_load()  # given out, its load never finished
    with Store(tmp_path).writer() as writer:
        assert writer.new_load() == first + 1


def test_revision_counts_loads_that_changed_something(writer: Writer) -> None:
    revision = "select revision from meta.version"
    rows = [order("1"), order(None)]
    load(writer, rows)
    assert rows_of(writer, revision) == [(1,)]
    load(writer, rows, on=2)
    assert rows_of(writer, revision) == [(1,)]
    load(writer, [order("1"), order("", 3)], on=3)  # refused for the same reason, another record
    assert rows_of(writer, revision) == [(2,)]
    load(writer, [order("1"), order("", 3)], on=4, carried={"order_id": True})
    assert rows_of(writer, revision) == [(3,)]


def test_every_table_of_the_model_loads_and_reloads(writer: Writer) -> None:
    values = {
        "text": "x",
        "moment": "2026-01-01 00:00:00+00",
        "money": 1,
        "number": 2,
        "integer": 1,
        "boolean": True,
    }
    for table in TABLES.values():
        row = {c.name: c.choices[0] if c.choices else values[c.type] for c in table.columns}
        if table.name == "surveys":
            row |= {"scale_min": 0, "scale_max": 10}
        ends = [c for c in table.column_names if c in ("ended_at", "left_at")]
        row |= dict.fromkeys(ends, "2026-02-01 00:00:00+00")
        found = load(writer, [row], table=table.name)
        assert found.new == 1, rows_of(writer, "from meta.quarantine")
        assert load(writer, [row], table=table.name, on=2).unchanged == 1
