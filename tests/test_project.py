"""kadar.toml: what is read, and what an error says when it cannot be."""

from pathlib import Path

import pytest

from kadar.errors import KadarError
from kadar.project import (
    Company,
    Project,
    discover,
    initial_toml,
    load,
)
from kadar.toml_lines import line_of, lines


def write(folder: Path, text: str) -> Path:
    (folder / "kadar.toml").write_text(text, "utf-8")
    return folder


def refusal(folder: Path, text: str) -> KadarError:
    with pytest.raises(KadarError) as caught:
        load(write(folder, text))
    return caught.value


WHOLE = """\
# our company
[company]
name = "Kedai Kopi"
currency = "MYR"
time_zone = "Asia/Kuala_Lumpur"
holidays = "MY-10"
contract = true
observed_until = 2026-09-30

[company.working_hours]
mon = ["09:00-12:30", "13:30-24:00"]

[kpi.lead_conversion_rate]
window_days = 30
target = 0.2

[[sources]]
name = "deals"
table = "deals"
path = ["a.csv", "b*.csv"]
columns = { deal_id = "Record ID", kind = "= 'new'" }
values.outcome = { Won = "won", "*" = "open" }
date_format = { created_at = "%d/%m/%Y" }

[[sources]]
name = "answers"
table = "surveys"
query = "select * from 'a.csv'"
mode = "append"
"""


def test_a_whole_project_is_read(tmp_path: Path) -> None:
    project = load(write(tmp_path, WHOLE))
    assert isinstance(project, Project)
    assert project.folder == tmp_path
    assert project.company.name == "Kedai Kopi"
    assert project.company.observed_until == "2026-09-30"
    assert project.company.working_hours == {"mon": ["09:00-12:30", "13:30-24:00"]}
    assert project.kpi == {"lead_conversion_rate": {"window_days": 30, "target": 0.2}}
    deals, answers = project.sources
    assert deals.columns["kind"] == "= 'new'"
    assert deals.values == {"outcome": {"Won": "won", "*": "open"}}
    assert answers.mode == "append"
    assert deals.kind == answers.kind == "files"


def test_an_empty_file_is_a_project_of_defaults(tmp_path: Path) -> None:
    project = load(write(tmp_path, ""))
    assert project.company == Company()
    assert project.sources == []
    assert project.kpi == {}


def test_windows_line_ends_and_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "kadar.toml").write_bytes(
        b'\xef\xbb\xbf[company]\r\nname = "A"\r\ncurrency = 1\r\n'
    )
    with pytest.raises(KadarError) as caught:
        load(tmp_path)
    assert caught.value.details["line"] == 3


COMPANY = [
    # setting, code, what the message must name
    ("nmae = 'A'", "KDR-PRJ-004", ["company.nmae", "name"]),
    ("name = 3", "KDR-PRJ-007", ["company.name", "text", "whole number"]),
    ("language = 'de'", "KDR-PRJ-006", ["company.language", "zh_CN"]),
    ("week_starts = 'Monday'", "KDR-PRJ-006", ["monday"]),
    ("time_zone = 'Kuala Lumpur'", "KDR-PRJ-010", ["Asia/Kuala_Lumpur"]),
    ("time_zone = 'Asia/Kuala_Lumper'", "KDR-PRJ-010", ["Asia/Kuala_Lumpur"]),
    ("time_zone = ''", "KDR-PRJ-010", []),
    ("time_zone = '../etc/passwd'", "KDR-PRJ-010", []),
    ("currency = 'RM'", "KDR-PRJ-011", ["MYR"]),
    ("currency = 'myr'", "KDR-PRJ-011", ["MYR"]),
    ("currency = ''", "KDR-PRJ-011", []),
    ("currency = 'ARS AUD'", "KDR-PRJ-011", []),
    ("fiscal_year_starts = '02-29'", "KDR-PRJ-012", ["02-29"]),
    ("fiscal_year_starts = '7-1'", "KDR-PRJ-012", ["07-01"]),
    ("holidays = 'MY-99'", "KDR-PRJ-013", ["MY-99", "MY-10"]),
    ("holidays = 'Malaysia'", "KDR-PRJ-013", ["ISO 3166"]),
    ("working_hours = { monday = [] }", "KDR-PRJ-014", ["monday"]),
    ("working_hours = { mon = ['9-5'] }", "KDR-PRJ-015", ["9-5"]),
    ("working_hours = { mon = ['18:00-09:00'] }", "KDR-PRJ-015", ["18:00-09:00"]),
    ("working_hours = { mon = ['09:00-13:00', '12:00-14:00'] }", "KDR-PRJ-015", ["12:00"]),
    ("working_hours = { mon = ['09:00-25:00'] }", "KDR-PRJ-015", ["25:00"]),
    ("working_hours = { mon = ['09:00-18:00'], tue = [3] }", "KDR-PRJ-007", ["tue[1]"]),
    ("contract = 'yes'", "KDR-PRJ-007", ["true or false"]),
    ("grace_days = 1.5", "KDR-PRJ-007", ["whole number"]),
    ("grace_days = -1", "KDR-PRJ-016", ["0"]),
    ("inactive_after_days = 0", "KDR-PRJ-016", ["1"]),
    ("observed_until = 'soon'", "KDR-PRJ-017", ["soon"]),
]


