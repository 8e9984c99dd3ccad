"""Headers compared as people mean them: case, blanks, punctuation and marks do not count."""

from __future__ import annotations

import re
from functools import cache

from kadar.sources.files.header import bare

# Traditional characters that headers use, and the simplified ones they are compared as.
_TRADITIONAL = str.maketrans(
    "產業務機會編號記錄銷員階段狀態創間時預計際結關閉實訂單優級別聯繫絡戶稱類進獲來渠線電話郵箱處"
    "複問題題滿評價備註調查傳屬區國貨幣匯數鏈賬總應收發貸費額潤連續約費訪總體顧團隊組織經營轉換丟輸贏"
    "開啟門職點擊現場廣動項層圍試驗對願響適負責薦覆擁歸碼網決敗簽無議稅據導",
    "产业务机会编号记录销员阶段状态创间时预计际结关闭实订单优级别联系络户称类进获来渠线电话邮箱处"
    "复问题题满评价备注调查传属区国货币汇数链账总应收发贷费额润连续约费访总体顾团队组织经营转换丢输赢"
    "开启门职点击现场广动项层围试验对愿响适负责荐复拥归码网决败签无议税据导",
)
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_PREFIXES = ("propertyhs", "property", "hs")  # HubSpot's own names, as loaders write them
_LOADERS_OWN = re.compile(r"^_(fivetran|airbyte|dlt|sdc|_company)(?!_id$)", re.IGNORECASE)


@cache
def key(header: str) -> str:
    """Return the letters and digits of a header, casefolded, in narrow and simplified form."""
    text = bare(header).translate(_TRADITIONAL)
    return "".join(character for character in text if character.isalnum())


@cache
def keys(header: str) -> tuple[str, ...]:
    """Return the ways to read a header, the fullest first: without its brackets, its prefix."""
    whole = key(header)
    found = [whole]
    if "donotmodify" not in whole:
        found.append(key(_BRACKETS.sub(" ", bare(header))))
    found += [
        whole.removeprefix(prefix)
        for prefix in _PREFIXES
        if whole.startswith(prefix) and len(whole) > len(prefix) + 1
    ]
    return tuple(dict.fromkeys(k for k in found if k))


def of_a_loader(header: str) -> bool:
    """Tell whether a column is a loading tool's own: when it synchronised, not the record's."""
    return bool(_LOADERS_OWN.match(header))


_UNITS = (
    ("millisecond", r"milliseconds?|ms|毫秒"),
    ("second", r"seconds?|secs?|秒|saat|detik"),
    ("minute", r"minutes?|mins?|分钟|minit|menit"),
    ("hour", r"hours?|hrs?|h|小时|jam"),
    ("day", r"days?|天|hari"),
)


def unit_of(header: str) -> str | None:
    """Return the unit of time a header names ("Resolution time (hours)"), or None."""
    text = bare(header).translate(_TRADITIONAL).replace("_", " ")
    for unit, pattern in _UNITS:
        if re.search(rf"(?<![a-z])(?:{pattern})(?![a-z])", text):
            return unit
    return None


def currency_of(header: str) -> str | None:
    """Return the currency in a header's brackets: "Amount spent (MYR)", "金额（元）"."""
    from kadar.project_checks import COMMON, SIGNS

    for inside in re.findall(r"\(([^()]*)\)", bare(header)):
        code = inside.strip().upper()
        if code in COMMON.split():
            return str(code)
        if code in {"元", "人民币"}:
            return "CNY"
        if code in SIGNS and code not in {"$", "KR", "RS"}:  # those stand for several currencies
            return SIGNS[code]
    return None


def is_identifier(header: str) -> bool:
    """Tell whether a header names an id or a number of a record, rather than a name."""
    ends = ("id", "ids", "number", "no", "code", "编号", "编码", "代码", "号", "idvalue")
    starts = ("no", "id", "kod", "nombor", "nomor", "donotmodify")
    found = key(header)
    return found.endswith(ends) or found.startswith(starts)
