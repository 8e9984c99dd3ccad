"""What an analyst should find in the demo, looked up in the files."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from statistics import mean, median

from kadar.demo.people import STALLER
from kadar.demo.report import DemoReport
from tests.demo.raw import good, when
from tests.demo.test_truth import first


def test_malaysian_answers_slow_down_when_the_team_loses_people(demo: DemoReport) -> None:
    hours: dict[tuple[bool, bool], list[float]] = defaultdict(list)
    for path, ticket in good(demo, "tickets"):
        created = when(first(ticket, "Created At", "Tarikh Dicipta"))
        responded = when(first(ticket, "First Response At", "Tarikh Respons Pertama"))
        if created and responded:
            late = created.year == 2026
            hours["tiket" in path, late].append((responded - created) / timedelta(hours=1))
    typical = {key: median(values) for key, values in hours.items()}
    assert typical[True, True] > 3 * typical[True, False]
    assert typical[False, True] < 1.3 * typical[False, False]
    left = [
        r
        for _, r in good(demo, "people")
        if r["Team"] == "Support Malaysia" and r["Active"] == "FALSE"
    ]
    assert len(left) == 4


def test_then_malaysian_nps_falls(demo: DemoReport) -> None:
    country = {str(r["Record ID"]): r["Country/Region"] for _, r in good(demo, "customers")}
    scores: dict[tuple[bool, bool], list[int]] = defaultdict(list)
    for _, answer in good(demo, "surveys"):
        answered = when(answer["Answered At"])
        if answered and answer.get("NPS Score") not in (None, "N/A"):
            key = (country[str(answer["Account ID"])] == "Malaysia", answered.year == 2026)
            scores[key].append(int(str(answer["NPS Score"])))

    def nps(given: list[int]) -> float:
        return 100 * (sum(s > 8 for s in given) - sum(s < 7 for s in given)) / len(given)

    assert nps(scores[True, True]) < nps(scores[True, False]) - 25
    assert abs(nps(scores[False, True]) - nps(scores[False, False])) < 12


def test_then_customers_leave(demo: DemoReport) -> None:
    kept = {
        label: still / before for label, (still, before) in demo.truth.retained.items() if before
    }
    usual = mean(value for label, value in kept.items() if label < "2026")
    assert kept["2026-Q2"] < usual - 0.02
    reasons = Counter(str(r["Churn Reason"]) for _, r in good(demo, "customers"))
    assert all(reasons[reason] > 50 for reason in ("Price", "Competitor", "Service"))
    lost = Counter(
        str(r["Closed Lost Reason"])
        for _, r in good(demo, "deals")
        if r.get("Deal Type") == "Renewal" and str(r["Close Date"]) >= "2026-02"
    )
    assert lost["Service"] == max(lost[reason] for reason in ("Service", "Competitor"))


def test_paid_search_grows_dear(demo: DemoReport) -> None:
    spent, leads = Counter[str](), Counter[str]()
    for path, entry in good(demo, "spend"):
        if "ads" in path:
            spent[str(entry["Week"])[:4]] += float(str(entry["Cost"])[1:].replace(",", ""))
    for _, lead in good(demo, "leads"):
        opened = when(first(lead, "Created Date", "创建时间"))
        if opened and first(lead, "Lead Source", "线索来源") == "Paid Search":
            leads[str(opened.year)] += 1
    assert spent["2026"] / leads["2026"] > 1.8 * spent["2024"] / leads["2024"]


def test_one_salesperson_sits_on_stalled_deals(demo: DemoReport) -> None:
    overdue, total = Counter[str](), Counter[str]()
    for _, deal in good(demo, "deals"):
        owner = str(first(deal, "HubSpot Owner ID", "Opportunity Owner ID", "Owner ID"))
        stage = str(first(deal, "Deal Stage", "Stage", "阶段"))
        closes = when(first(deal, "Close Date", "结束日期"))
        total[owner] += 1
        open_ = not stage.lower().startswith("closed") and stage not in ("赢单", "输单")
        overdue[owner] += bool(open_ and closes and closes < datetime(2026, 4, 1))  # noqa: DTZ001
    share = {owner: overdue[owner] / total[owner] for owner in total}
    assert overdue[STALLER] >= 20
    assert share.pop(STALLER) > 4 * max(share.values())


def test_the_rebate_sold_more_to_those_who_got_it(demo: DemoReport) -> None:
    arms = {str(r["Account ID"]): str(r["Group"]) for _, r in good(demo, "campaign_members")}
    assert {"Treated", "Control"} == set(arms.values())
    before, during = Counter[str](), Counter[str]()
    for _, order in good(demo, "orders"):
        arm = arms.get(str(first(order, "Account ID", "客户名称_唯一性ID")))
        day = when(first(order, "Order Date", "下单日期（必填）"))
        if arm and day:
            during[arm] += datetime(2025, 3, 3) <= day < datetime(2025, 7, 1)  # noqa: DTZ001
            before[arm] += datetime(2024, 11, 1) <= day < datetime(2025, 3, 1)  # noqa: DTZ001
    members = Counter(arms.values())
    gain = {arm: (during[arm] - before[arm]) / members[arm] for arm in members}
    assert gain["Treated"] > gain["Control"] + 0.3


def test_robots_answer_first_and_careless_agents_see_tickets_again(demo: DemoReport) -> None:
    robots = reopened = 0
    for _, ticket in good(demo, "tickets"):
        created = when(first(ticket, "Created At", "Tarikh Dicipta"))
        automated = when(first(ticket, "Auto Reply At", "Balasan Automatik Pada"))
        reopened += int(str(first(ticket, "Reopens", "Bilangan Dibuka Semula"))) > 0
        if automated and created:
            robots += 1
            assert automated - created <= timedelta(minutes=1)
    assert robots > 2000
    assert reopened > 300


def test_feasts_are_quiet_and_hampers_come_before(demo: DemoReport) -> None:
    per_day: Counter[str] = Counter()
    for path, order in good(demo, "orders"):
        day = when(first(order, "Order Date", "下单日期（必填）"))
        if day and "销售" in path:
            per_day[day.date().isoformat()] += 1
    quiet = sum(per_day[f"2026-02-{d}"] for d in range(17, 22))
    usual = sum(per_day[f"2026-03-{d}"] for d in range(10, 15))
    assert quiet < 0.4 * usual
