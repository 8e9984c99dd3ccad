"""The catalogues: complete, in their language, true to the glossary, read without Babel's help."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from kadar.catalogue import catalogue as kpis
from kadar.cli import main
from kadar.language import catalogue, translate
from kadar.locales import extract
from tests.companies import at, company

LANGUAGES = ("ms", "zh_CN")
GLOSSARY = Path(__file__).parent.parent / "docs" / "glossary.md"
HAN = re.compile(r"[\u4e00-\u9fff]")
CODE = re.compile(r"`[^`]*`|\{\w+\}|\w+!?=\S+|[\w.]+ =|\w+[_.]\w+|\S+/\S+")
# Names and codes are the same in every language; so are a few Malay words and a list of formats.
NAMES = {
    "ChartMogul",
    "ChartMogul, B2C",
    "Frappe, Chatwoot",
    "HubSpot, Salesforce",
    "Frappe CRM",
    "KPI",
    "Microsoft Dynamics",
    "Stripe",
    "Zendesk",
    "Zoho Motivator",
}
FORMATS = {"table, csv, json or parquet."} | {
    f"{formats}." for formats in ("table, csv or json", "table or json", "parquet or csv")
}
SAME_IN_MALAY = NAMES | {"Data", "Formula", "median", "neutral", "vendor", "{unit}; {better}."}
# The names of the KPIs as the design has them.
NAMED = {
    "retention_rate": ("kadar pengekalan pelanggan", "客户留存率"),
    "churn_rate": ("kadar kehilangan pelanggan (churn)", "客户流失率"),
    "clv": ("nilai seumur hidup pelanggan", "客户生命周期价值"),
    "lead_conversion_rate": ("kadar penukaran prospek", "线索转化率"),
    "sales_conversion_rate": ("kadar penukaran jualan", "销售转化率"),
    "win_rate": ("kadar kemenangan urus niaga", "赢单率"),
    "sales_cycle_length": ("tempoh kitaran jualan", "销售周期"),
    "nps": ("skor penyokong bersih (NPS)", "客户净推荐值"),
    "csat": ("kepuasan pelanggan (CSAT)", "客户满意度"),
    "cac": ("kos pemerolehan pelanggan", "客户获取成本"),
    "margin_per_customer": ("purata margin keuntungan setiap pelanggan", "客均利润"),
    "interactions_per_customer": ("interaksi setiap pelanggan", "客户互动次数"),
    "first_response_time": ("masa respons pertama", "首次回应时间"),
    "resolution_time": ("masa penyelesaian isu", "问题解决时间"),
}
# Words that say the same thing wherever they stand.
TERMS = {
    r"leads?": ("prospek", "线索"),
    r"customers?": ("pelanggan", "客户|客均"),
    r"deals?|opportunit(y|ies)": ("urus niaga|peluang", "商机|赢单|丢单|单"),
    r"tickets?": ("tiket", "工单"),
    r"sources?": ("sumber", "来源"),
    r"variants?": ("varian", "变体"),
    r"campaigns?": ("kempen", "活动"),
    r"channels?": ("saluran", "渠道"),
    r"orders": ("pesanan", "订单"),
    r"headers?": ("pengepala", "标题|表头"),
    r"median": ("median", "中位数"),
    r"margin": ("margin", "毛利|利润"),
    r"revenue": ("hasil", "收入|毛利率"),
    r"refused": ("tolak|nolak", "拒收|拒绝"),
    r"projects?": ("projek", "项目"),
}


@pytest.fixture(params=LANGUAGES, scope="module")
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@cache
def read(language: str) -> Catalog:
    with extract.file_of(language).open("rb") as file:
        return read_po(file, locale=language)


def pairs(language: str) -> dict[str, str]:
    return {str(m.id): str(m.string) for m in read(language) if m.id}


def test_every_message_is_translated_and_no_other_is_there(language: str) -> None:
    said = {message for message, string in pairs(language).items() if string}
    now = set(extract.messages())
    assert now - said == set(), "run python kadar/locales/extract.py and translate these"
    assert said - now == set(), "run python kadar/locales/extract.py: these are gone"


def test_nothing_is_fuzzy_or_obsolete(language: str) -> None:
    assert not [m.id for m in read(language) if m.id and m.fuzzy]
    assert not read(language).obsolete


def test_placeholders_are_the_same(language: str) -> None:
    def names(text: str) -> Counter[str | None]:
        return Counter(name for _, name, *_ in Formatter().parse(text) if name is not None)

    different = {m: s for m, s in pairs(language).items() if names(m) != names(s)}
    assert different == {}


def test_nothing_is_left_in_english(language: str) -> None:
    same = {m for m, s in pairs(language).items() if m == s}
    assert same <= (SAME_IN_MALAY if language == "ms" else NAMES)
    if language == "zh_CN":
        bare = {m for m, s in pairs(language).items() if not HAN.search(s)}
        assert bare <= NAMES | FORMATS | {"{unit}; {better}."}


def test_chinese_is_written_with_chinese_marks() -> None:
    odd = re.compile(r"[\u4e00-\u9fff](?:[,;:?!.](?!\w)| [\u4e00-\u9fff])")
    allowed = {"Write it as dimension=value, dimension!=value or dimension=value,value."}
    assert {m for m, s in pairs("zh_CN").items() if odd.search(s)} <= allowed


def test_sentences_end_as_in_english(language: str) -> None:
    ends = {".": ".。", ":": ":：", "?": "?？", "…": "…"}
    for message, said in pairs(language).items():
        wanted = ends.get(message[-1])
        assert (said[-1] in wanted) if wanted else said[-1] not in ".。:：?？", message


@pytest.mark.parametrize("name", NAMED)
def test_kpis_are_named_as_the_design_names_them(name: str) -> None:
    title = kpis()[name].title
    ms, zh = translate(title, "ms"), translate(title, "zh_CN")
    assert (ms[:1].lower() + ms[1:], zh) == NAMED[name]


@pytest.mark.parametrize("term", TERMS)
def test_terms_are_used_throughout(term: str) -> None:
    word = re.compile(rf"\b({term})\b", re.IGNORECASE)
    for language, wanted in zip(LANGUAGES, TERMS[term], strict=True):
        for message, said in pairs(language).items():
            plain = CODE.sub("", message)
            if word.search(plain):
                assert re.search(wanted, said, re.IGNORECASE), (message, said)


def test_a_lead_is_no_metal() -> None:
    for language in LANGUAGES:
        assert not re.search(r"plumbum|铅|領先|领先", "".join(pairs(language).values()), re.I)


def test_the_glossary_names_the_kpis_as_the_catalogues_do() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| (.+?) \| (.+?) \| (.+?) \|$", GLOSSARY.read_text("utf-8"), re.M
    )
    shown = {name: tuple(titles) for name, *titles in rows}
    assert shown == {
        made.name: (made.title, translate(made.title, "ms"), translate(made.title, "zh_CN"))
        for made in kpis()
    }


def test_the_catalogue_is_read_as_babel_reads_it(language: str) -> None:
    assert catalogue(language) == pairs(language)


def test_a_message_without_translation_stays_english(language: str) -> None:
    assert translate("Deals by moonlight", language) == "Deals by moonlight"
    assert translate("Win rate", "en") == "Win rate"


def test_extraction_changes_nothing_that_is_up_to_date(language: str) -> None:
    text = extract.written(extract.updated(language))
    again = read_po(text.encode("utf-8").splitlines(keepends=True), locale=language)
    assert {str(m.id): str(m.string) for m in again if m.id} == pairs(language)
    assert "POT-Creation-Date" not in text
    assert not re.search(r"^#: .*:\d", text, re.M)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, language: str) -> Path:
    """A small company that speaks a language."""
    folder = tmp_path_factory.mktemp(language)
    deals = [
        {
            "created_at": at(f"2026-0{1 + i % 6}-02"),
            "closed_at": at(f"2026-0{1 + i % 6}-20") if i % 4 else None,
            "outcome": ("won" if i % 3 else "lost") if i % 4 else "open",
            "channel": "web" if i % 2 else None,
        }
        for i in range(40)
    ]
    toml = f'language = "{language}"\ncurrency = "MYR"'
    company(folder, toml=toml, kpi="[kpi.win_rate]\ntarget = 0.4", deals=deals)
    return folder


SHOWN = [
    "ask",
    "ask win_rate --by channel",
    "ask win_rate --since 2030-01-01",
    "explain",
    "explain win_rate",
    "explain win_rate --variant with_overdue",
    "tables",
    "tables deals",
    "check",
    "ask nothing",
    "ask win_rate --grain fortnight",
    "ask win_rate --by nothing",
    "ask win_rate --where nothing",
    "ask cac",
    "explain win_rate --variant nothing",
    "sync nothing",
    "import nothing.csv",
]


@pytest.mark.parametrize("command", SHOWN)
def test_nothing_shown_is_english(
    command: str,
    project: Path,
    language: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "400")  # nothing is cut in two
    main([*command.split(), "--project", str(project), "--language", language])
    out, err = capsys.readouterr()
    said = (out + err).partition("SQL")[0]
    assert said
    english = [
        message
        for message, translated in pairs(language).items()
        if message != translated and len(message.split()) > 1 and "{" not in message
    ]
    assert [m for m in english if re.search(rf"(?<!\w){re.escape(m)}(?!\w)", said)] == []
    if language == "zh_CN":
        for line in said.splitlines():
            if not line.startswith("  "):  # the formula is code
                assert not re.search(r"[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}", line), line


def test_wide_characters_align(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from rich.cells import cell_len

    main(["explain", "--project", str(project), "--language", "zh_CN"])
    lines = capsys.readouterr().out.splitlines()
    widths = {cell_len(line) for line in lines if line.strip()}
    assert len(widths) == 1
