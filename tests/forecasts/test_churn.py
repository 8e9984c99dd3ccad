"""Churn from behaviour: features by hand, nothing from after the cut, its record, its reasons."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kadar.asking import Asking
from kadar.forecasts.behaviour import Behaviour
from kadar.forecasts.calendar import months_on
from kadar.forecasts.churn import _Snapshots
from kadar.forecasts.kept import classifier
from kadar.forecasts.reasons import spoken
from kadar.workspace import Workspace
from tests.companies import company
from tests.forecasts import contracts as under_contract
from tests.forecasts.moods import END, TOML, Tables, moody
from tests.forecasts.shop import drawn, shop

ROWS = moody()
CUT = date(2025, 7, 1)
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return company(tmp_path_factory.mktemp("moody"), toml=TOML, **ROWS)


def snapshot(work: Workspace, cut: date) -> Behaviour:
    with Asking(work.project) as asking:
        model = work.forecasts.backtest().best
        return _Snapshots(asking, model, 6).at(cut).behaviour


def shifted(tables: Tables, cut: date, seed: int) -> Tables:
    """Everything from the cut on happens later, by a random time: what was before it stays."""
    random = np.random.default_rng(seed)
    opens = datetime.combine(cut, time(), UTC)
    made: Tables = {}
    for table, rows in tables.items():
        made[table] = []
        for row in rows:
            shift = timedelta(days=float(random.exponential(40)))
            made[table].append(
                {
                    key: value + shift if isinstance(value, datetime) and value >= opens else value
                    for key, value in row.items()
                }
            )
    return made


def test_features_are_what_they_are_called(work: Workspace) -> None:
    seen = snapshot(work, CUT)
    opens = datetime.combine(CUT, time(), UTC)

    def mine(table: str, column: str, who: str, days: int = 9999) -> list[dict[str, Any]]:
        since = opens - timedelta(days=days)
        return [r for r in ROWS[table] if r["customer_id"] == who and since <= r[column] < opens]

    assert len(seen) > 150
    for i, who in enumerate(seen.customer_ids):
        raw = {name: values[i] for name, values in seen.raw.items()}
        orders = mine("orders", "ordered_at", who)
        lately = mine("orders", "ordered_at", who, 90)
        before = [r for r in mine("orders", "ordered_at", who, 180) if r not in lately]
        assert (raw["orders"], raw["orders_before"]) == (len(lately), len(before))
        assert raw["revenue"] == pytest.approx(sum(r["revenue"] for r in lately))
        days = sorted({r["ordered_at"].date() for r in orders})
        assert raw["recency"] == (CUT - days[-1]).days - 1  # to the last day known
        assert raw["frequency"] == len(days) - 1
        contacts = mine("interactions", "occurred_at", who)
        if contacts:
            last = max(r["occurred_at"] for r in contacts).date()
            assert raw["contact_gap"] == (CUT - last).days
        else:
            assert np.isnan(raw["contact_gap"])
        assert raw["contacts"] == len(mine("interactions", "occurred_at", who, 90))
        tickets = mine("tickets", "created_at", who)
        assert raw["tickets"] == len(mine("tickets", "created_at", who, 90))
        assert raw["open_tickets"] == sum(r["resolved_at"] >= opens for r in tickets)
        waits = [
            (r["responded_at"] - r["created_at"]).total_seconds() / 3600
            for r in mine("tickets", "created_at", who, 180)
            if r["responded_at"] < opens
        ]
        scores = [r["score"] for r in mine("surveys", "answered_at", who, 365)]
        for name, values in (("reply_hours", waits), ("nps", scores)):
            if values:
                assert raw[name] == pytest.approx(np.mean(values), abs=0.02)
            else:
                assert np.isnan(raw[name])


def test_what_happens_after_the_cut_changes_no_feature(tmp_path: Path, work: Workspace) -> None:
    seen = snapshot(work, CUT)
    later = shifted(ROWS, CUT, 5)
    moved = sum(a != b for t in ROWS for a, b in zip(ROWS[t], later[t], strict=True))
    assert moved > 500
    other = company(tmp_path, toml=TOML, **later)
    with Asking(other.project) as asking:
        again = _Snapshots(asking, work.forecasts.backtest().best, 6).at(CUT).behaviour
    assert again.customer_ids.tolist() == seen.customer_ids.tolist()
    assert again.features.keys() == seen.features.keys() > {"model", "nps", "reply_hours"}
    for name, values in seen.features.items():
        np.testing.assert_array_equal(again.features[name], values, err_msg=name)


def test_nor_of_customers_under_contract(tmp_path: Path) -> None:
    rows = under_contract.subscribed(250)
    cut, found = date(2025, 1, 1), []
    raised = []
    for row in rows:  # a new price from some day on: the row ends, and another begins
        day = row["started_at"] + timedelta(days=200)
        if (row["ended_at"] or NEVER) > day and day.date() < under_contract.END:
            raised.append({**row, "started_at": day, "monthly_amount": row["monthly_amount"] + 5})
            row["ended_at"] = day
    rows = [*rows, *raised]
    for name, tables in (("as it was", {"subscriptions": rows}),
                         ("noisy", shifted({"subscriptions": rows}, cut, 6))):  # fmt: skip
        (tmp_path / name).mkdir()
        work = company(tmp_path / name, toml=under_contract.TOML, **tables)
        with Asking(work.project) as asking:
            found.append(_Snapshots(asking, "sBG", 6).at(cut))
    one, two = (made.behaviour for made in found)
    assert one.customer_ids.tolist() == two.customer_ids.tolist()
    assert "price" in one.features
    assert np.nanmax(one.features["price"]) > 0
    for name, values in one.features.items():
        np.testing.assert_array_equal(two.features[name], values, err_msg=name)
    assert found[0].lost.tolist() != found[1].lost.tolist()  # what then came did change


def test_it_is_used_where_its_record_is_better_and_says_so(work: Workspace) -> None:
    made = work.forecasts.churn()
    learnt = made.classifier
    assert learnt is not None
    assert learnt.fitted is not None
    assert learnt.trials[-1].origin == CUT
    for trial in learnt.trials:
        assert trial.with_behaviour.brier < trial.alone.brier
        assert trial.with_behaviour.auc is not None
        assert trial.alone.auc is not None
        assert trial.with_behaviour.auc > trial.alone.auc
    assert "the model alone" in learnt.said
    rows = list(made)
    for row in rows:
        odds = sum(value for name, value in row.items() if name.startswith("log_odds_"))
        assert row["risk"] == pytest.approx(1 / (1 + np.exp(-odds)))
        assert row["at_stake"] == pytest.approx(row["clv"] * row["risk"])
    assert learnt.fitted.terms["nps"].coefficient < 0  # a low score raises the risk
    listed = {row["customer_id"]: row["risk"] for row in work.forecasts.clv()}
    assert listed == {row["customer_id"]: row["risk"] for row in rows}


def test_some_customers_have_the_rows_they_have_among_all(work: Workspace) -> None:
    rows = {row["customer_id"]: row for row in work.forecasts.churn()}
    ids = ["c003", "c017", "c100", "nobody'; --"]
    some = list(work.forecasts.of(ids))
    assert {row["customer_id"] for row in some} == {who for who in ids if who in rows}
    for row in some:
        for name, value in rows[row["customer_id"]].items():
            assert row[name] == (pytest.approx(value) if isinstance(value, float) else value)


def test_the_record_is_of_what_was_known_at_the_origin(work: Workspace) -> None:
    """At each origin: learnt from what was over two horizons back, calibrated on one back."""
    with Asking(work.project) as asking:
        best = work.forecasts.backtest().best
        made = _Snapshots(asking, best, 6)
        for trial in classifier(asking, asking.predictions()).trials:
            days = made.learnt_from(trial.origin)
            assert days
            assert max(days) == months_on(trial.origin, -12)
            fitted = made.fitted(trial.origin)
            assert fitted is not None
            seen = made.at(trial.origin)
            chance = 1 / (1 + np.exp(-fitted.log_odds(seen.behaviour.features)))
            assert trial.with_behaviour.brier == pytest.approx(((chance - seen.lost) ** 2).mean())
            assert trial.alone.brier == pytest.approx(((seen.probability - seen.lost) ** 2).mean())
            until = datetime.combine(months_on(trial.origin, 6), time(), UTC)
            opens = datetime.combine(trial.origin, time(), UTC)
            bought = {r["customer_id"] for r in ROWS["orders"] if opens <= r["ordered_at"] < until}
            assert seen.lost.tolist() == [who not in bought for who in seen.behaviour.customer_ids]


def test_reasons_are_told_in_three_languages(work: Workspace) -> None:
    rows = list(work.forecasts.churn(limit=60))
    said = " ".join(row["reason"] for row in rows)
    assert "of 10 in NPS" in said
    assert "last contact" in said
    worst = max(rows, key=lambda row: row["log_odds_nps"])
    assert "of 10 in NPS" in worst["reason"] or "answered no NPS survey" in worst["reason"]
    for language in ("ms", "zh_CN"):
        for row in rows:
            parts = row["reason"].split("; ")
            told = spoken(row["reason"], language).split("; ")
            assert len(told) == len(parts)
            assert all(a != b for a, b in zip(parts, told, strict=True))


def test_without_enough_to_learn_from_the_risk_is_the_models(tmp_path: Path) -> None:
    made = shop(tmp_path / "short", drawn()).forecasts.churn()
    assert made.classifier is not None
    assert made.classifier.fitted is None
    assert "The risk is the model's alone" in made.classifier.said
    for row in made:
        assert row["risk"] == row["probability_no_purchase"]
        assert not any(name.startswith("log_odds") for name in row)


def test_behaviour_that_says_nothing_is_not_used(tmp_path: Path) -> None:
    """The same orders, and contacts and scores that have nothing to do with them."""
    random = np.random.default_rng(9)
    ids = [f"c{i:03}" for i in range(260)]
    span = (END - date(2023, 5, 1)).days
    noise = [
        {"customer_id": ids[int(random.integers(260))], "kind": "nps",
         "score": int(random.integers(0, 11)),
         "answered_at": datetime(2023, 5, 1, tzinfo=UTC)
         + timedelta(days=float(random.uniform(0, span)))}
        for _ in range(1500)
    ]  # fmt: skip
    work = company(tmp_path, toml=TOML, orders=ROWS["orders"], surveys=noise)
    learnt = work.forecasts.churn(limit=1).classifier
    assert learnt is not None
    assert learnt.trials
    if learnt.fitted is not None:  # orders alone may do better: the noise has no part in it
        assert abs(learnt.fitted.terms["nps"].coefficient) < 0.25
