"""The whole way with the real parts: files are landed, staged, loaded, derived and published."""

from __future__ import annotations

from pathlib import Path

from store_rows import day
from test_sync import read

from kadar.project import Company, Project, Source
from kadar.store import LoadReport
from kadar.sync import SourceReport, sync

HEAD = "Order No,Date,Amount,Customer\n"
COLUMNS = {
    "order_id": "Order No",
    "ordered_at": "Date",
    "revenue": "Amount",
    "customer_id": "Customer",
}


def project(folder: Path, mode: str = "snapshot", **more: str) -> Project:
    source = Source("shop", "orders", path="*.csv", columns=COLUMNS | more, mode=mode)  # type: ignore[arg-type]
    return Project(folder, Company(currency="MYR", time_zone="Asia/Kuala_Lumpur"), [source], {})


def one(folder: Path, on: int, mode: str = "snapshot", **more: str) -> SourceReport:
    (report,) = sync(project(folder, mode, **more), recorded_at=day(on)).sources
    assert report.error is None
    return report


def test_rows_read_are_rows_counted(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        HEAD + "1,2026-01-01,10.50,c1\n"  # new
        "2,2026-02-30,3,c2\n"  # no such day
        "3,2026-03-01,RM 5,c1\n"
        "3,2026-03-01,RM 5,c1\n"  # a twin
        "3,2026-03-01,RM 6,c1\n"  # contradicts it
        ",2026-03-01,7,c1\n",  # no key
        encoding="utf-8",
    )
    assert one(tmp_path, 1).counts == LoadReport(read=6, new=2, unchanged=1, quarantined=3)
    assert read(
        tmp_path,
        "select order_id, customer_id, revenue::double, ordered_on::varchar, epoch(ordered_at) "
        "from crm.orders order by all",
    ) == [
        ("1", "c1", 10.5, "2026-01-01", 1767196800.0),  # its midnight, eight hours before UTC's
        ("3", "c1", 5.0, "2026-03-01", 1772294400.0),
    ]
    refused = read(
        tmp_path,
        "select file, line, \"column\", record ->> 'Amount' from meta.quarantine_now order by line",
    )
    assert refused == [
        ("a.csv", 3, "ordered_at", "3"),
        ("a.csv", 6, "order_id", "RM 6"),
        ("a.csv", 7, "order_id", "7"),
    ]
    assert one(tmp_path, 2).outcome == "unchanged"


def test_appended_files_are_read_once_and_again_when_the_source_comes_back(tmp_path: Path) -> None:
    (tmp_path / "1.csv").write_text(HEAD + "1,2026-01-01,10,c1\n", encoding="utf-8")
    assert one(tmp_path, 1, "append").counts == LoadReport(read=1, new=1)
    (tmp_path / "2.csv").write_text(
        HEAD + "1,2026-01-01,12,c1\n2,2026-01-02,1,c1\n", encoding="utf-8"
    )
    assert one(tmp_path, 2, "append").counts == LoadReport(read=2, new=1, changed=1)
    nothing = Project(tmp_path, project(tmp_path).company, [], {})
    assert sync(nothing, recorded_at=day(3)).sources[0].counts == LoadReport(gone=2)
    assert one(tmp_path, 4, "append").counts == LoadReport(read=3, new=2, changed=1)
    found = "select order_id, revenue::double from crm.orders order by all"
    assert read(tmp_path, found) == [("1", 12.0), ("2", 1.0)]
