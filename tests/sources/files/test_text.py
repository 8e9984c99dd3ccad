"""Text files: every encoding, line end and delimiter gives the same records and lines."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kadar.errors import KadarError
from kadar.sources.files.landing import raw_table
from kadar.sources.files.scan import scan
from kadar.sources.files.shape import shape

ENCODINGS = {
    "utf-8": "Müller 李四 café",
    "utf-8-sig": "Müller 李四 café",
    "utf-16": "Müller 李四 café",
    "utf-16-le": "Mueller 李四 cafe",
    "gb18030": "李四有限公司，北京",
    "cp1252": "Müller “café” €",
    "cp950": "臺灣積體電路股份有限公司，台北市信義區",
    "big5hkscs": "香港電訊有限公司，我哋嘅客戶喺中環",
    "cp932": "株式会社サンプル商事、東京都港区の取引先",
    "cp949": "삼성전자 주식회사 서울특별시 강남구 고객 관리 담당자 홍길동 영업 지원 부서 연락처",
    "latin-1": "M\u00fcller caf\u00e9",
}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_encodings_and_line_ends(desk: Any, encoding: str, end: str) -> None:
    name = ENCODINGS[encoding]
    lines = ["Order ID,Name,Note", f"1,{name},x", f'2,"{name}","two{end}lines"', "3,plain,"]
    desk.write("a.csv", end.join(lines) + end, encoding)
    source = desk.source()
    report = desk.land(source)
    assert report.landed == 3
    assert desk.raw(source, '"Order ID", "Name", "Note", _line') == [
        ("1", name, "x", 2),
        ("2", name, f"two{end}lines", 3),
        ("3", "plain", None, 5),
    ]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "Bob’s and Anna’s café, Königstraße — “à côté”"),
        ("cp1252", "it’s"),
        ("gb18030", "客户,名称,李四,北京市朝阳区"),
        ("gb18030", "男"),
    ],
)
def test_what_other_encodings_would_take_too(desk: Any, encoding: str, text: str) -> None:
    desk.write("a.csv", f'id,name\n1,x\n2,"{text}"\n', encoding)
    desk.land(source := desk.source())
    assert desk.raw(source, "name") == [("x",), (text,)]


def test_a_script_that_cannot_be_told_is_refused_until_the_encoding_is_named(desk: Any) -> None:
    text = "Общество с ограниченной ответственностью"
    desk.write("a.csv", f"id,name\n1,{text}\n", "cp1251")
    with pytest.raises(KadarError, match="KDR-FIL-014") as error:
        desk.land(desk.source())
    assert "encoding" in error.value.next_step()
    desk.land(source := desk.source(name="b", encoding="cp1251"))
    assert desk.raw(source, "name") == [(text,)]


def test_encoding_setting_overrides_detection(desk: Any) -> None:
    desk.write("a.csv", "id,name\n1,é\n", "cp1252")
    source = desk.source(encoding="cp1250")
    desk.land(source)
    assert desk.raw(source, "name") == [("é",)]
    wrong = desk.source(name="b", encoding="ascii")
    with pytest.raises(KadarError, match="KDR-FIL-005"):
        desk.land(wrong)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(desk: Any, delimiter: str) -> None:
    rows = [["id", "amount", "note"], ["1", "27245,67", "a;b"], ["2", "5,5", 'say "hi"']]
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    desk.write("a.csv", text.getvalue())
    source = desk.source()
    desk.land(source)
    assert shape(desk.folder / "a.csv").delimiter == delimiter
    assert desk.raw(source, "id, amount, note") == [tuple(row) for row in rows[1:]]


def test_excel_hint_title_lines_and_blanks(desk: Any) -> None:
    desk.write("a.csv", "sep=;\nid;name;city\n1;a;b\n")
    source = desk.source()
    desk.land(source)
    assert desk.raw(source, "id, name, city, _line") == [("1", "a", "b", 3)]
    desk.write("b.csv", "Report of deals\n\nid,name,city\n1,a,b\n")
    titled = desk.source(name="b", path="b.csv")
    desk.land(titled)
    assert desk.raw(titled, "id, name, city, _line") == [("1", "a", "b", 4)]


def test_no_header(desk: Any) -> None:
    desk.write(
        "a.txt", " 00004     1  19970101     2     29.33\n 00004     1  19970118     2 29.73\n"
    )
    source = desk.source(path="a.txt")
    desk.land(source)
    assert desk.raw(source, "column_1, column_3, column_5, _line") == [
        ("00004", "19970101", "29.33", 1),
        ("00004", "19970118", "29.73", 2),
    ]


def test_ragged_records_are_kept_and_refused(desk: Any) -> None:
    desk.write("a.csv", "Order ID,Revenue,Note\n1,5,x\n2,6\n3,7,y,z\n4,8,w\n")
    source = desk.source(columns={"order_id": "Order ID", "revenue": "Revenue"})
    staged = desk.stage(source)
    assert desk.rows(staged, "order_id") == ["1", "4"]
    assert staged.read == 4
    assert [(line, column) for line, column, _ in desk.refused(staged)] == [(3, None), (4, None)]
    assert "2 fields" in desk.refused(staged)[0][2]
    assert desk.raw(source, "_ragged")[2] == ('["3", "7", "y", "z"]',)


def test_an_open_quote_says_how_many_lines_it_took(desk: Any) -> None:
    desk.write("a.csv", 'Order ID,Revenue,Note\n1,5,x\n2,"6,y\n3,7,z\n4,8,w\n')
    source = desk.source(columns={"order_id": "Order ID", "revenue": "Revenue"})
    staged = desk.stage(source)
    assert desk.rows(staged, "order_id") == ["1"]
    ((remedy,),) = desk.connection.execute(f"SELECT remedy FROM {staged.refused}").fetchall()
    assert remedy == "It runs over 3 lines: close the quote that is open in it."


def test_report_footer_is_said_and_counted_apart(desk: Any) -> None:
    footer = (
        '\n"Open Opportunities"\n"Copyright (c) 2000-2026 salesforce.com, inc."\n'
        '"Confidential Information - Do Not Distribute"\n"Generated By: A B 1/2/2026"\n'
    )
    desk.write("a.csv", '"Order ID","Revenue","Stage"\n"1","5","Won"\n' + footer)
    source = desk.source(columns={"order_id": "Order ID"})
    report = desk.land(source)
    assert report.landed == 1
    assert any("4 lines" in note and "Open Opportunities" in note for note in report.notes)
    staged = desk.stage(source)
    assert (staged.read, desk.refused(staged)) == (1, [])


def test_a_short_last_record_is_no_footer(desk: Any) -> None:
    desk.write("a.csv", "id,b,c\n1,2,3\n4\n")
    source = desk.source()
    assert desk.land(source).landed == 2


def test_zero_bytes_are_left_out_of_text_and_refused_elsewhere(desk: Any) -> None:
    rows = "1,a\0b,10.5,2026-01-02\n2,c,1\x000,2026-01-02\n3,d,7,2026-01\0-02\n4\0,e,7,2026-01-02\n"
    desk.write("a.csv", "order_id,channel,revenue,ordered_at\n" + rows)
    source = desk.source()
    desk.land(source)
    staged = desk.stage(source)
    assert desk.rows(staged, "order_id", "channel", "revenue::DOUBLE") == [("1", "ab", 10.5)]
    refused = desk.refused(staged)
    assert [(line, column) for line, column, _ in refused] == [
        (3, "revenue"),
        (4, "ordered_at"),
        (5, "order_id"),
    ]
    assert all("␀" in reason for *_, reason in refused)


def test_headers_are_made_unique(desk: Any) -> None:
    desk.write("a.csv", "Name,name,,_row\n1,2,3,4\n")
    source = desk.source()
    desk.land(source)
    found = desk.raw(source, '"Name", "name (2)", column_3, "_row (2)"')
    assert found == [("1", "2", "3", "4")]


def test_content_is_landed_once(desk: Any) -> None:
    desk.write("a1.csv", "id,x\n1,2\n")
    source = desk.source(path="a*.csv")
    assert desk.land(source).landed == 1
    assert desk.land(source).landed == 0
    desk.write("a2.csv", "id,x\n3,4\n")
    desk.write("a3.csv", "id,x\n1,2\n")
    again = desk.land(source)
    assert again.landed == 1
    assert any("a3.csv" in note for note in again.notes)
    assert desk.raw(source, "_row, id, _file") == [(1, "1", "a1.csv"), (2, "3", "a2.csv")]


def test_landing_goes_on_where_it_stopped(desk: Any) -> None:
    desk.write("a1.csv", "id,x\n1,2\n")
    desk.write("a2.csv", b"id,x\n3,4\n\xff\xfe\x81")
    source = desk.source(path="a*.csv", encoding="utf-8")
    with pytest.raises(KadarError, match="KDR-FIL-005"):
        desk.land(source)
    desk.write("a2.csv", "id,x\n3,4\n")
    assert desk.land(source).landed == 1
    assert [row[0] for row in desk.raw(source, "_row")] == [1, 2]


def test_files_that_are_not_there_or_empty(desk: Any) -> None:
    with pytest.raises(KadarError, match="KDR-FIL-001"):
        desk.land(desk.source(path="no*.csv"))
    desk.write("a.csv", "")
    with pytest.raises(KadarError, match="KDR-FIL-002"):
        desk.land(desk.source())
    desk.write("a.xls", "<html><table></table></html>")
    with pytest.raises(KadarError, match="KDR-FIL-004"):
        desk.land(desk.source(path="a.xls"))


def test_regular_files_go_the_fast_way(desk: Any) -> None:
    path = desk.write("a.csv", 'id,x\n1,"a,b"\n2,"c\nd"\n3,"say ""hi"""')
    found = scan(path, 2, ",", '"', 2)
    assert found is not None
    assert (found.records, found.quoted_newlines) == (3, 1)
    for irregular in ('id,x\n1,5" pipe\n', "id,x\n1\n", "id,x\n1,2\r\n3,4\n", 'id,x\n1,"a"b\n'):
        path = desk.write("b.csv", irregular)
        assert scan(path, 2, ",", '"', 2) is None


