"""Why a KPI changed: parts from a company's own records, by hand and by law."""

from __future__ import annotations

import csv
import io
import json
import math
from pathlib import Path
from typing import Any

import duckdb
import pytest

from kadar.cli import main
from kadar.errors import KadarError
from kadar.insight.shape import Ratio, Total, shape
from kadar.insight.why import Why
from kadar.workspace import Workspace
from tests.companies import at, company

# by month and channel: won and lost deals
DEALS = {
    (4, "web"): (40, 60),
    (4, "event"): (16, 4),
    (4, "fair"): (5, 5),
    (5, "web"): (60, 90),
    (5, "event"): (9, 1),
    (5, None): (1, 4),
    (6, "web"): (5, 5),
}
# by month: customer, channel, revenue; the cost is half of it
ORDERS = {
    4: [("ada", "web", 100), ("ben", "web", 300), ("ben", "shop", 200), ("cyd", "shop", 400)],
    5: [("ada", "web", 500), ("ada", "shop", 100), ("ben", "web", 100), ("dot", "mail", 900)],
}
SPEND = {(4, "web"): 1000, (4, "fair"): 500, (5, "web"): 1600}
NEW = {(4, "web"): 10, (5, "web"): 6, (5, "event"): 2}


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return company(
        tmp_path_factory.mktemp("why"),
        toml='name = "Acme"\ncurrency = "MYR"\nobserved_until = "2026-06-15"',
        deals=[
            {
                "created_at": at("2026-01-01"),
                "closed_at": at(f"2026-{month:02}-05"),
                "outcome": "won" if i < won else "lost",
                "channel": channel,
            }
            for (month, channel), (won, lost) in DEALS.items()
            for i in range(won + lost)
        ],
        orders=[
            {
                "customer_id": customer,
                "ordered_at": at(f"2026-{month:02}-05"),
                "channel": channel,
                "revenue": revenue,
                "cost": revenue / 2,
            }
            for month, orders in ORDERS.items()
            for customer, channel, revenue in orders
        ],
        customers=[
            {
                "customer_id": f"{month}-{channel}-{i}",
                "acquired_at": at(f"2026-{month:02}-03"),
                "channel": channel,
            }
            for (month, channel), number in NEW.items()
            for i in range(number)
        ]
        + [
            {"customer_id": c, "acquired_at": at("2026-01-01")}
            for c in ("ada", "ben", "cyd", "dot")
        ],
        spend=[
            {"spent_at": at(f"2026-{month:02}-02"), "channel": channel, "amount": amount}
            for (month, channel), amount in SPEND.items()
        ],
        leads=[
            {"created_at": at(f"2026-{month:02}-04"), "converted_at": at(f"2026-{month:02}-06")}
            for month in (4, 5)
        ],
        tickets=[{"created_at": at("2026-05-01"), "responded_at": at("2026-05-02")}],
    )


def parts(made: Why, place: int = 0) -> dict[Any, Any]:
    found = made.divisions[place].parts
    return {part.value if part.kind != "several" else "several": part for part in found}


def test_win_rate_by_channel(acme: Workspace) -> None:
    made = acme.why("win_rate", "2026-04", "2026-05", by=["channel"])
    before, after = 61 / 130, 70 / 165
    middle = (before + after) / 2
    assert made.change == pytest.approx(after - before, abs=1e-12)
    found = parts(made)
    assert {value: part.kind for value, part in found.items()} == {
        "web": "both", "event": "both", "fair": "went", None: "came",
    }  # fmt: skip
    web, event = found["web"], found["event"]
    assert (web.before, web.after, web.rate_effect) == (0.4, 0.4, 0)
    assert web.mix_effect == pytest.approx((150 / 165 - 100 / 130) * (0.4 - middle))
    assert event.rate_effect == pytest.approx((10 / 165 + 20 / 130) / 2 * (0.9 - 0.8))
    assert event.mix_effect == pytest.approx((10 / 165 - 20 / 130) * (0.85 - middle))
    assert found["fair"].effect == pytest.approx(-10 / 130 * (0.5 - middle))
    assert found[None].effect == pytest.approx(5 / 165 * (0.2 - middle))
    assert math.fsum(p.effect for p in found.values()) == pytest.approx(made.change, abs=1e-12)
    assert (web.verdict, found["fair"].verdict) == ("noise", None)
    assert (web.n_before, web.n_after, web.p) == (100, 150, 1.0)


def test_few_rows_have_no_verdict(acme: Workspace) -> None:
    made = acme.why("average_order_value", "2026-04", "2026-05", by=["channel"])
    assert (made.verdict, made.p) == ("n too small", None)
    assert parts(made)["web"].verdict == "n too small"


def test_a_customer_in_two_channels_is_a_part_of_its_own(acme: Workspace) -> None:
    made = acme.why("margin_per_customer", "2026-04", "2026-05", by=["channel"])
    assert (made.before.value, made.after.value) == (500 / 3, 800 / 3)
    found = parts(made)
    assert found["mail"].kind == "came"
    # web: 2 customers of 3 both times; 200 and 300 of margin
    assert (found["web"].rate_effect, found["web"].mix_effect) == (pytest.approx(100 / 3), 0)
    # margin is counted once; one customer more stands below the line, both times
    assert found["several"].kind == "several"
    sums = math.fsum(part.effect for part in found.values())
    assert sums == pytest.approx(made.change, abs=1e-9)


