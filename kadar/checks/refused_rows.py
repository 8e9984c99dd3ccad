"""Rows in quarantine: records that break the model's contract."""

from __future__ import annotations

from collections.abc import Iterator

from kadar.checks.finding import Company, Finding
from kadar.contents import refused_rows


def check(company: Company) -> Iterator[Finding]:
    """Find every record that was refused and not mended since."""
    for row in refused_rows(company.connection):
        yield Finding(
            "refused_rows",
            row.reason,
            row.remedy,
            True,
            row.source,
            row.table,
            row.file,
            row.line,
            row.column,
        )
