"""Records that nobody here made, through files, mapping, sync and the algebra."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

import kadar
from kadar import project
from kadar.answer import Row
from kadar.sync import sync
from kadar.workspace import Workspace

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"{DATA} is absent"),
]


def synced(folder: Path, toml: str) -> Workspace:
    """Write a project, load its sources, open it."""
    (folder / "kadar.toml").write_text(toml, "utf-8")
    report = sync(project.load(folder), recorded_at=datetime(2026, 11, 1, tzinfo=UTC))
    assert not report.failed, report.failed[0].error
    for source in report.sources:
        counts = source.counts
        assert counts.read == counts.new + counts.unchanged + counts.quarantined
        assert counts.quarantined == 0, source.source
    return kadar.open(folder)


def only(rows: list[Row]) -> Row:
    (row,) = rows
    return row


# CDNOW: 2,357 customers and their 6,919 purchases, January 1997 to June 1998


@pytest.fixture(scope="module")
def purchases() -> list[tuple[str, date, float]]:
    """Customer, day and dollars of each purchase, read without kadar."""
    lines = (DATA / "cdnow" / "CDNOW_sample.txt").read_text("ascii").splitlines()
    fields = [line.split() for line in lines]
    return [(f[1], datetime.strptime(f[2], "%Y%m%d").date(), float(f[4])) for f in fields]  # noqa: DTZ007


@pytest.fixture(scope="module")
def cdnow(
    tmp_path_factory: pytest.TempPathFactory, purchases: list[tuple[str, date, float]]
) -> Workspace:
    folder = tmp_path_factory.mktemp("cdnow")
    with (folder / "orders.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["number", "customer", "day", "dollars"])
        writer.writerows([i, c, day, dollars] for i, (c, day, dollars) in enumerate(purchases))
    return synced(
        folder,
        """
[company]
observed_until = "1998-06-30"
inactive_after_days = 90

[[sources]]
name = "orders"
table = "orders"
path = "orders.csv"
columns = { order_id = "number", customer_id = "customer", ordered_at = "day", revenue = "dollars" }
""",
    )


def test_cdnow_is_there_whole(cdnow: Workspace, purchases: list[tuple[str, date, float]]) -> None:
    assert len(purchases) == 6919
    revenue = only(cdnow.ask("revenue", grain="all").rows)
    assert revenue.n == 6919
    assert revenue.value == pytest.approx(sum(dollars for _, _, dollars in purchases))
    customers = only(cdnow.ask("active_customers", grain="all").rows)
    paying = {customer for customer, _, dollars in purchases if dollars > 0}
    # some got their discs for nothing, and never paid: they are no buyers
    assert (len({c for c, _, _ in purchases}), customers.value) == (2357, len(paying))


def test_cdnow_repeat_rates(cdnow: Workspace, purchases: list[tuple[str, date, float]]) -> None:
    for grain in ("month", "quarter"):
        step = 1 if grain == "month" else 3
        buyers: dict[int, list[str]] = defaultdict(list)
        for customer, day, dollars in purchases:
            if dollars > 0:
                buyers[(day.year * 12 + day.month - 1) // step].append(customer)
        rows = cdnow.ask("retention_rate", variant="repeat", grain=grain).rows
        again = cdnow.ask("repeat_purchase_rate", grain=grain).rows
        assert len(rows) == len(again) == (18 if grain == "month" else 6)
        for row, often in zip(rows, again, strict=True):
            place = (row.opens.year * 12 + row.opens.month - 1) // step
            before, now = set(buyers[place - 1]), set(buyers[place])
            assert (row.numerator, row.denominator) == (len(before & now), len(before))
            twice = {customer for customer in now if buyers[place].count(customer) > 1}
            assert (often.numerator, often.denominator) == (len(twice), len(now))


def test_cdnow_triangle_of_repeat_purchases(
    cdnow: Workspace, purchases: list[tuple[str, date, float]]
) -> None:
    """Of those who first paid in a month, how many paid in the k-th after it; and how much."""
    months: dict[str, set[int]] = defaultdict(set)
    spent: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for customer, day, dollars in purchases:
        if dollars > 0:
            months[customer].add(day.year * 12 + day.month - 1)
            spent[customer][day.year * 12 + day.month - 1] += dollars
    cohorts: dict[int, list[str]] = defaultdict(list)
    for customer, bought in months.items():
        cohorts[min(bought)].append(customer)
    last = 1998 * 12 + 5

    again = cdnow.cohorts("retention_rate", variant="repeat", ages=20)
    assert len(again) == sum(last - month + 1 for month in cohorts)
    brought = {(c.opens, c.age): c for c in cdnow.cohorts("clv", variant="revenue", ages=20)}
    pooled: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for cell in again:
        assert cell.opens is not None
        month = cell.opens.year * 12 + cell.opens.month - 1
        members, then = cohorts[month], month + cell.age
        back = sum(then in months[customer] for customer in members)
        assert (cell.numerator, cell.denominator) == (back, len(members))
        assert cell.mature
        pooled[cell.age][0] += back
        pooled[cell.age][1] += len(members)
        so_far = sum(v for customer in members for m, v in spent[customer].items() if m <= then)
        money = brought[cell.opens, cell.age]
        assert money.numerator == pytest.approx(so_far)
        assert money.value == pytest.approx(so_far / len(members))
    assert {t.age: [t.numerator, t.denominator] for t in again.totals} == pooled
    assert pooled[0][0] == pooled[0][1]
    first = brought[date(1997, 1, 1), 17]
    each = [sum(spent[customer].values()) for customer in cohorts[1997 * 12]]
    mean, n = sum(each) / len(each), len(each)
    error = (sum((one - mean) ** 2 for one in each) / (n - 1) / n) ** 0.5
    assert first.lower == pytest.approx(mean - 1.9629 * error, rel=1e-3)
    assert first.upper == pytest.approx(mean + 1.9629 * error, rel=1e-3)


def test_cdnow_retention(cdnow: Workspace, purchases: list[tuple[str, date, float]]) -> None:
    """A customer is active for 90 days after each purchase."""
    days: dict[str, list[date]] = defaultdict(list)
    for customer, day, dollars in purchases:
        if dollars > 0:
            days[customer].append(day)

    def active(at: date) -> set[str]:
        reach = timedelta(days=90)
        return {c for c, bought in days.items() if any(d < at <= d + reach for d in bought)}

    retained = cdnow.ask("retention_rate", grain="month").rows
    churned = cdnow.ask("churn_rate", grain="month").rows
    assert len(retained) == len(churned) == 18
    for row, lost in zip(retained, churned, strict=True):
        before, after = active(row.opens), active(row.closes)
        assert (row.numerator, row.denominator) == (len(before & after), len(before))
        assert (lost.numerator, lost.denominator) == (len(before - after), len(before))


# prepbench case 040: a published score


@pytest.mark.parametrize(
    ("file", "more"), [("input_01.csv", 'date_format = "%m/%d/%Y"'), ("input_02.csv", "")]
)
def test_the_published_nps(tmp_path: Path, file: str, more: str) -> None:
    question = "On a scale of 0-10, how would you rate Sudzilla?"
    work = synced(
        tmp_path,
        f"""