def test_spend_per_customer_by_channel_and_as_two_totals(acme: Workspace) -> None:
    made = acme.why("cac", "2026-04", "2026-05", by=["channel"])
    # 150 → 200: spend 1500 → 1600, customers 10 → 8
    assert made.change == 50
    assert made.above_effect == pytest.approx(100 * (1 / 10 + 1 / 8) / 2)
    assert made.below_effect == pytest.approx((1 / 8 - 1 / 10) * 3100 / 2)
    found = parts(made)
    assert {value: part.kind for value, part in found.items()} == {
        "web": "both", "fair": "no_rate", "event": "came",
    }  # fmt: skip
    assert found["fair"].effect == -50  # 500 ÷ 10 went with it
    assert found["event"].effect == pytest.approx(2 / 8 * (0 - 175))
    assert math.fsum(part.effect for part in found.values()) == pytest.approx(50, abs=1e-12)


def test_counts_and_sums_add_up(acme: Workspace) -> None:
    made = acme.why("revenue", "2026-04", "2026-05", by=["channel"])
    assert {part.value: part.effect for part in made.divisions[0].parts} == {
        "mail": 900, "shop": -500, "web": 200,
    }  # fmt: skip
    assert made.change == 600
    narrowed = acme.why("revenue", "2026-04", "2026-05", by=["channel"], where={"channel": "web"})
    assert narrowed.change == 200


def test_the_dimension_that_explains_comes_first(tmp_path: Path) -> None:
    # the segment decides: large customers win more often in May; the channel is a coin
    deals = [
        {
            "created_at": at("2026-01-01"),
            "closed_at": at(f"2026-{month:02}-05"),
            "outcome": "won" if i % 10 < won else "lost",
            "channel": ("web", "event")[i // 10 % 2],
            "kind": kind,
        }
        for month, won, kind in ((4, 4, "new"), (4, 4, "renewal"), (5, 2, "new"), (5, 8, "renewal"))
        for i in range(200)
    ]
    acme = company(tmp_path, toml='observed_until = "2026-06-15"', deals=deals)
    made = acme.why("win_rate", "2026-04", "2026-05", by=["channel", "kind"])
    assert [one.dimension for one in made.divisions] == ["kind", "channel"]
    assert made.divisions[0].explains > 0
    assert made.divisions[1].explains == 0
    assert made.divisions[1].apart < made.divisions[1].by_chance
    assert {part.verdict for part in made.divisions[0].parts} == {"signal"}


def test_refusals_name_the_remedy(acme: Workspace) -> None:
    def refused(code: str, *asked: str, **more: Any) -> str:
        with pytest.raises(KadarError) as caught:
            acme.why(*asked, **more)
        assert caught.value.code == code
        return str(caught.value)

    said = refused("KDR-WHY-001", "first_response_time", "2026-04", "2026-05")
    assert "mean" in said
    refused("KDR-WHY-001", "churn_rate", "2026-04", "2026-05", variant="daily")
    refused("KDR-WHY-002", "win_rate", "2026-Q1", "2026-05")
    refused("KDR-WHY-002", "win_rate", "all", "all")
    refused("KDR-WHY-003", "win_rate", "2026-05", "2026-06")
    refused("KDR-WHY-004", "win_rate", "2026-03", "2026-05")
    refused("KDR-WHY-005", "lead_conversion_rate", "2026-04", "2026-05")
    refused("KDR-ASK-004", "win_rate", "2026-04", "2026-05", by=["colour"])
    allowed = acme.why("win_rate", "2026-05", "2026-06", allow_incomplete=True)
    assert not allowed.after.complete


def test_which_formulas_can_be_taken_apart(acme: Workspace) -> None:
    kinds = {
        f"{made.name} {name}": type(shape(made.formula(name)))
        for made in acme.kpis
        for name in made.variants
    }
    assert kinds["nps default"] is Ratio
    assert kinds["churn_rate default"] is Ratio
    assert kinds["spend default"] is Total
    assert kinds["clv historic"] is Ratio
    assert kinds["clv to_cac"] is type(None)
    assert kinds["clv simple"] is type(None)
    assert kinds["resolution_time p90"] is type(None)
    scores = shape(acme.kpis["nps"].formula("default"))
    assert isinstance(scores, Ratio)
    assert scores.scale == 100


def test_command_prints_tables_and_records(
    acme: Workspace,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("COLUMNS", "140")  # wide enough for every part's name on one line
    asked = ["why", "win_rate", "--from", "2026-04", "--to", "2026-05", "--by", "channel"]
    asked += ["--project", str(acme.project.folder)]
    assert main(asked) == 0
    said = capsys.readouterr().out
    assert "2026-04 46.9% → 2026-05 42.4%: -4.5 pp" in said
    assert "only in the earlier period" in said
    assert "Kitagawa" in said

    assert main([*asked, "--format", "json"]) == 0
    records = json.loads(capsys.readouterr().out)
    assert [record["kind"] for record in records[:1]] == ["whole"]
    whole, *found = records
    assert math.fsum(record["effect"] for record in found) == pytest.approx(whole["effect"])
    assert main([*asked, "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["value"] for row in rows] == [record["value"] or "" for record in records]
    file = tmp_path / "why.parquet"
    assert main([*asked, "--format", "parquet", "--output", str(file)]) == 0
    with duckdb.connect() as connection:
        kept = connection.execute(
            f"SELECT sum(effect) FROM '{file}' WHERE dimension = 'channel'"
        ).fetchall()
    assert kept[0][0] == pytest.approx(whole["effect"])

    asked[asked.index("2026-05")] = "2026-06"
    assert main(asked) == 1
    assert "KDR-WHY-003" in capsys.readouterr().err
    assert main([*asked, "--allow-incomplete"]) == 0
    assert "not finished" in capsys.readouterr().out
