"""The demo's files: whole, linked, faulty where the report says, the same every time."""

from __future__ import annotations

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from kadar import project
from kadar.demo.report import MERGED, QUARANTINED, UNKNOWN, DemoFile, DemoReport
from tests.demo.raw import good, records

SIZES = {
    "customers": (3000, 3600),
    "leads": (5500, 6500),
    "deals": (3800, 4600),
    "orders": (24000, 28000),
    "tickets": (7500, 9500),
    "interactions": (37000, 43000),
}
# each link: table, headers that may hold it, the table whose ids they are
LINKS = [
    ("deals", ("Associated Company IDs", "Account ID", "客户 ID"), "customers"),
    ("deals", ("Lead ID",), "leads"),
    ("deals", ("HubSpot Owner ID", "Opportunity Owner ID", "Owner ID"), "people"),
    ("deals", ("Campaign ID",), "campaigns"),
    ("leads", ("Converted Account ID", "客户名称_唯一性ID"), "customers"),
    ("leads", ("Converted Opportunity ID", "商机编号"), "deals"),
    ("leads", ("Lead Owner ID", "Owner ID"), "people"),
    ("orders", ("Account ID", "客户名称_唯一性ID"), "customers"),
    ("order_lines", ("Order ID",), "orders"),
    ("tickets", ("Account ID", "ID Pelanggan"), "customers"),
    ("tickets", ("Assignee ID", "Pegawai"), "people"),
    ("surveys", ("Account ID",), "customers"),
    ("surveys", ("Contact ID",), "contacts"),
    ("surveys", ("Ticket ID",), "tickets"),
    ("interactions", ("account_id",), "customers"),
    ("interactions", ("lead_id",), "leads"),
    ("interactions", ("owner_id",), "people"),
    ("customers", ("HubSpot Owner ID",), "people"),
    ("customers", ("Merged Into ID",), "customers"),
    ("customers", ("Campaign ID",), "campaigns"),
    ("contacts", ("Associated Company IDs",), "customers"),
    ("campaign_members", ("Account ID",), "customers"),
    ("campaign_members", ("Campaign ID",), "campaigns"),
    ("spend", ("Campaign ID",), "campaigns"),
    ("people", ("Manager ID",), "people"),
    ("deal_stages", ("Deal ID",), "deals"),
]
IDS = {
    "customers": ("Record ID",),
    "contacts": ("Record ID",),
    "leads": ("Lead ID", "唯一性ID（必填）"),
    "deals": ("Record ID", "Opportunity ID", "业务机会 ID"),
    "orders": ("Order ID", "销售订单编号（必填）"),
    "tickets": ("Ticket ID", "No. Tiket"),
    "people": ("User ID",),
    "campaigns": ("Campaign ID",),
}


def ids(demo: DemoReport, table: str, headers: tuple[str, ...]) -> list[str]:
    """Return the values of whichever of the headers a file has, empty ones left out."""
    found = []
    for _, record in good(demo, table):
        found += [str(record[header]) for header in headers if record.get(header)]
    return found


def test_every_file_holds_the_records_the_report_says(demo: DemoReport) -> None:
    for file in [*demo.files, *demo.later]:
        assert len(records(demo.folder, file)) == file.rows, file.path
    on_disk = {str(p.relative_to(demo.folder)) for p in demo.folder.rglob("*") if p.is_file()}
    told = {file.path for file in [*demo.files, *demo.later]}
    assert on_disk == told | {"kadar.toml"}


@pytest.mark.parametrize("table", SIZES)
def test_the_company_is_as_large_as_promised(demo: DemoReport, table: str) -> None:
    low, high = SIZES[table]
    assert low <= sum(file.rows for file in demo.files if file.table == table) <= high


def test_each_fault_stands_on_its_line(demo: DemoReport) -> None:
    files: dict[str, DemoFile] = {file.path: file for file in demo.files}
    rows = {path: dict(records(demo.folder, file)) for path, file in files.items()}
    for fault in demo.faults:
        record = rows[fault.path][fault.line]
        assert fault.key in record.values(), fault
        assert fault.column in record, fault
        if fault.fate == UNKNOWN:
            assert record[fault.column] == "N/A"


