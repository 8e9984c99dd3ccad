"""Spells against asking, moment by moment, whether any window is open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import duckdb
import pytest
from derive_model import Crm
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

START = datetime(2017, 9, 1, tzinfo=UTC)
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)  # a derivation is slow to shrink by
ENDLESS = datetime(2100, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
Window = tuple[datetime, datetime]

moments = st.builds(
    lambda days, minutes: START + timedelta(days=days, minutes=minutes),
    st.integers(0, 260),
    st.sampled_from([0, 0, 180, 240, 300, 719, 1439]),
)
customers = st.sampled_from(["a", "b", None])
orders = st.lists(
    st.tuples(customers, moments, st.sampled_from([None, 10, -10, 0])), min_size=1, max_size=20
)
subscriptions = st.lists(
    st.tuples(st.sampled_from(["a", "b"]), moments, st.one_of(st.none(), st.integers(0, 90 * 24))),
    min_size=1,
    max_size=12,
)


@pytest.fixture(scope="module")
def store() -> Iterator[Crm]:
    connection = duckdb.connect(config={"threads": 1})
    yield Crm(connection)
    connection.close()


def later(moment: datetime, days: int, zone: ZoneInfo) -> datetime:
    """So many local days later, the time since the day opened kept."""

    def opened(day: datetime) -> datetime:
        at = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
        while at.astimezone(zone).day != day.day:  # midnight does not exist
            at += timedelta(hours=1)
        return at

    local = moment.astimezone(zone)
    noon = datetime(local.year, local.month, local.day, 12)  # noqa: DTZ001  (a day, no moment)
    then = noon + timedelta(days=days)
    return min(opened(then) + (moment - opened(noon)), opened(then + timedelta(days=1)))


def spells_of(crm: Crm) -> dict[str, list[Window]]:
    found: dict[str, list[Window]] = defaultdict(list)
    rows = crm.rows("SELECT customer_id, started_at, ended_at FROM crm.spells ORDER BY 1, 2")
    for customer, *bounds in rows:
        begins, ends = (
            datetime.fromisoformat(b).replace(tzinfo=UTC) if b else ENDLESS for b in bounds
        )
        found[customer].append((begins, ends))
    return found


def check(spells: list[Window], windows: list[Window]) -> None:
    for begins, ends in spells:
        assert begins < ends
    for before, after in pairwise(spells):
        assert before[1] < after[0]  # they never overlap nor touch
    edges = {edge for window in [*spells, *windows] for edge in window}
    for moment in {edge + step for edge in edges for step in (-SECOND, 0 * SECOND, SECOND)}:
        active = any(begins <= moment < ends for begins, ends in windows)
        assert active == any(begins <= moment < ends for begins, ends in spells), moment


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "America/Sao_Paulo"])
@settings(max_examples=8, deadline=None, phases=PHASES)
@given(given_orders=orders, days=st.sampled_from([1, 30, 90]))
def test_without_contracts_a_spell_is_the_union_of_the_windows_of_purchases(
    store: Crm, zone: str, given_orders: list[tuple[str | None, datetime, int | None]], days: int
) -> None:
    store.clear()
    windows: dict[str, list[Window]] = defaultdict(list)
    for at, (customer, moment, revenue) in enumerate(given_orders):
        store.put(
            "orders",
            {
                "order_id": str(at),
                "customer_id": customer,
                "ordered_at": moment,
                "revenue": revenue,
            },
        )
        if customer and (revenue is None or revenue > 0):
            windows[customer].append((moment, later(moment, days, ZoneInfo(zone))))
    store.derive(inactive_after_days=days, time_zone=zone)
    spells = spells_of(store)
    assert spells.keys() == windows.keys()
    for customer, found in spells.items():
        check(found, windows[customer])


@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
@settings(max_examples=8, deadline=None, phases=PHASES)
@given(given_subscriptions=subscriptions, grace=st.sampled_from([0, 1, 30]))
def test_with_contracts_a_spell_is_the_union_of_subscriptions_and_bridged_gaps(
    store: Crm,
    zone: str,
    given_subscriptions: list[tuple[str, datetime, int | None]],
    grace: int,
) -> None:
    store.clear()
    windows: dict[str, list[Window]] = defaultdict(list)
    for at, (customer, begins, hours) in enumerate(given_subscriptions):
        ends = None if hours is None else begins + timedelta(hours=hours)
        store.put(
            "subscriptions",
            {
                "subscription_id": str(at),
                "customer_id": customer,
                "started_at": begins,
                "ended_at": ends,
            },
        )
        if ends is None or ends > begins:
            windows[customer].append((begins, ends or ENDLESS))
    store.derive(contract=True, grace_days=grace, time_zone=zone)
    spells = spells_of(store)
    assert spells.keys() == windows.keys()
    for customer, found in spells.items():
        own = windows[customer]
        for _, ends in [w for w in own if w[1] != ENDLESS]:  # bridge the gaps
            reach = later(ends, grace, ZoneInfo(zone))
            next_one = min((b for b, _ in own if b > ends), default=None)
            if next_one is not None and next_one <= reach:
                own = [*own, (ends, next_one)]
        check(found, own)


def test_a_day_is_the_companys_whatever_its_clocks_do(crm: Crm) -> None:
    crm.put("orders", {"order_id": "1", "customer_id": "c", "ordered_at": "2024-01-01 05:00:00+00"})
    crm.derive(time_zone="America/New_York", inactive_after_days=91)
    assert crm.rows("SELECT spell_id, ended_at, started_on, ended_on FROM crm.spells")[0][1] == (
        "2024-04-01 04:00:00"  # midnight of summer time
    )


def test_a_spell_ends_for_the_reason_of_its_last_subscription(crm: Crm) -> None:
    subscription = {"customer_id": "c", "end_reason": "upgrade", "involuntary": False}
    crm.put(
        "subscriptions",
        subscription
        | {"subscription_id": "1", "started_at": "2024-01-01", "ended_at": "2024-02-01"},
        subscription
        | {
            "subscription_id": "2",
            "started_at": "2024-02-01",
            "ended_at": "2024-03-01",
            "end_reason": "card refused",
            "involuntary": True,
        },
        subscription
        | {
            "subscription_id": "3",
            "started_at": "2024-06-01",
            "ended_at": None,
            "end_reason": None,
        },
    )
    crm.derive(contract=True)
    assert crm.rows(
        "SELECT spell_id, started_at, ended_at, end_reason, involuntary FROM crm.spells ORDER BY 2"
    ) == [
        ("c#1", "2024-01-01 00:00:00", "2024-03-01 00:00:00", "card refused", True),
        ("c#2", "2024-06-01 00:00:00", None, None, False),
    ]
