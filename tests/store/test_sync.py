"""Sync: source by source, counted; what fails or is forgotten leaves the others alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from plain_kind import made, run, write

from kadar.errors import KadarError
from kadar.project import Company, Project, Source
from kadar.store import LoadReport, Store


def read(folder: Path, query: str) -> list[tuple[Any, ...]]:
    reader = Store(folder).reader()
    assert reader is not None
    with reader:
        return reader.execute(query).fetchall()


def test_sources_are_loaded_and_published(tmp_path: Path) -> None:
    write(tmp_path, "shop", {"1": 10, "2": "ten"})
    write(tmp_path, "lines", {"1": 10})
    steps: list[tuple[str, int, int | None]] = []
    report = run(
        made(tmp_path, ("shop", "orders"), ("lines", "order_lines")),
        1,
        progress=lambda *step: steps.append(step),
    )
    shop, lines = report.sources
    assert (shop.source, shop.table, shop.outcome) == ("shop", "orders", "loaded")
    assert shop.counts == LoadReport(read=2, new=1, quarantined=1)
    assert shop.notes == ["landed", "staged"]
    assert lines.counts == LoadReport(read=1, new=1)
    assert (report.version, report.published) == ("000001-20261101T060000Z", True)
    assert not report.failed
    assert read(tmp_path, "select n, revenue from crm.orders_total") == [(1, 10.0)]
    assert read(tmp_path, 'select source, file, line, "column" from meta.quarantine_now') == [
        ("shop", "shop.csv", 3, "revenue")
    ]
    assert ("shop: landing", 0, 1) in steps
    assert ("lines: loading", 1, 1) in steps
    assert "publishing" in {step for step, _, _ in steps}


def test_an_unchanged_source_is_not_read_again(tmp_path: Path) -> None:
    project = made(tmp_path, ("shop", "orders"), ("lines", "order_lines"))
    write(tmp_path, "shop", {"1": 10})
    write(tmp_path, "lines", {"1": 10})
    run(project, 1)
    again = run(project, 2)
    assert [source.outcome for source in again.sources] == ["unchanged", "unchanged"]
    assert (again.version, again.published) == ("000001-20261101T060000Z", False)
    write(tmp_path, "shop", {"1": 11})
    third = run(project, 3)
    assert [source.outcome for source in third.sources] == ["loaded", "unchanged"]
    assert third.sources[0].counts == LoadReport(read=1, changed=1)
    forced = run(project, 4, force=True)
    assert [source.counts for source in forced.sources] == [LoadReport(read=1, unchanged=1)] * 2
    assert not forced.published


def test_only_some_sources(tmp_path: Path) -> None:
    project = made(tmp_path, ("shop", "orders"), ("lines", "order_lines"))
    write(tmp_path, "shop", {"1": 10})
    write(tmp_path, "lines", {"1": 10})
    report = run(project, 1, only=["lines"])
    assert [source.source for source in report.sources] == ["lines"]
    with pytest.raises(KadarError, match=r"KDR-STO-006.*“shpo”.*shop, lines"):
        run(project, 1, only=["shpo"])


def test_a_source_that_fails_leaves_the_others_going(tmp_path: Path) -> None:
    for name in ("bad", "shop", "missing"):
        write(tmp_path, name, {"1": 10})
    good = Source("shop", "orders", "plain", "shop.csv")
    bad = Source("bad", "orders", "plain", "bad.csv")
    run(Project(tmp_path, Company(), [bad, good], {}), 1)

    for name in ("bad", "shop"):
        write(tmp_path, name, {"1": 20})
    broken = Source("bad", "orders", "broken", "bad.csv")
    absent = Source("absent", "orders", "plain", "absent.csv")
    odd = Source("odd", "orders", "fax", "bad.csv")
    report = run(Project(tmp_path, Company(), [broken, absent, odd, good], {}), 2)
    assert [source.outcome for source in report.sources] == ["failed", "failed", "failed", "loaded"]
    assert [source.source for source in report.failed] == ["bad", "absent", "odd"]
    errors = [str(source.error) for source in report.failed]
    assert "KDR-STO-007: Source “bad” failed: RuntimeError: the network went" in errors[0]
    assert "away" not in errors[0]
    assert "FileNotFoundError" in errors[1]
    assert errors[2].startswith("KDR-PRJ-040")
    # What failed keeps its rows, what did not has its new ones, and there is a version of it.
    assert report.published
    assert read(tmp_path, "select source, revenue::double from model.orders order by all") == [
        ("bad", 10.0),
        ("shop", 20.0),
    ]
    assert [s.outcome for s in run(Project(tmp_path, Company(), [bad, good], {}), 3).sources] == [
        "loaded",
        "unchanged",
    ]


def test_a_source_taken_out_of_the_settings_becomes_history(tmp_path: Path) -> None:
    write(tmp_path, "shop", {"1": 10})
    write(tmp_path, "erp", {"7": 70, "8": "x"})
    both = made(tmp_path, ("shop", "orders"), ("erp", "orders"))
    one = made(tmp_path, ("shop", "orders"))
    run(both, 1)
    assert [s.source for s in run(one, 2, only=["shop"]).sources] == ["shop"]
    report = run(one, 3)
    assert [(s.source, s.outcome) for s in report.sources] == [
        ("shop", "unchanged"),
        ("erp", "removed"),
    ]
    assert report.sources[1].counts == LoadReport(gone=1)
    assert "orders" in report.sources[1].notes[0]
    assert report.published
    assert read(tmp_path, "select order_id from model.orders") == [("1",)]
    assert read(tmp_path, "select order_id, change from model.orders__history") == [("7", "gone")]
    assert read(tmp_path, "select count(*) from meta.quarantine_now") == [(0,)]
    assert [s.source for s in run(one, 4).sources] == ["shop"]  # said once
    back = run(both, 5)
    assert back.sources[1].counts == LoadReport(read=2, new=1, quarantined=1)


def test_a_source_that_now_fills_another_table_leaves_the_first(tmp_path: Path) -> None:
    write(tmp_path, "shop", {"1": 10})
    run(made(tmp_path, ("shop", "orders")), 1)
    report = run(made(tmp_path, ("shop", "order_lines")), 2)
    assert [(s.table, s.outcome) for s in report.sources] == [
        ("order_lines", "loaded"),
        ("orders", "removed"),
    ]
    assert read(tmp_path, "select count(*) from model.orders") == [(0,)]
    assert read(tmp_path, "select count(*) from model.order_lines") == [(1,)]


def test_nothing_to_load_makes_no_version(tmp_path: Path) -> None:
    report = run(made(tmp_path), 1)
    assert (report.sources, report.version, report.published) == ([], None, False)


def test_settings_changed_alone_make_a_version(tmp_path: Path) -> None:
    write(tmp_path, "shop", {"1": 10})
    project = made(tmp_path, ("shop", "orders"))
    run(project, 1)
    dearer = Project(tmp_path, Company(currency="MYR"), project.sources, {})
    report = run(dearer, 2)
    assert (report.sources[0].outcome, report.published) == ("unchanged", True)