[[sources]]
name = "conference"
table = "surveys"
path = "{DATA / "prepbench" / "case_040" / file}"
{more}
columns = {{ answered_at = "Timestamp", score = "{question}", kind = "= 'nps'" }}
""",
    )
    row = only(work.ask("nps", grain="all").rows)
    assert row.value is not None
    assert (round(row.value, 1), row.n) == (-35.9, 39)
    assert row.numerator == 8 - 22


# RavenStack: three sources say who churned, and they disagree


OWN = '''
"""Churn as others count it."""
from kadar.kpi import DOWN, PERCENT, Crm, Formula, _, kpi


@kpi(unit=PERCENT, better=DOWN)
def reported_churn(crm: Crm) -> Formula:
    """Share of the customers active in the period for whom a churn event was recorded."""
    active = crm.spells.active.where(_.during).per("customer_id")
    events = crm.interactions.occurred.where(_.kind == "other").per("customer_id")
    return active.matching(events, "customer_id").count(_.matched) / active.count()


@kpi(unit=PERCENT, better=DOWN)
def flagged_churn(crm: Crm) -> Formula:
    """Share of the accounts created in the period that carry the flag of a churned account."""
    accounts = crm.customers.created
    return accounts.count(_.segment == "churned") / accounts.count()
'''


def test_three_sources_of_churn_give_three_named_answers(tmp_path: Path) -> None:
    there = DATA / "ravenstack"
    (tmp_path / "kpis").mkdir()
    (tmp_path / "kpis" / "churn.py").write_text(OWN, "utf-8")
    work = synced(
        tmp_path,
        f"""
[company]
contract = true
observed_until = "2024-12-31"

[[sources]]
name = "accounts"
table = "customers"
path = "{there / "ravenstack_accounts.csv"}"
columns = {{ customer_id = "account_id", created_at = "signup_date", segment = "churn_flag" }}
values.segment = {{ True = "churned", "*" = "kept" }}

[[sources]]
name = "subscriptions"
table = "subscriptions"
path = "{there / "ravenstack_subscriptions.csv"}"
[sources.columns]
subscription_id = "subscription_id"
customer_id = "account_id"
started_at = "start_date"
ended_at = "end_date"
monthly_amount = "mrr_amount"

[[sources]]
name = "churn events"
table = "interactions"
path = "{there / "ravenstack_churn_events.csv"}"
[sources.columns]
interaction_id = "churn_event_id"
customer_id = "account_id"
occurred_at = "churn_date"
kind = "= 'other'"
""",
    )
    year = {"since": "2024-01-01", "until": "2025-01-01", "grain": "year"}
    names = ["churn_rate", "reported_churn", "flagged_churn"]
    answers = {row.kpi: row for row in work.ask(names, **year)}
    assert len({row.value for row in answers.values()}) == 3

    def read(name: str) -> list[dict[str, str]]:
        with (there / f"ravenstack_{name}.csv").open(encoding="utf-8") as file:
            return list(csv.DictReader(file))

    opens, closes = "2024-01-01", "2025-01-01"
    runs = [(s["account_id"], s["start_date"], s["end_date"] or "9") for s in read("subscriptions")]
    runs = [run for run in runs if run[1] < run[2]]
    before = {account for account, start, end in runs if start < opens <= end}
    after = {account for account, start, end in runs if start < closes <= end}
    active = {a for a, start, end in runs if start < closes and (end > opens or start >= opens)}
    events = {e["account_id"] for e in read("churn_events") if opens <= e["churn_date"] < closes}
    made = [a for a in read("accounts") if opens <= a["signup_date"] < closes]
    flagged = [a for a in made if a["churn_flag"] == "True"]
    for name, above, below in (
        ("churn_rate", len(before - after), len(before)),
        ("reported_churn", len(events & active), len(active)),
        ("flagged_churn", len(flagged), len(made)),
    ):
        assert (answers[name].numerator, answers[name].denominator) == (above, below), name
    money = only(work.ask("churn_rate", variant="revenue", **year).rows)
    assert (money.variant, money.unit) == ("revenue", "percent")
    assert money.value != answers["churn_rate"].value