CELLS = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=12)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    rows=st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=8),
    delimiter=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
def test_what_was_written_is_landed(  # noqa: PLR0917
    desk: Any,
    rows: list[tuple[str, str, str]],
    delimiter: str,
    end: str,
    encoding: str,
    quoting: Any,
) -> None:
    """Any text in any dialect comes back as it was; an empty text is nothing."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerow(["first", "second", "third"])
    kept = [(f"k{number}", *row[1:]) for number, row in enumerate(rows)]
    writer.writerows(kept)
    if quoting == csv.QUOTE_MINIMAL and end == "\n":
        # The writer leaves a lone return unquoted, which no reader can tell from a line's end.
        kept = [row for row in kept if not any("\r" in cell for cell in row)]
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting)
        writer.writerow(["first", "second", "third"])
        writer.writerows(kept)
    path = desk.folder / "law.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    source = desk.source(name="law", path="law.csv", delimiter=delimiter, encoding=encoding)
    parcel = desk.land(source).parcels[0]
    found = desk.connection.execute(
        f"SELECT first, second, third FROM {raw_table('law')} "
        f"WHERE _row BETWEEN {parcel.first_row} AND {parcel.first_row + parcel.rows - 1} "
        "ORDER BY _row"
    ).fetchall()
    assert [tuple(cell or "" for cell in row) for row in found] == kept