@pytest.mark.parametrize(("setting", "code", "words"), COMPANY, ids=[c[0] for c in COMPANY])
def test_a_wrong_setting_is_named_with_its_line(
    tmp_path: Path, setting: str, code: str, words: list[str]
) -> None:
    error = refusal(tmp_path, f"# a comment\n\n[company]\n\n{setting}\n")
    said = str(error)
    assert error.code == code
    assert f"{tmp_path / 'kadar.toml'}, line 5:" in said
    assert error.exit_code == 2
    for word in words:
        assert word in said


SOURCES = [
    # text below [[sources]] (which is line 1), line, code, what the message must name
    ("name = 'a'", 1, "KDR-PRJ-005", ["sources[1]", "table"]),
    ("table = 'deals'", 1, "KDR-PRJ-005", ["name"]),
    ("name = ''\ntable = 'deals'\npath = 'x'", 2, "KDR-PRJ-021", []),
    ("name = 'a'\ntable = 'deal'\npath = 'x'", 3, "KDR-PRJ-022", ["deals"]),
    ("name = 'a'\ntable = 'deals'\nkind = 'salesfarce'", 4, "KDR-PRJ-023", ["salesforce"]),
    ("name = 'a'\nkind = 'zoho'\n[sources.custom.deal]\nx = 'y'", 4, "KDR-PRJ-022", ["deals"]),
    (
        "name = 'a'\nkind = 'zoho'\n[sources.custom.deals]\nnamme = 'y'",
        5,
        "KDR-PRJ-026",
        ["name"],
    ),
    ("name = 'a'\ntable = 'deals'", 1, "KDR-PRJ-024", ["path", "query"]),
    ("name = 'a'\ntable = 'deals'\npath = 'x'\nquery = 'y'", 5, "KDR-PRJ-024", ["query"]),
    ("name = 'a'\ntable = 'deals'\npath = []", 4, "KDR-PRJ-025", []),
    ("name = 'a'\ntable = 'deals'\npath = 3", 4, "KDR-PRJ-007", ["a list"]),
    ("name = 'a'\ntable = 'deals'\npath = 'x'\nmode = 'all'", 5, "KDR-PRJ-006", ["append"]),
    ("name = 'a'\ntable = 'deals'\npath = 'x'\npaths = 'x'", 5, "KDR-PRJ-004", ["path"]),
    (
        "name = 'a'\ntable = 'deals'\npath = 'x'\n[sources.columns]\ndeal_id = 'A'\nnamme = 'B'",
        7,
        "KDR-PRJ-026",
        ["namme", "name"],
    ),
    (
        "name = 'a'\ntable = 'deals'\npath = 'x'\ncolumns.name = '= '",
        5,
        "KDR-PRJ-027",
        ["name"],
    ),
    (
        "name = 'a'\ntable = 'deals'\npath = 'x'\n[sources.values.outcome]\nW = 'won'\nL = 'Lost'",
        7,
        "KDR-PRJ-028",
        ["Lost", "lost"],
    ),
    (
        "name = 'a'\ntable = 'deals'\npath = 'x'\n[sources.values.outcome]\nW = 'won'\nL = 3",
        7,
        "KDR-PRJ-007",
        ["sources[1].values.outcome.L"],
    ),
    (
        "name = 'a'\ntable = 'spend'\npath = 'x'\ncolumns = { spent_at = 'Day' }",
        5,
        "KDR-PRJ-029",
        ["amount", "spend"],
    ),
    (
        "name = 'a'\ntable = 'surveys'\npath = 'x'",
        1,
        "KDR-PRJ-029",
        ["kind"],
    ),
    (
        "name = 'a'\ntable = 'deals'\npath = 'x'\n[[sources]]\ntable = 'spend'\nname = 'a'",
        7,
        "KDR-PRJ-020",
        ['"a"'],
    ),
    ("name = 'a'\ntable = 'deals'\npath = 'x'\n[kpi.nps]\ntarget = true", 6, "KDR-PRJ-030", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "code", "words"), SOURCES)
