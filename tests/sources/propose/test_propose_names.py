"""Headers compared as people mean them."""

import pytest

from kadar.model import TABLES
from kadar.sources.propose.names import currency_of, is_identifier, key, keys, of_a_loader, unit_of
from kadar.sources.propose.synonyms import sheets


@pytest.mark.parametrize(
    "written",
    ["Close Date", "close_date", "CLOSEDATE", "CloseDate", "\ufeffClose  date *", "Ｃlose-Date"],
)
def test_case_blanks_punctuation_and_width_do_not_count(written: str) -> None:
    assert key(written) == "closedate"


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("客戶名稱", "客户名称"),
        ("預計成交日期", "预计成交日期"),
        ("負責人（必填）", "负责人"),
        ("訂單編號", "订单编号"),
        ("滿意度", "满意度"),
        ("首次回覆時間", "首次回复时间"),
    ],
)
def test_traditional_characters_are_read_as_simplified(traditional: str, simplified: str) -> None:
    assert key(traditional) == key(simplified)


def test_brackets_and_prefixes_are_read_without_too() -> None:
    assert "amount" in keys("Amount (MYR)")
    assert "销售订单金额" in keys("销售订单金额（元）")
    assert "dealname" in keys("property_dealname")
    assert {"hstimestamp", "timestamp"} <= set(keys("property_hs_timestamp"))
    assert keys("(Do Not Modify) Lead") == ("donotmodifylead",)


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("First response time (min)", "minute"),
        ("first_response_time_minutes", "minute"),
        ("Resolution time (hours)", "hour"),
        ("首次响应时长（分钟）", "minute"),
        ("Masa Respons Pertama (jam)", "hour"),
        ("time_to_close_ms", "millisecond"),
        ("Duration (Days)", "day"),
        ("First response time", None),
        ("Chargeback", None),
    ],
)
def test_the_unit_of_a_duration(header: str, unit: str | None) -> None:
    assert unit_of(header) == unit


@pytest.mark.parametrize(
    ("header", "currency"),
    [
        ("Amount spent (MYR)", "MYR"),
        ("Jumlah (RM)", "MYR"),
        ("销售订单金额(元)", "CNY"),
        ("Amount ($)", None),  # dollars of many countries
        ("Amount (net)", None),
    ],
)
def test_the_currency_in_brackets(header: str, currency: str | None) -> None:
    assert currency_of(header) == currency


def test_ids_names_and_loaders_columns() -> None:
    assert is_identifier("Account ID")
    assert is_identifier("客户名称_唯一性ID")
    assert is_identifier("No. Kes")
    assert not is_identifier("Account Name")
    assert of_a_loader("_fivetran_synced")
    assert not of_a_loader("_fivetran_id")
    assert not of_a_loader("synced_at")


@pytest.mark.parametrize("table", sorted(TABLES))
def test_every_table_has_synonyms_in_three_languages(table: str) -> None:
    sheet = sheets()[table]
    known = " ".join(sheet.knows() | sheet.words)
    assert any("\u4e00" <= character <= "\u9fff" for character in known)
    assert len(sheet.words) > 2
    unreachable = [
        column.name
        for column in TABLES[table].columns
        if not sheet.columns[column.name] and column.name not in sheet.values
    ]
    assert unreachable == []
    for group in sheet.needs:
        for name in group:
            assert name in sheet.columns or name in sheet.hints
    for column, values in sheet.values.items():
        assert set(values.values()) <= set(TABLES[table][column].choices)
