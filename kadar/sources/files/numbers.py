"""Numbers and money as people write them: `RM 1,234.50`, `$342.09K`, `(123.00)`, `27245,67`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from kadar.store.sql import literal

Mark = Literal[".", ","]

_CODES = (  # ISO 4217
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN "
    "BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL "
    "GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF "
    "KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN "
    "MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD "
    "SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH "
    "UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG RMB CNH"
)
CURRENCY = (
    r"(?:RM|[A-Z]{0,2}\$|[€£¥₫₹฿₱₩₽₦₺₴]|RP\.?|KR\.?|TL|元|圆|円|人民币|"
    + _CODES.replace(" ", "|")
    + ")"
)
WIDE = "０１２３４５６７８９．，－−–（）￥＄％＋\u00a0\u202f\u2009’"
NARROW = "0123456789.,---()¥$%+   '"
SCALES = {
    "K": 10**3, "M": 10**6, "MN": 10**6, "B": 10**9, "BN": 10**9,
    "千": 10**3, "万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8,
    "RIBU": 10**3, "JUTA": 10**6,
}  # fmt: skip
PARTS = ("open", "sign", "before", "inner", "digits", "scale", "after", "tail", "close")
PATTERN = (
    r"^(?P<open>\()?\s*(?P<sign>[-+])?\s*"
    rf"(?P<before>{CURRENCY})?\s*(?P<inner>[-+])?\s*"
    r"(?P<digits>\d[\d.,' ]*|[.,]\d+)"
    r"(?P<scale>MN|BN|K|M|B|千|万|萬|亿|億|RIBU|JUTA)?\s*"
    rf"(?P<after>{CURRENCY}|%)?\s*(?P<tail>-)?\s*(?P<close>\))?$"
)
WRITTEN = re.compile(PATTERN)  # for text in narrow characters and upper case
PLAIN = re.compile(r"^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$")
# Currencies whose own countries write the comma for decimals and the point for thousands, and no
# third decimal: with them "100.000" leaves no doubt.
POINT_GROUPS = re.compile(r"^(?:R\$|RP\.?|₫|IDR|VND|BRL|CLP|COP|PYG|ISK)$")
THREE_DECIMALS = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}


def narrowed(text: str) -> str:
    """Return text in narrow characters and upper case, as `WRITTEN` wants it."""
    return text.translate(str.maketrans(WIDE, NARROW)).strip().upper()


@dataclass(frozen=True)
class NumberShape:
    """Texts of a column that differ in their digits only (written as 9)."""

    shape: str
    example: str
    row: int  # the first such record
    zero_led: bool = False  # "0.125": the mark after a leading zero is a decimal mark


@dataclass(frozen=True)
class Marks:
    """What a column says about its decimal mark: the shapes that show it, and the doubtful."""

    point: NumberShape | None = None  # shows that "." is the decimal mark
    comma: NumberShape | None = None
    open: NumberShape | None = None  # could be read both ways
    open_mark: Mark | None = None  # the only mark in the doubtful shape
    open_other: NumberShape | None = None  # doubtful with the other mark


def marks_of(shapes: Iterable[NumberShape]) -> Marks:
    """Collect what the shapes of a column say about its decimal mark."""
    shows: dict[Mark, NumberShape] = {}
    doubts: dict[Mark, NumberShape] = {}
    for shape in shapes:
        if PLAIN.match(shape.shape) and "." not in shape.shape:
            continue
        mark, sure = _mark(shape)
        if mark is None:
            continue
        (shows if sure else doubts).setdefault(mark, shape)
    first: Mark | None = next(iter(doubts), None)
    other: Mark = "," if first == "." else "."
    return Marks(
        shows.get("."),
        shows.get(","),
        doubts[first] if first else None,
        first,
        doubts.get(other) if first else None,
    )


def _grouped(mark: Mark) -> str:
    """The pattern of digits whose decimal mark is `mark`, in groups of three or, in India, two."""
    group = "[,' ]" if mark == "." else "[.' ]"
    return rf"^(?:\d+|\d{{1,3}}(?:{group}\d{{2,3}})*{group}\d{{3}})?(?:[{mark}]\d*)? *$"


_GROUPED: dict[Mark, re.Pattern[str]] = {
    ".": re.compile(_grouped(".")),
    ",": re.compile(_grouped(",")),
}


def _mark(shape: NumberShape) -> tuple[Mark | None, bool]:  # noqa: PLR0911 (one rule, one line)
    """Return the decimal mark a shape shows (True), or the mark it is in doubt about (False)."""
    if "E" in shape.shape.upper() and PLAIN.match(shape.shape):
        return ".", True
    matched = WRITTEN.match(narrowed(shape.shape))
    if not matched:
        return None, False
    digits = matched["digits"].strip()
    points, commas = digits.count("."), digits.count(",")
    if not points and not commas:
        return None, False
    if points and commas:
        last: Mark = "." if digits.rfind(".") > digits.rfind(",") else ","
        return (last, True) if _GROUPED[last].match(digits) else (None, False)
    mark: Mark = "." if points else ","
    opposite: Mark = "," if points else "."
    if points + commas > 1:
        return (opposite, True) if _GROUPED[opposite].match(digits) else (None, False)
    before, after = digits.split(mark)
    if len(after) != 3 or len(before) > 3 or not before or shape.zero_led:
        return mark, True
    if " " in before or "'" in before:
        return mark, True
    currency = (matched["before"] or "") + (matched["after"] or "")
    if mark == "." and POINT_GROUPS.match(currency):
        return ",", True
    return mark, False


def sql_number(text: str, mark: Mark, target: str) -> str:
    """Return SQL for the number a known text means, as `target`; NULL where it means none.

    `target` is "DECIMAL(18,4)" (rounded to four places), "DOUBLE" or "BIGINT" (whole numbers
    only). A percentage is its hundredth.
    """
    kept = "DECIMAL(28,8)" if target == "BIGINT" else target
    if mark == ".":
        fast = f"TRY_CAST({text} AS {kept})"
    else:
        fast = (
            f"CASE WHEN NOT contains({text}, '.') "
            f"THEN TRY_CAST(replace({text}, ',', '.') AS {kept}) END"
        )
    number = f"coalesce({fast}, {_written(text, mark, kept)})"
    if target == "DOUBLE":
        return f"nullif(CASE WHEN isfinite({number}) THEN {number} END, NULL)"
    if target == "BIGINT":
        return f"CASE WHEN {number} = floor({number}) THEN TRY_CAST({number} AS BIGINT) END"
    return number


def _written(text: str, mark: Mark, kept: str) -> str:
    groups = ", ".join(f"'{part}'" for part in PARTS)
    thousands = "," if mark == "." else "."
    valid = literal(_grouped(mark))
    narrow = f"upper(translate({text}, {literal(WIDE)}, {literal(NARROW)}))"
    found = f"regexp_extract({narrow}, {literal(PATTERN)}, [{groups}])"
    scales = " ".join(f"WHEN '{name}' THEN {factor}" for name, factor in SCALES.items())
    plain = f"replace(regexp_replace(n.digits, '[{thousands}'' ]', '', 'g'), '{mark}', '.')"
    scaled = (
        f"CASE WHEN n.scale = '' AND n.after <> '%' THEN TRY_CAST({plain} AS {kept}) "
        f"ELSE TRY_CAST(TRY_CAST({plain} AS DOUBLE) * CASE n.scale {scales} ELSE 1 END "
        f"/ CASE n.after WHEN '%' THEN 100 ELSE 1 END AS {kept}) END"
    )
    minuses = (
        "(n.open = '(')::INTEGER + (n.sign = '-')::INTEGER "
        "+ (n.inner = '-')::INTEGER + (n.tail = '-')::INTEGER"
    )
    value = (
        f"CASE WHEN n.digits = '' OR (n.open = '(') <> (n.close = ')') OR {minuses} > 1 "
        f"OR NOT regexp_matches(n.digits, {valid}) THEN NULL "
        f"WHEN {minuses} = 1 THEN -({scaled}) ELSE {scaled} END"
    )
    # A list of one lets the parts be named without a subquery.
    return f"list_transform([{found}], lambda n: {value})[1]"
