"""The demo imported as a user's files would be, and asked for the true figures."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

import kadar
from kadar import project
from kadar.answer import Row
from kadar.demo.report import MERGED, REPEATED, UNCONVERTED, DemoReport
from kadar.demo.truth import month, quarter
from kadar.sources.propose import Proposal, add_sources, propose
from kadar.store import Store
from kadar.sync import SyncReport, sync

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Imported:
    """The demo's folder after the import, and what each step said."""

    report: DemoReport
    proposals: list[Proposal]
    synced: SyncReport

    @property
    def folder(self) -> Path:
        """The project's folder."""
        return self.report.folder

    def query(self, sql: str) -> list[tuple[object, ...]]:
        """Run SQL on what readers see."""
        path = Store(self.folder).current()
        assert path
        with duckdb.connect(str(path), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def ask(self, kpi: str, variant: str | None = None, grain: str = "quarter") -> dict[str, Row]:
        """Ask for a KPI; its rows by period label."""
        label: Callable[[date], str] = {"quarter": quarter, "month": month}[grain]
        rows = kadar.open(self.folder).ask(
            kpi, variant=variant, grain=grain, since="2023-07-01", until="2026-07-01"
        )
        return {label(row.opens): row for row in rows}


@pytest.fixture(scope="module")
def imported(demo: DemoReport, tmp_path_factory: pytest.TempPathFactory) -> Imported:
    """Propose, configure and load the demo, in a copy of its folder."""
    folder = tmp_path_factory.mktemp("imported") / "demo"
    shutil.copytree(demo.folder, folder)
    report = replace(demo, folder=folder)
    proposals = propose(project.load(folder), [folder / file.path for file in report.files])
    add_sources(folder, [p.source for p in proposals if p.source])
    synced = sync(project.load(folder), recorded_at=datetime(2026, 7, 1, tzinfo=UTC))
    return Imported(report, proposals, synced)


def test_every_export_is_proposed_for_its_table(imported: Imported) -> None:
    tables = {p.path: p.source.table if p.source else p.reason for p in imported.proposals}
    assert tables == {file.path: file.table for file in imported.report.files}


def test_every_record_is_accounted_for(imported: Imported) -> None:
    rows = {
        p.source.name: file.rows
        for p, file in zip(imported.proposals, imported.report.files, strict=True)
        if p.source
    }
    for source in imported.synced.sources:
        assert source.error is None, f"{source.source}: {source.error}"
        counts = source.counts
        assert counts.read == rows[source.source], source.source
        assert counts.read == counts.new + counts.changed + counts.unchanged + counts.quarantined


def test_exactly_the_faulty_rows_are_quarantined(imported: Imported) -> None:
    found = imported.query("select file, line from meta.quarantine order by all")
    assert found == sorted((f.path, f.line) for f in imported.report.quarantined())
    unsaid = "select * from meta.quarantine where reason is null or remedy is null"
    assert imported.query(unsaid) == []


def test_the_other_faults_are_dealt_with(imported: Imported) -> None:
    fates = {
        fate: [f.key for f in imported.report.faults if f.fate == fate]
        for fate in (MERGED, REPEATED, UNCONVERTED)
    }
    customers = {str(row[0]) for row in imported.query("select customer_id from crm.customers")}
    buyers = {str(row[0]) for row in imported.query("select customer_id from crm.orders")}
    assert not customers & set(fates[MERGED])
    assert not buyers & set(fates[MERGED])
    orders = dict(imported.query("select order_id, rate_missing from crm.orders"))
    assert all(key in orders for key in fates[REPEATED])
    assert [key for key, missing in orders.items() if missing] == fates[UNCONVERTED]


def test_every_link_of_the_deals_leads_somewhere(imported: Imported) -> None:
    lost = imported.query(
        "select count(*) filter (c.customer_id is null), count(*) filter (p.person_id is null), "
        "count(*) filter (d.lead_id is not null and l.lead_id is null) from crm.deals d "
        "left join crm.customers c using (customer_id) left join crm.people p "
        "on p.person_id = d.owner_id left join crm.leads l on l.lead_id = d.lead_id"
    )
    assert lost == [(0, 0, 0)]


def test_sales(imported: Imported) -> None:
    truth = imported.report.truth
    rows = imported.ask("win_rate")
    assert {q: r.numerator for q, r in rows.items()} == truth.deals_won
    assert {q: r.denominator for q, r in rows.items()} == truth.deals_closed
    created = imported.ask("win_rate", "of_created")
    assert {q: r.denominator for q, r in created.items()} == truth.deals_created
    cycle = imported.ask("sales_cycle_length")
    assert {q: r.value for q, r in cycle.items()} == pytest.approx(truth.sales_cycle_days)


def test_leads_and_spend(imported: Imported) -> None:
    truth = imported.report.truth
    rows = imported.ask("lead_conversion_rate", grain="month")
    assert {m: (r.numerator, r.denominator) for m, r in rows.items()} == truth.leads_converted
    cac = imported.ask("cac")
    assert {q: r.numerator for q, r in cac.items()} == pytest.approx(truth.spend, abs=0.01)
    assert {q: r.denominator for q, r in cac.items()} == truth.customers_acquired


def test_service(imported: Imported) -> None:
    truth = imported.report.truth
    answered = imported.ask("first_response_time", grain="month")
    assert {m: r.value for m, r in answered.items()} == pytest.approx(truth.first_response_hours)
    resolved = imported.ask("resolution_time", grain="month")
    assert {m: r.value for m, r in resolved.items()} == pytest.approx(truth.resolution_hours)
    csat = imported.ask("csat")
    assert {q: (r.numerator, r.denominator) for q, r in csat.items()} == truth.csat


def test_loyalty(imported: Imported) -> None:
    truth = imported.report.truth
    nps = imported.ask("nps")
    scores = {q: 100 * (good - bad) / all_ for q, (good, bad, all_) in truth.nps.items()}
    assert {q: r.value for q, r in nps.items()} == pytest.approx(scores)
    kept = imported.ask("retention_rate")
    found = {q: (r.numerator or 0, r.denominator) for q, r in kept.items()}
    assert found == truth.retained
    spoken = imported.ask("interactions_per_customer", "count")
    assert {q: r.value for q, r in spoken.items()} == truth.interactions


def test_value(imported: Imported) -> None:
    revenue = imported.ask("revenue", grain="month")
    assert {m: r.value for m, r in revenue.items()} == pytest.approx(
        imported.report.truth.revenue, abs=0.05
    )


def test_the_later_export_edits_and_removes_what_the_report_says(imported: Imported) -> None:
    first = next(f for f in imported.report.files if f.path.endswith("all-deals.csv"))
    (later,) = imported.report.later
    (imported.folder / first.path).write_bytes((imported.folder / later.path).read_bytes())
    synced = sync(project.load(imported.folder), recorded_at=datetime(2026, 7, 8, tzinfo=UTC))
    (loaded,) = [s for s in synced.sources if s.outcome == "loaded"]
    assert loaded.counts.changed == len(imported.report.edited)
    assert loaded.counts.gone == len(imported.report.removed)
    assert loaded.counts.new == loaded.counts.quarantined == 0
