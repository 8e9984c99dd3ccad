"""Dates and times as people write them, brought to one way of writing, in Python and in SQL.

Each step is a pattern that RE2 (DuckDB) and Python read alike, so a column's texts can be examined
here by their shapes (digits masked) and then converted there, millions at a time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

WIDE = "０１２３４５６７８９：／－．，　\u00a0\u202f\u2009"
NARROW = "0123456789:/-.,    "
MONTHS = (  # English, Malay and the shorter ways; Indonesian where it differs
    ("jan", "january|januari"),
    ("feb", "february|februari"),
    ("mar", "march|mac|maret|mrt"),
    ("apr", "april"),
    ("may", "mei"),
    ("jun", "june|juni"),
    ("jul", "july|julai|juli"),
    ("aug", "august|ogos|ogo|agustus|agu"),
    ("sep", "september|sept"),
    ("oct", "october|oktober|okt"),
    ("nov", "november"),
    ("dec", "december|disember|dis|desember|des"),
)
_WEEKDAYS = (
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tues|tue|wed|thurs|thur|thu|fri"
    r"|sat|sun|isnin|selasa|rabu|khamis|jumaat|sabtu|ahad|星期[一二三四五六日天]|周[一二三四五六日]"
)
_CLOCK = r"(\d{1,2}:\d\d(?::\d\d)?)"
STEPS: tuple[tuple[str, str], ...] = (
    # (pattern, what takes its place), in this order, on lower-case text
    (r"(\d)\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号號]?", r"\1-\2-\3 "),
    (r"(\d)\s*年\s*(\d{1,2})\s*月", r"\1-\2"),
    (r"(\d{1,2})\s*[时時点點]\s*(\d{1,2})\s*分\s*(\d{1,2})\s*秒", r"\1:\2:\3"),
    (r"(\d{1,2})\s*[时時点點]\s*(\d{1,2})\s*分?", r"\1:\2"),
    (rf"[(（]?(?:{_WEEKDAYS})[)）]?[,.]?(\s|\d|$)", r" \1"),
    (rf"(?:上午|凌晨|早上|清晨)\s*{_CLOCK}", r" \1 am"),
    (rf"(?:下午|晚上|中午|傍晚)\s*{_CLOCK}", r" \1 pm"),
    (rf"{_CLOCK}\s*(?:a\.m\.|pagi|pg|上午|am)", r"\1 am"),
    (rf"{_CLOCK}\s*(?:p\.m\.|petang|malam|ptg|下午|pm)", r"\1 pm"),
    *((rf"\b(?:{names})\b\.?", short) for short, names in MONTHS),
    (r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\.", r"\1"),
    (r"(\d)(?:st|nd|rd|th)\b", r"\1"),
    (r"(:\d\d)[.,](\d{1,6})\d*", r"\1.\2"),
    (r"(\d)t(\d)", r"\1 \2"),
    (r"\s*(?:utc|gmt)$", "z"),
    (r",", " "),
    (r"\s+", " "),
    (r"^ | $", ""),
)
_COMPILED = tuple((re.compile(pattern), to) for pattern, to in STEPS)
MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
ZONE = r" ?(?:z|[+-]\d\d(?::?\d\d)?)$"
_TIME = re.compile(r"^ (\d{1,2}):(\d\d)(:\d\d)?(\.\d{1,6})?( [ap]m)?$")


def masked_steps(text: str) -> list[int]:
    """Return the numbers of the steps that change `text` (any digits will do)."""
    return _apply(text)[1]


def canonical(text: str) -> str:
    """Return `text` in the one way of writing; texts that are no dates come out as they may."""
    return _apply(text)[0]


def _apply(text: str) -> tuple[str, list[int]]:
    now, used = text.translate(str.maketrans(WIDE, NARROW)).lower(), []
    for number, (pattern, to) in enumerate(_COMPILED):
        changed = pattern.sub(to, now)
        if changed != now:
            used.append(number)
            now = changed
    return now, used


@dataclass(frozen=True)
class Layout:
    """How one shape of text is read.

    `date` is a strptime format with `?` where it is open whether the day or the month comes
    first: "?/?/%Y" (first and second part); `time` and `zone` tell what follows.
    """

    date: str
    time: str = ""
    zone: bool = False
    iso: bool = False  # the store's own cast reads it, the fastest way
    month_only: bool = False

    @property
    def open(self) -> bool:
        """Whether day and month could be the other way round."""
        return "?" in self.date

    def format(self, order: str) -> str:
        """The strptime format when the parts come in `order`: "dmy", "mdy" or "ymd"."""
        date = self.date
        if self.open:
            first, second = ("%d", "%m") if order != "mdy" else ("%m", "%d")
            if order == "ymd" and date.endswith("%y"):
                first, date = "%y", date[:-2] + "%d"
                second = "%m"
            date = date.replace("?", first, 1).replace("?", second, 1)
        return date + self.time


_DATES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"^\d{4}([-/.])\d{1,2}\1\d{1,2}"), "%Y{0}%m{0}%d"),
    (re.compile(r"^\d{1,2}(\.)\d{1,2}\.\d{4}"), "%d{0}%m{0}%Y"),
    (re.compile(r"^\d{1,2}(\.)\d{1,2}\.\d\d"), "%d{0}%m{0}%y"),
    (re.compile(r"^\d{1,2}([-/ ])\d{1,2}\1\d{4}"), "?{0}?{0}%Y"),
    (re.compile(r"^\d{1,2}([-/])\d{1,2}\1\d\d"), "?{0}?{0}%y"),
    (re.compile(rf"^\d{{1,2}}([-/ ]?){MONTH}\1\d{{4}}"), "%d{0}%b{0}%Y"),
    (re.compile(rf"^\d{{1,2}}([-/ ]?){MONTH}\1\d\d"), "%d{0}%b{0}%y"),
    (re.compile(rf"^{MONTH}([-/ ])\d{{1,2}}\1\d{{4}}"), "%b{0}%d{0}%Y"),
    (re.compile(rf"^\d{{4}}([-/ ]){MONTH}\1\d{{1,2}}"), "%Y{0}%b{0}%d"),
    (re.compile(r"^\d{8}"), "%Y%m%d"),
    (re.compile(r"^\d{4}([-/])\d{1,2}"), "%Y{0}%m"),
    (re.compile(rf"^{MONTH}([-/ ]?)\d{{4}}"), "%b{0}%Y"),
    (re.compile(rf"^{MONTH}(-)\d\d"), "%b{0}%y"),
    (re.compile(r"^\d{1,2}([-/])\d{4}"), "%m{0}%Y"),
)
ISO = r"^\d{4}[-/]\d{1,2}[-/]\d{1,2}(?:[ Tt]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)?$"
_ISO = re.compile(ISO)


@lru_cache(maxsize=20_000)
def layout_of(text: str) -> Layout | None:
    """Return how `text` (digits may be masked) is read as a date or moment; None if it is none."""
    if not 4 <= len(text) <= 60:
        return None
    written = canonical(text)
    zone = re.search(ZONE, written)
    timed = ":" in written
    if zone and timed:
        written = written[: zone.start()]
    for pattern, form in _DATES:
        matched = pattern.match(written)
        if not matched:
            continue
        rest = written[matched.end() :]
        if rest and not _TIME.match(rest):
            continue
        date = form.format(matched.group(1) if pattern.groups else "")
        month_only = "%d" not in date and "?" not in date
        if month_only and rest:
            continue
        return Layout(
            date,
            _time_format(rest),
            zone=bool(zone and timed),
            iso=_ISO.match(text.strip()) is not None and not zone,
            month_only=month_only,
        )
    return None


def _time_format(rest: str) -> str:
    matched = _TIME.match(rest)
    if not matched:
        return ""
    hours = "%I" if matched.group(5) else "%H"
    seconds = ":%S" if matched.group(3) else ""
    fraction = ".%f" if matched.group(4) else ""
    half = " %p" if matched.group(5) else ""
    return f" {hours}:%M{seconds}{fraction}{half}"