def test_a_handful_of_rows_must_be_refused(demo: DemoReport) -> None:
    refused = demo.quarantined()
    assert {fault.fate for fault in refused} == {QUARANTINED}
    assert 6 <= len(refused) <= 12
    assert len({(fault.path, fault.line) for fault in refused}) == len(refused)


@pytest.mark.parametrize("table", IDS)
def test_ids_are_unique_in_what_is_kept(demo: DemoReport, table: str) -> None:
    found = ids(demo, table, IDS[table])
    assert len(found) == len(set(found))


@pytest.mark.parametrize(("table", "headers", "to"), LINKS)
def test_every_link_leads_somewhere(
    demo: DemoReport, table: str, headers: tuple[str, ...], to: str
) -> None:
    found = set(ids(demo, table, headers))
    assert found
    assert not found - set(ids(demo, to, IDS[to]))


def test_merged_accounts_bought_something_before(demo: DemoReport) -> None:
    merged = {fault.key for fault in demo.faults if fault.fate == MERGED}
    assert merged <= set(ids(demo, "orders", ("Account ID", "客户名称_唯一性ID")))


def test_chinese_order_ids_are_wider_than_a_signed_64_bit_number(demo: DemoReport) -> None:
    chinese = [i for i in ids(demo, "orders", ("销售订单编号（必填）",)) if i.isdigit()]
    assert len(chinese) > 4000
    assert all(int(i) > 2**63 for i in chinese)


def test_files_are_encoded_as_their_vendors_do(demo: DemoReport) -> None:
    read = {file.path: (demo.folder / file.path).read_bytes() for file in demo.files}
    assert read["exports/hubspot-crm-exports-all-deals.csv"].startswith(b"\xef\xbb\xbfRecord ID,")
    assert "赢单".encode("gb18030") in read["exports/业务机会报表.csv"]
    assert "–".encode("cp1252") in read["exports/report1782864120331.csv"]
    assert b"Copyright" in read["exports/report1782864120331.csv"][-400:]
    assert read["exports/tiket_sokongan.csv"].startswith(b"No. Tiket;ID Pelanggan;")


def test_the_workbooks_open_in_calamine_with_moments_as_moments(demo: DemoReport) -> None:
    from datetime import datetime

    from python_calamine import CalamineWorkbook

    sheet = CalamineWorkbook.from_path(demo.folder / "exports/销售订单.xlsx").get_sheet_by_index(0)
    header, first, *_ = sheet.to_python()
    row = dict(zip(header, first, strict=True))
    assert isinstance(row["下单日期（必填）"], datetime)
    assert isinstance(row["销售订单金额(元)"], float)
    assert isinstance(row["销售订单编号（必填）"], str)


def test_later_export_differs_only_where_the_report_says(demo: DemoReport) -> None:
    first = next(f for f in demo.files if f.path.endswith("all-deals.csv"))
    refused = {fault.line for fault in demo.faults if fault.path == first.path}
    before = {
        str(r["Record ID"]): r for line, r in records(demo.folder, first) if line not in refused
    }
    after = {str(r["Record ID"]): r for _, r in records(demo.folder, demo.later[0])}
    assert sorted(before.keys() - after.keys()) == demo.removed
    assert sorted(i for i in after if after[i] != before[i]) == demo.edited
    assert len(demo.edited) >= 10


def test_settings_are_a_valid_project_without_sources(demo: DemoReport) -> None:
    opened = project.load(demo.folder)
    assert opened.sources == []
    assert opened.company.currency == "MYR"
    assert opened.company.time_zone == "Asia/Kuala_Lumpur"
    assert not opened.company.contract


def test_another_process_writes_the_same_bytes(demo: DemoReport, tmp_path: Path) -> None:
    subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from pathlib import Path; from kadar.demo import write; "
            "write(Path(sys.argv[1]))",
            str(tmp_path),
        ],
        check=True,
        env=os.environ | {"PYTHONHASHSEED": "7", "TZ": "America/New_York", "LC_ALL": "C"},
    )
    for file in [*demo.files, *demo.later]:
        here = sha256((demo.folder / file.path).read_bytes()).hexdigest()
        there = sha256((tmp_path / file.path).read_bytes()).hexdigest()
        assert here == there, file.path
