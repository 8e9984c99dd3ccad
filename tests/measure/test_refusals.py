"""What cannot be asked is refused with what can be, and without a query."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kadar.errors import KadarError
from kadar.kpi import Crm
from kadar.workspace import Workspace
from tests.companies import at, company


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Return a company that has tickets without replies, and deals without leads."""
    return company(
        tmp_path_factory.mktemp("company"),
        toml='observed_until = "2026-06-30"',
        tickets=[{"created_at": at("2026-02-01"), "resolved_at": at("2026-02-02"), "reopened": 0}],
        deals=[{"created_at": at("2026-02-01"), "closed_at": at("2026-03-01"), "outcome": "won"}],
    )


@pytest.mark.parametrize(
    ("kpi", "question", "code", "first"),
    [
        ("win_rates", {}, "KDR-KPI-003", "win_rate"),
        ("win_rate", {"variant": "of_create"}, "KDR-KPI-004", "of_created"),
        ("win_rate", {"by": ["chanel"]}, "KDR-ASK-004", "channel"),
        ("win_rate", {"where": {"chanel": "web"}}, "KDR-ASK-004", "channel"),
        ("win_rate", {"grain": "months"}, "KDR-ASK-001", "month"),
    ],
)
def test_the_nearest_spelling_comes_first(
    work: Workspace, kpi: str, question: dict[str, Any], code: str, first: str
) -> None:
    with pytest.raises(KadarError) as refused:
        work.ask(kpi, **question)
    assert refused.value.code == code
    assert refused.value.next_step().split(": ")[1].split(", ")[0].rstrip(".") == first


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ({"where": ["channel"]}, "KDR-ASK-003"),
        ({"since": "2026-13-01"}, "KDR-ASK-006"),
        ({"since": "2026-02-01", "until": "2026-02-01"}, "KDR-ASK-002"),
        ({"by": ["channel"]}, "KDR-ASK-005"),
        ({"where": ["outcome<won,lost"]}, "KDR-ASK-009"),
        ({"where": ["outcome>"]}, "KDR-ASK-009"),
    ],
)
def test_senseless_questions(work: Workspace, question: dict[str, Any], code: str) -> None:
    with pytest.raises(KadarError) as refused:
        work.ask("win_rate", **question)
    assert refused.value.code == code


@pytest.mark.parametrize("text", ["reopened=often", "reopened>1.5"])
def test_a_filter_of_another_type(work: Workspace, text: str) -> None:
    with pytest.raises(KadarError, match="KDR-ASK-009"):
        work.ask("resolution_time", where=[text])


def test_unknown_tables_and_verbs() -> None:
    with pytest.raises(KadarError, match=r"KDR-KPI-001.*deals, "):
        _ = Crm().deal
    with pytest.raises(KadarError, match=r"KDR-KPI-002.*closed, "):
        _ = Crm().deals.close


@pytest.mark.parametrize(
    ("kpi", "variant", "lacking"),
    [
        ("first_response_time", "default", "tickets.responded_at"),
        ("first_response_time", "business", "tickets.responded_at"),
        ("sales_cycle_length", "default", "deals.lead_created_at"),
        ("retention_rate", "net_revenue", "subscriptions.customer_id"),
        ("margin_per_customer", "default", "orders.customer_id, orders.margin, orders.ordered_at"),
        ("nps", "default", "surveys.answered_at, surveys.kind, surveys.score"),
        ("cac", "default", "customers.acquired_at, spend.amount, spend.spent_at"),
    ],
)
def test_a_kpi_is_refused_with_the_columns_it_lacks(
    work: Workspace, kpi: str, variant: str, lacking: str
) -> None:
    with pytest.raises(KadarError) as refused:
        work.ask(kpi, variant=variant)
    assert refused.value.code == "KDR-ASK-008"
    assert refused.value.exit_code == 1
    assert lacking in str(refused.value.details["columns"])


def test_a_refusal_names_the_variants_that_can_be_computed(work: Workspace) -> None:
    with pytest.raises(KadarError) as refused:
        work.ask("sales_cycle_length")
    assert refused.value.details["variants"] == "from_deal, censored_from_deal"
    assert work.ask("sales_cycle_length", variant="from_deal", grain="all").rows[0].value == 28


def test_collecting_answers_what_can_be(work: Workspace) -> None:
    answer = work.ask(["win_rate", "nps", "resolution_time"], grain="all", collect=True)
    assert {row.kpi for row in answer.rows} == {"win_rate", "resolution_time"}
    assert [refusal.kpi for refusal in answer.refused] == ["nps"]


def test_computable_says_so_for_every_kpi(work: Workspace) -> None:
    lacking = work.computable()
    assert lacking["win_rate"]["default"] == []
    assert lacking["win_rate"]["by_value"] == ["deals.amount"]
    assert lacking["first_response_time"]["default"] == ["tickets.responded_at"]


def test_a_project_s_own_kpi(tmp_path: Path) -> None:
    (tmp_path / "kpis").mkdir()
    (tmp_path / "kpis" / "mine.py").write_text(
        '"""Lost rate."""\n'
        "from kadar.kpi import DOWN, PERCENT, Crm, Formula, _, kpi\n\n"
        "@kpi(unit=PERCENT, better=DOWN)\n"
        "def lost_rate(crm: Crm, only_reason: str = 'price') -> Formula:\n"
        '    """Share of the deals closed in the period that were lost for a reason."""\n'
        "    closed = crm.deals.closed\n"
        "    lost = (_.outcome == 'lost') & (_.lost_reason == only_reason)\n"
        "    return closed.count(lost) / closed.count()\n",
        "utf-8",
    )
    closed = {"created_at": at("2026-02-01"), "closed_at": at("2026-03-01"), "channel": "web"}
    work = company(
        tmp_path,
        toml='observed_until = "2026-06-30"',
        kpi='[kpi.lost_rate]\nonly_reason = "time"',
        deals=[
            {**closed, "outcome": "lost", "lost_reason": reason}
            for reason in ("price", "time", "time", None)
        ],
    )
    (row,) = work.ask("lost_rate", grain="all", by=["channel"])
    assert (row.value, row.n, row.dimensions) == (0.5, 4, {"channel": "web"})
    assert row.lower is not None
    assert row.upper is not None
    assert 0 < row.lower < 0.5 < row.upper < 1
