"""The true figures, counted again from the files alone by other means."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from statistics import median

import pytest

from kadar.demo.report import DemoReport
from kadar.demo.truth import month, quarter
from tests.demo.raw import Record, good, when

STAGE = ("Deal Stage", "Stage", "阶段")
CLOSE = ("Close Date", "结束日期")
WON = {"Closed won", "Closed Won", "赢单"}
LOST = {"Closed lost", "Closed Lost", "输单"}


def first(record: Record, *headers: str) -> object:
    """Return the value of whichever header the record has."""
    return next(record[header] for header in headers if header in record)


def amount(text: object) -> float:
    """Read `RM 1,234.50`, `$12.00` and `(12.00)`."""
    plain = str(text).removeprefix("RM ").removeprefix("$").replace(",", "")
    return -float(plain[1:-1]) if plain.startswith("(") else float(plain)


@pytest.fixture(scope="module")
def rates(demo: DemoReport) -> dict[tuple[str, str], float]:
    """Return ringgit per unit by currency and month."""
    return {
        (str(r["Currency"]), str(r["Valid From"])[:7]): float(str(r["Exchange Rate"]))
        for _, r in good(demo, "fx_rates")
    }


def test_deals(demo: DemoReport) -> None:
    won, closed, created = Counter[str](), Counter[str](), Counter[str]()
    for _, deal in good(demo, "deals"):
        opened = when(first(deal, "Create Date", "Created Date", "创建日期"))
        closes = when(first(deal, *CLOSE))
        assert opened
        assert closes
        created[quarter(opened)] += 1
        stage = first(deal, *STAGE)
        closed[quarter(closes)] += stage in WON | LOST
        won[quarter(closes)] += stage in WON
    assert +created == demo.truth.deals_created
    assert +closed == demo.truth.deals_closed
    assert +won == demo.truth.deals_won


def test_sales_cycle(demo: DemoReport) -> None:
    came = {}
    for _, lead in good(demo, "leads"):
        came[first(lead, "Lead ID", "唯一性ID（必填）")] = when(
            first(lead, "Created Date", "创建时间")
        )
    days = defaultdict(list)
    for _, deal in good(demo, "deals"):
        lead_id = first(deal, "Lead ID")
        if first(deal, *STAGE) in WON and lead_id:
            closes, opened = when(first(deal, *CLOSE)), came[lead_id]
            assert closes
            assert opened
            days[quarter(closes)].append((closes.date() - opened.date()).days)
    assert {q: median(d) for q, d in days.items()} == demo.truth.sales_cycle_days


def test_leads_converted_and_none_so_late_that_a_day_decides(demo: DemoReport) -> None:
    converted, created = Counter[str](), Counter[str]()
    for _, lead in good(demo, "leads"):
        opened = when(first(lead, "Created Date", "创建时间"))
        became = when(first(lead, "Converted Date", "转换时间"))
        assert opened
        created[month(opened)] += 1
        if became:
            took = became - opened
            assert took > timedelta(0)
            assert not timedelta(days=88.5) < took < timedelta(days=91.5)
            converted[month(opened)] += took < timedelta(days=90)
    assert {m: (converted[m], n) for m, n in created.items()} == demo.truth.leads_converted


def test_surveys(demo: DemoReport) -> None:
    nps, csat = defaultdict(list), defaultdict(list)
    for _, answer in good(demo, "surveys"):
        answered = when(answer["Answered At"])
        if answered is None:
            continue
        kind, scores = ("NPS", nps) if "NPS Score" in answer else ("CSAT", csat)
        if answer[f"{kind} Score"] != "N/A":
            scores[quarter(answered)].append(int(str(answer[f"{kind} Score"])))
    assert demo.truth.nps == {
        q: (sum(s > 8 for s in given), sum(s < 7 for s in given), len(given))
        for q, given in nps.items()
    }
    assert demo.truth.csat == {q: (sum(s > 3 for s in g), len(g)) for q, g in csat.items()}


def test_tickets(demo: DemoReport) -> None:
    answers, ends = defaultdict(list), defaultdict(list)
    for _, ticket in good(demo, "tickets"):
        created = when(first(ticket, "Created At", "Tarikh Dicipta"))
        responded = when(first(ticket, "First Response At", "Tarikh Respons Pertama"))
        resolved = when(first(ticket, "Resolved At", "Tarikh Selesai"))
        status = first(ticket, "Status")
        assert created
        assert (resolved is None) == (status in ("Open", "Terbuka"))
        if responded:
            answers[month(created)].append((responded - created) / timedelta(hours=1))
        if resolved and resolved >= created:
            ends[month(resolved)].append((resolved - created) / timedelta(hours=1))
    assert {m: median(h) for m, h in answers.items()} == pytest.approx(
        demo.truth.first_response_hours
    )
    assert {m: median(h) for m, h in ends.items()} == pytest.approx(demo.truth.resolution_hours)


def test_revenue_and_spend(demo: DemoReport, rates: dict[tuple[str, str], float]) -> None:
    revenue, count, spent = Counter[str](), Counter[str](), Counter[str]()
    for _, order in good(demo, "orders"):
        ordered = when(first(order, "Order Date", "下单日期（必填）"))
        currency = str(first(order, "Currency", "币种"))
        assert ordered
        if currency == "THB":  # no rate
            continue
        count[month(ordered)] += 1
        rate = 1.0 if currency == "MYR" else rates[currency, month(ordered)]
        revenue[month(ordered)] += amount(first(order, "Net Revenue", "销售订单金额(元)")) * rate
    for _, entry in good(demo, "spend"):
        day = when(first(entry, "Week", "Expense Date"))
        assert day
        rate = 1.0 if entry["Currency"] == "MYR" else rates[str(entry["Currency"]), month(day)]
        spent[quarter(day)] += amount(first(entry, "Cost", "Amount")) * rate
    assert count == demo.truth.orders
    assert dict(revenue) == pytest.approx(demo.truth.revenue, abs=0.1)
    assert dict(spent) == pytest.approx(demo.truth.spend, abs=0.1)


def test_lines_add_up_to_their_orders(demo: DemoReport) -> None:
    lines: dict[object, float] = defaultdict(float)
    for _, line in good(demo, "order_lines"):
        lines[line["Order ID"]] += float(str(line["Revenue"]))
    for _, order in good(demo, "orders"):
        key = first(order, "Order ID", "销售订单编号（必填）")
        if key in lines:
            total = amount(first(order, "Net Revenue", "销售订单金额(元)"))
            assert lines[key] == pytest.approx(total, abs=0.005)


def test_customers_acquired_and_interactions(demo: DemoReport) -> None:
    acquired, spoken = Counter[str](), Counter[str]()
    for _, customer in good(demo, "customers"):
        since = when(customer["Customer Since"])
        if since and since.isoformat() >= "2023-07":
            acquired[quarter(since)] += 1
    for _, activity in good(demo, "interactions"):
        occurred = when(activity["occurred_at"])
        assert occurred
        if activity["account_id"] and not activity["automated"]:
            spoken[quarter(occurred)] += 1
    assert acquired == demo.truth.customers_acquired
    assert spoken == demo.truth.interactions


def test_nothing_happens_after_the_last_day_observed(demo: DemoReport) -> None:
    moments = {
        "orders": ("Order Date", "下单日期（必填）"),
        "tickets": ("Created At", "Tarikh Dicipta"),
        "surveys": ("Answered At",),
        "interactions": ("occurred_at",),
        "leads": ("Created Date", "创建时间"),
    }
    for table, headers in moments.items():
        for _, record in good(demo, table):
            moment = when(first(record, *headers))
            assert moment is None or "2023-07" <= moment.isoformat() < "2026-07"
