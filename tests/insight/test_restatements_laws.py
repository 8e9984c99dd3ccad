"""Whatever is loaded in whatever order, the parts sum to the change, and both ends are `ask`'s."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kadar.errors import KadarError
from tests.synced import Row, Synced, moment

DAYS = ("2026-04-01", "2026-04-03", "2026-04-07")
KPIS = ("win_rate", "revenue", "active_customers", "average_order_value")
DAY = st.integers(20, 59).map(lambda d: f"2026-0{2 + d // 29}-{1 + d % 28:02}")
CUSTOMER = st.sampled_from("abcd")


def table(key: str, **columns: st.SearchStrategy[object]) -> st.SearchStrategy[list[Row]]:
    """Some rows of one table, with distinct keys of a few."""
    row = st.fixed_dictionaries({key: st.integers(1, 6).map(str), **columns})
    return st.lists(row, max_size=6, unique_by=lambda made: made[key])


LOAD = st.fixed_dictionaries(
    {
        "deals": table(
            "deal_id", closed_at=DAY, outcome=st.sampled_from(("won", "lost")), customer_id=CUSTOMER
        ),
        "shop__orders": table(
            "order_id", ordered_at=DAY, customer_id=CUSTOMER, revenue=st.integers(1, 99),
            currency=st.sampled_from(("USD", "MYR")),
        ),
        "web__orders": table(
            "order_id", ordered_at=DAY, customer_id=CUSTOMER, revenue=st.integers(1, 99),
            currency=st.sampled_from(("USD", "MYR")),
        ),
        "customers": st.lists(
            st.fixed_dictionaries(
                {"customer_id": CUSTOMER, "name": st.just("x"),
                 "merged_into": st.one_of(st.none(), CUSTOMER)}
            ),
            max_size=4, unique_by=lambda made: made["customer_id"],
        ),
        "fx_rates": st.lists(
            st.fixed_dictionaries({"currency": st.just("USD"), "valid_at": DAY,
                                   "rate": st.integers(3, 6)}),
            max_size=3, unique_by=lambda made: made["valid_at"],
        ),
    }
)  # fmt: skip
SOURCES = {
    "deals": ("closed_at", "outcome", "customer_id"),
    "shop:orders": ("ordered_at", "customer_id", "revenue", "currency"),
    "web:orders": ("ordered_at", "customer_id", "revenue", "currency"),
    "customers": ("name", "merged_into"),
    "fx_rates": ("rate",),
}


PAIRS = ((DAYS[0], DAYS[2]), (DAYS[1], None), (DAYS[0], DAYS[1]))


@pytest.mark.slow
@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(
    loads=st.tuples(LOAD, LOAD, LOAD),
    stated=st.booleans(),
    active=st.sampled_from((20, 40)),
    kpis=st.permutations(KPIS),
    pair=st.sampled_from(PAIRS),
)
def test_parts_sum_exactly_and_both_ends_are_what_ask_says(
    loads: tuple[dict[str, list[Row]], ...],
    stated: bool,
    active: int,
    kpis: list[str],
    pair: tuple[str, str | None],
) -> None:
    with TemporaryDirectory() as folder:
        made = Synced(Path(folder), SOURCES)
        made.company = f'currency = "MYR"\ninactive_after_days = {active}\n'
        made.company += 'observed_until = "2026-04-05"\n' if stated else ""
        for day, load in zip(DAYS, loads, strict=True):
            made.sync(day, **load)
        since, until = pair
        for kpi in kpis[:2]:
            check(made, kpi, moment(since), moment(until) if until else None)


def check(made: Synced, kpi: str, since: datetime, until: datetime | None) -> None:
    asked = [ask(made, kpi, since), ask(made, kpi, until)]
    if None in asked:  # no number at one end, or the data has not come so far
        with pytest.raises(KadarError, match=r"KDR-RST-002|KDR-ASK-021"):
            made.open().restatements(kpi, "2026-03", since=since, until=until)
        return
    found = made.open().restatements(kpi, "2026-03", since=since, until=until)
    assert [found.before.value, found.after.value] == asked
    assert sum((cause.effect for cause in found.causes), Fraction(0)) == found.change
    values = [found.causes[0].before, *(cause.after for cause in found.causes)]
    assert [values[0], values[-1]] == asked
    for cause in found.causes:
        assert not (cause.effect and not cause.rows and cause.name != "reach")
        for record in cause.records:
            assert record.columns or cause.name == "edited"
    if kpi == "revenue":  # amounts add up: records that are alone behind their rows make it all
        for cause in found.causes:
            if all(record.parts or not record.key for record in cause.records):
                parts = [record.parts["numerator"] for record in cause.records if record.key]
                assert abs(sum(b - a for a, b in parts) - cause.effect) < 1e-9


def ask(made: Synced, kpi: str, as_of: datetime | None) -> float | None:
    rows = made.open(as_of).ask(kpi, since="2026-03-01", until="2026-04-01").rows
    return rows[0].value if rows else None
