"""Who reads: numbers, money and periods in their language and their company's calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from kadar.language import N_, translate

if TYPE_CHECKING:
    from kadar.derive.fiscal_weeks import FiscalWeeks
    from kadar.project import Company

NOTHING = "-"

_WITH_UNIT = {
    "hours": N_("{number} h"),
    "days": N_("{number} d"),
    "months": N_("{number} months"),
    "ratio": N_("{number} x"),
}


@dataclass(frozen=True)
class Reader:
    """A reader's language, and the company's currency and fiscal year.

    `currency` is an ISO 4217 code, None where no company is known. The fiscal year starts on a
    month and a day, or the year is one of whole weeks.
    """

    language: str = "en"
    currency: str | None = None
    fiscal_year_starts: tuple[int, int] = (1, 1)
    weeks: FiscalWeeks | None = None

    @classmethod
    def of(cls, company: Company | None, language: str) -> Reader:
        """Return the reader of a company's numbers."""
        if company is None:
            return cls(language)
        month, day = company.fiscal_year_starts.split("-")
        weeks = None
        if company.fiscal_weeks:
            from kadar.derive.fiscal_weeks import FiscalWeeks

            weeks = FiscalWeeks.of(company)
        return cls(language, company.currency, (int(month), int(day)), weeks)

    def t(self, message: str, **details: object) -> str:
        """Return a marked message in the reader's language, its details filled in."""
        translated = translate(message, self.language)
        return translated.format(**details) if details else translated

    def value(self, value: float | None, unit: str) -> str:
        """Return a value with its unit: `63.2%`, `RM1,204`, `3.4 h`; `-` where there is none."""
        if value is None:
            return NOTHING
        if unit == "money" and self.currency:
            from babel.numbers import format_currency

            pattern = "¤#,##0.00;-¤#,##0.00" if abs(value) < 100 else "¤#,##0;-¤#,##0"
            return format_currency(
                value, self.currency, pattern, self.language, currency_digits=False
            )
        number = self.number(value, unit)
        if unit == "percent":
            return f"{number}%"
        return self.t(_WITH_UNIT[unit], number=number) if unit in _WITH_UNIT else number

    def apart(self, size: float, unit: str) -> str:
        """Return how far two values are apart, with its unit: shares in points, `4.2 pp`."""
        if unit == "percent":
            return self.t(N_("{change} pp"), change=self.number(size, unit))
        return self.value(size, unit)

    def signed(self, value: float | None, unit: str) -> str:
        """Return a difference with its unit, of shares points; signed if anything is left of it."""
        if value is None:
            return NOTHING
        size = self.apart(abs(value), unit)
        if not set(size) & set("123456789"):
            return size
        return f"+{size}" if value > 0 else f"-{size}"

    def number(
        self, value: float | None, unit: str = "number", *, like: float | None = None
    ) -> str:
        """Return a value as a bare number: a share of 0.632 as `63.2`.

        It has the decimals that `like`, the value itself by default, would have.
        """
        if value is None:
            return NOTHING
        from babel.numbers import format_decimal

        scale = 100 if unit == "percent" else 1
        pattern = _pattern(scale * (value if like is None else like), unit)
        return format_decimal(scale * value, pattern, self.language)

    def interval(self, lower: float | None, upper: float | None, unit: str) -> str:
        """Return an interval without its unit: `58.1 to 67.9`."""
        if lower is None and upper is None:
            return ""
        largest = max(abs(end) for end in (lower, upper) if end is not None)
        low = self.number(lower, unit, like=largest)
        high = self.number(upper, unit, like=largest)
        return self.t(N_("{low} to {high}"), low=low, high=high)

    def change(self, now: float, before: float, unit: str) -> str:
        """Return a change: points of a share or score, else percent of the value before."""
        if unit == "percent":
            return self.t(N_("{change} pp"), change=_signed(self.number(now - before, unit)))
        if unit == "points":
            return _signed(self.number(now - before, unit))
        if before == 0:
            return _signed(self.number(now, unit)) if now else _signed(self.number(0.0, unit))
        return f"{_signed(self.number((now - before) / abs(before), 'percent'))}%"

    def count(self, value: int | None) -> str:
        """Return a count with its thousands grouped; empty for None."""
        if value is None:
            return ""
        from babel.numbers import format_decimal

        return format_decimal(value, "#,##0", self.language)

    def period(self, grain: str, opens: date, closes: date) -> str:
        """Return the name of a period: `2026-09`, `2026-Q3`, `2026-W37`, `FY2026` …

        A fiscal year that does not begin in January is named by the year it ends in.
        """
        if grain == "day":
            return opens.isoformat()
        if grain == "week":  # the ISO week of the Thursday in it, whatever day the week begins on
            year, week, _ = (opens + timedelta(days=(3 - opens.weekday()) % 7)).isocalendar()
            return f"{year}-W{week:02}"
        if self.weeks and grain in ("month", "quarter", "year"):
            return self.weeks.label(grain, opens)
        if grain == "month":
            return f"{opens:%Y-%m}"
        if grain in ("quarter", "year"):
            month, day = self.fiscal_year_starts
            began = opens.year - (opens < date(opens.year, month, min(day, 28)))
            name = f"{began}" if month == 1 else f"FY{began + 1}"
            quarter = 1 + ((opens.year - began) * 12 + opens.month - month) // 3
            return f"{name}-Q{quarter}" if grain == "quarter" else name
        last = closes - timedelta(days=1)
        return f"{opens.isoformat()} .. {last.isoformat()}"


def _pattern(shown: float, unit: str) -> str:
    size = abs(shown)
    if unit in ("percent", "points"):
        return "#,##0.0"
    if unit == "number" and float(shown).is_integer():
        return "#,##0"
    if size >= 1000:
        return "#,##0"
    return "#,##0.0" if size >= 100 or unit in ("hours", "days", "months") else "#,##0.00"


def _signed(number: str) -> str:
    return number if number.startswith(("-", "−")) else f"+{number}"
