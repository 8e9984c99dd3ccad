"""The state of the data, as a document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from kadar.documents.known import Known, known_now
from kadar.documents.number import DESCRIBED

if TYPE_CHECKING:
    from kadar.checks.finding import Finding
    from kadar.show.reader import Reader
    from kadar.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table of the model: rows by source, columns that are mapped, rows refused."""

    __pydantic_config__ = DESCRIBED

    table: str
    rows: int
    sources: dict[str, int]
    columns: list[str]
    refused: int
    """Records in quarantine."""
    last_learnt: datetime | None


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a check found."""

    __pydantic_config__ = DESCRIBED

    code: str
    check: str
    severity: str
    """broken, doubtful or told."""
    message: str
    next_step: str
    table: str | None
    source: str | None
    count: int
    """Rows affected."""
    kpis: list[str]
    """KPIs that read what is affected."""


@dataclass(frozen=True, kw_only=True)
class Status(Known):
    """What data there is, how fresh, how clean."""

    __pydantic_config__ = DESCRIBED

    company: str
    currency: str
    time_zone: str
    tables: list[Table]
    refused: int
    """Records in quarantine, of all tables."""
    not_computable: dict[str, dict[str, list[str]]]
    """KPIs and variants the data cannot carry, with the columns each lacks."""
    findings: list[Found]


def status(workspace: Workspace, reader: Reader) -> Status:
    """Return the state of the data; the checks are run."""
    from kadar import contents

    company = workspace.project.company
    with contents.opened(workspace.project) as connection:
        tables = contents.tables(connection)
    lacking = {
        kpi: {variant: columns for variant, columns in variants.items() if columns}
        for kpi, variants in workspace.computable().items()
    }
    return Status(
        **known_now(workspace),
        company=company.name or "",
        currency=company.currency,
        time_zone=company.time_zone,
        tables=[
            Table(
                table=one.table,
                rows=one.rows,
                sources=one.sources,
                columns=one.columns,
                refused=one.quarantined,
                last_learnt=one.recorded_at,
            )
            for one in tables
        ],
        refused=sum(one.quarantined for one in tables),
        not_computable={kpi: variants for kpi, variants in lacking.items() if variants},
        findings=[_found(one, reader) for one in workspace.check()],
    )


def _found(one: Finding, reader: Reader) -> Found:
    return Found(
        code=one.code,
        check=one.check,
        severity=one.severity,
        message=reader.t(one.reason, **one.details),
        next_step=reader.t(one.remedy, **one.details),
        table=one.table,
        source=one.source,
        count=one.count,
        kpis=sorted(one.touches),
    )
