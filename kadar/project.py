"""A project: one company's folder with its `kadar.toml`, read and checked."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from msgspec import Struct, field


class Company(Struct, frozen=True, forbid_unknown_fields=True):
    """The `[company]` table: facts no record carries."""

    name: str = ""
    currency: str = "USD"  # ISO 4217
    time_zone: str = "UTC"  # IANA name
    language: Literal["en", "ms", "zh_CN"] = "en"
    week_starts: Literal["monday", "sunday", "saturday"] = "monday"
    fiscal_year_starts: str = "01-01"  # month-day
    holidays: str | None = None  # country or country-subdivision, ISO 3166: "MY", "MY-10"
    # weekday (mon … sun) → spans "09:00-18:00"; a day that is absent is no working day
    working_hours: dict[str, list[str]] = field(
        default_factory=lambda: {
            day: ["09:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")
        }
    )
    contract: bool = False  # True: active while a subscription runs; False: after an order
    inactive_after_days: int = 90
    grace_days: int = 0  # gaps between subscriptions up to this long do not end a spell
    observed_until: str | None = None  # date (its end) or moment up to which the data is known


class Source(Struct, frozen=True, forbid_unknown_fields=True):
    """One `[[sources]]` table: where rows of one model table come from."""

    name: str
    table: str
    kind: str = "files"
    path: str | list[str] | None = None  # files or globs, relative to the project folder
    columns: dict[str, str] = field(default_factory=dict)  # canonical → header, or "= expression"
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    date_format: str | dict[str, str] | None = None  # for all, or by canonical column
    decimal: Literal[".", ","] | None = None
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    mode: Literal["snapshot", "append"] = "snapshot"
    query: str | None = None


class Project(Struct, frozen=True):
    """A project folder and what its `kadar.toml` says.

    `kpi` holds the settings of each `[kpi.<name>]` table (a KPI's own parameters, and `target`).
    """

    folder: Path
    company: Company
    sources: list[Source]
    kpi: dict[str, dict[str, Any]]