def test_a_wrong_source_is_named_with_its_line(
    tmp_path: Path, text: str, line: int, code: str, words: list[str]
) -> None:
    error = refusal(tmp_path, f"[[sources]]\n{text}\n")
    said = str(error)
    assert (error.code, error.details["line"]) == (code, line)
    for word in words:
        assert word in said


def test_a_query_or_an_unmapped_key_needs_no_column_map(tmp_path: Path) -> None:
    text = """
[[sources]]
name = "a"
table = "spend"
query = "select * from 'a.csv'"
[[sources]]
name = "b"
table = "order_lines"
path = "b.csv"
columns = { order_id = "Order" }
"""
    assert [source.name for source in load(write(tmp_path, text)).sources] == ["a", "b"]


def test_text_that_is_not_toml(tmp_path: Path) -> None:
    error = refusal(tmp_path, '[company]\nname = "A"\ncurrency == "MYR"\n')
    assert (error.code, error.details["line"]) == ("KDR-PRJ-003", 3)


def test_text_that_is_not_utf8(tmp_path: Path) -> None:
    (tmp_path / "kadar.toml").write_bytes("[company]\nname = '北京'\n".encode("gb18030"))
    with pytest.raises(KadarError) as caught:
        load(tmp_path)
    assert (caught.value.code, caught.value.details["line"]) == ("KDR-PRJ-002", 2)


def test_the_folder_is_the_named_one_else_the_variable_else_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, variable, named = (tmp_path / name for name in ("here", "variable", "named"))
    for folder in (here, variable, named):
        folder.mkdir()
        write(folder, "")
    monkeypatch.chdir(here)
    monkeypatch.setenv("KADAR_PROJECT", str(variable))
    assert discover(named) == named
    assert discover(named / "kadar.toml") == named
    assert discover() == variable
    monkeypatch.setenv("KADAR_PROJECT", "")
    assert discover() == here
    with pytest.raises(KadarError, match="KDR-PRJ-001"):
        discover(tmp_path)


def test_the_first_text_reads_back_as_the_company_it_was_made_of(tmp_path: Path) -> None:
    company = Company(
        name='The "Best" \\ 北京\n',
        currency="MYR",
        time_zone="Asia/Kuala_Lumpur",
        holidays="MY-10",
        working_hours={"sat": ["10:00-14:00"]},
        contract=True,
        observed_until="2026-09-30",
    )
    assert load(write(tmp_path, initial_toml(company))).company == company
    assert load(write(tmp_path, initial_toml(Company()))).company == Company()


def test_a_token_may_be_required_of_everybody(tmp_path: Path) -> None:
    assert not load(write(tmp_path, "")).web.require_token
    assert load(write(tmp_path, "[web]\nrequire_token = true\n")).web.require_token
    with pytest.raises(KadarError) as refused:
        load(write(tmp_path, "[web]\nrequire_tokens = true\n"))
    assert refused.value.code == "KDR-PRJ-004"
    assert "require_token" in refused.value.next_step("en")


def test_lines_of_every_way_to_write_a_key() -> None:
    text = '''\
# [not.a.table]
title = "x" # [a]
[company]
name = """a
b = 3 \\""" still"""
list = [
  1, # ]
  "]", {x = 1,
  y = 2},
]
"quo.ted" = 3
a.b = 4
[[sources]]
columns = {deal_id = "Record ID", "x y" = {z = 1}}
[[sources]]
[sources.values]
outcome."*" = "open"
[kpi.win_rate]
'''
    assert lines(text) == {
        ("title",): 2,
        ("company",): 3,
        ("company", "name"): 4,
        ("company", "list"): 6,
        ("company", "quo.ted"): 11,
        ("company", "a", "b"): 12,
        ("sources",): 13,
        ("sources", 0): 13,
        ("sources", 0, "columns"): 14,
        ("sources", 0, "columns", "deal_id"): 14,
        ("sources", 0, "columns", "x y"): 14,
        ("sources", 0, "columns", "x y", "z"): 14,
        ("sources", 1): 15,
        ("sources", 1, "values"): 16,
        ("sources", 1, "values", "outcome", "*"): 17,
        ("kpi", "win_rate"): 18,
    }
    assert line_of(text, ("kpi",)) == 18
    assert line_of(text, ("sources", 0, "columns", "absent")) == 14
    assert line_of(text, ("nowhere",)) == 1
