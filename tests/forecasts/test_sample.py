"""Large companies: a model learns from, and is tested on, a fixed part of the customers."""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import md5
from pathlib import Path

import numpy as np
import pytest

from kadar.forecasts import ParetoNBD, behaviour, churn, sample
from kadar.forecasts.backtest import FAMILY
from kadar.forecasts.calendar import months_on
from kadar.workspace import Workspace
from tests.forecasts.shop import END, bought, drawn, shop

LARGEST, EVERY = 220, 300
ORDERS = drawn(EVERY)
DAYS = bought(ORDERS)
BELOW = 16**8 * LARGEST // EVERY
CHOSEN = {
    who for who in DAYS if int(md5(who.encode(), usedforsecurity=False).hexdigest()[:8], 16) < BELOW
}


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setattr(sample, "LARGEST", LARGEST)
    return shop(tmp_path, ORDERS)


def test_the_backtest_is_of_the_customers_whose_ids_say_so(work: Workspace) -> None:
    assert 180 < len(CHOSEN) < 260
    made = work.forecasts.backtest(origins=2, horizon=6)
    assert made.sampled_from == EVERY
    for cut, until in ((date(2025, 1, 1), date(2025, 7, 1)), (date(2025, 7, 1), END)):
        known = [DAYS[who] for who in CHOSEN if DAYS[who][0] < cut]
        came = sum(cut <= day < until for days in known for day in days)
        assert made.came[cut][-1] == came
        for score in made.scores:
            if score.origin == cut:
                assert score.customers == len(known)
                assert score.counts is None or score.counts.actual == came


def test_everybody_is_valued_by_what_the_sample_taught(work: Workspace) -> None:
    made = work.forecasts.clv()
    rows = {row["customer_id"]: row for row in made}
    assert set(rows) == set(DAYS)
    tested = work.forecasts.backtest()
    last = END.toordinal() - 1

    def known(ids: list[str]) -> tuple[np.ndarray, ...]:
        days = [DAYS[who] for who in ids]
        return (
            np.array([len(d) - 1 for d in days]),
            np.array([(d[-1] - d[0]).days for d in days]),
            np.array([last - d[0].toordinal() for d in days]),
        )

    model = FAMILY[tested.best]().fit(*known(sorted(CHOSEN)))
    ids = sorted(DAYS)
    expected = model.expected_purchases((months_on(END, 36) - END).days, *known(ids))
    found = [rows[who]["expected_purchases"] for who in ids]
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    answer = work.ask("clv")
    tested_on = max(score.customers for score in tested.scores)
    assert any(f"a fixed sample: {tested_on} of {EVERY} customers" in note for note in answer.notes)


def test_a_company_that_is_not_large_is_taken_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sample, "LARGEST", EVERY)
    work = shop(tmp_path, ORDERS)
    made = work.forecasts.backtest(origins=2, horizon=6)
    assert made.sampled_from is None
    cut = date(2025, 7, 1)
    known = sum(days[0] < cut for days in DAYS.values())
    assert {score.customers for score in made.scores if score.origin == cut} == {known}


def test_what_is_learnt_of_churn_is_the_samples(
    work: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(behaviour, "FEW", 10)  # of more, statements do not name each
    cut = date(2025, 7, 1)
    with work.asking() as asking:
        seen = churn._Snapshots(asking, ParetoNBD.name, 6).at(cut)
    known = sorted(who for who in CHOSEN if DAYS[who][0] < cut)
    assert list(seen.behaviour.customer_ids) == known
    lost = [not any(cut <= day < END for day in DAYS[who]) for who in known]
    np.testing.assert_array_equal(seen.lost, lost)
    placed = [row["customer_id"] for row in ORDERS
              if cut - timedelta(days=90) <= row["ordered_at"].date() < cut]  # fmt: skip
    np.testing.assert_array_equal(
        seen.behaviour.raw["orders"], [placed.count(who) for who in known]
    )
