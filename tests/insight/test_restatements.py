"""Restatements: why a reported number is another now. Real files, real syncs, real history."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from kadar.decisions import Decision, add, pair_id
from kadar.errors import KadarError
from kadar.insight.causes import ORDER, Cause
from kadar.insight.restatements import Restatements
from kadar.measure.written import version
from tests.synced import Row, Synced, moment

OWN = '''"""Big deals."""
from kadar.kpi import NUMBER, UP, Crm, Formula, _, kpi
@kpi(unit=NUMBER, better=UP)
def big_deals(crm: Crm) -> Formula:
    """Deals closed that are worth something."""
    return crm.deals.closed.count(_.amount >= {least})
'''


class Company(Synced):
    """A company whose restated March is explained."""

    def why(self, kpi: str, since: str = "2026-04-01", **asked: Any) -> Restatements:
        """Explain March."""
        made = self.open().restatements(kpi, "2026-03", since=moment(since), **asked)
        add_up(made)
        return made


def add_up(made: Restatements) -> None:
    assert [cause.name for cause in made.causes] == list(ORDER)
    assert made.before.value is not None
    assert made.after.value is not None
    assert sum((cause.effect for cause in made.causes), Fraction(0)) == made.change
    assert made.change == Fraction(made.after.value) - Fraction(made.before.value)
    last = made.before.value
    for cause in made.causes:
        assert cause.before == last
        last = cause.after
    assert last == made.after.value


def moving(made: Restatements) -> dict[str, Cause]:
    return {cause.name: cause for cause in made.causes if cause.effect}


def keys(cause: Cause) -> list[tuple[object, ...]]:
    return [(one.table, *one.key.values()) for one in cause.records]


def deal(number: object, day: int, outcome: str = "won", **more: object) -> Row:
    return {
        "deal_id": number, "created_at": "2026-01-05", "closed_at": f"2026-03-{day:02}",
        "outcome": outcome, **more,
    }  # fmt: skip


def order(number: object, day: str, customer: str, revenue: float, **more: object) -> Row:
    return {
        "order_id": number, "ordered_at": day, "customer_id": customer, "revenue": revenue, **more,
    }  # fmt: skip


DEALS = ("created_at", "closed_at", "outcome", "amount", "customer_id")
ORDERS = ("ordered_at", "customer_id", "revenue", "currency")


def test_one_deal_edited_after_the_report_is_one_line_with_that_deal(tmp_path: Path) -> None:
    made = Company(tmp_path, {"deals": DEALS})
    deals = [deal("1", 2), deal("2", 3, "lost"), deal("3", 4, "lost")]
    made.sync("2026-04-01", deals=deals)
    reported = made.value("win_rate")
    made.sync("2026-04-09", deals=[*deals[:2], deal("3", 4, "won")])
    found = made.why("win_rate")
    assert (found.before.value, found.after.value) == (reported, made.value("win_rate"))
    ((name, cause),) = moving(found).items()
    assert name == "edited"
    (record,) = cause.records
    assert (record.table, record.key, record.source) == ("deals", {"deal_id": "3"}, "deals")
    assert record.recorded_at == moment("2026-04-09")
    assert record.columns == {"outcome": ("lost", "won")}
    assert record.parts == {"numerator": (0.0, 1.0)}
    assert [one["key"] for one in found.touched()] == [{"deal_id": "3"}]


def test_edits_that_do_not_touch_the_number_are_counted_not_listed(tmp_path: Path) -> None:
    made = Company(tmp_path, {"deals": DEALS})
    made.sync("2026-04-01", deals=[deal("1", 2, amount=5), deal("2", 3, "lost")])
    made.sync("2026-04-09", deals=[deal("1", 2, amount=6), deal("2", 3, "lost"),
                                   {**deal("3", 1), "closed_at": "2026-02-20"}])  # fmt: skip
    found = made.why("win_rate")
    assert not found.change
    assert {c.name: (c.rows, len(c.records)) for c in found.causes if c.rows} == {
        "edited": (1, 0), "late": (1, 0)}  # fmt: skip


def test_late_and_deleted_rows_each_have_their_share(tmp_path: Path) -> None:
    made = Company(tmp_path, {"orders": ORDERS})
    orders = [order(str(i), f"2026-03-{i:02}", "a", 10.5 * i) for i in range(1, 5)]
    made.sync("2026-04-01", orders=orders)
    late = order("9", "2026-03-30", "b", 7)
    made.sync("2026-04-02", orders=[*orders[1:], late])
    found = made.why("revenue")
    assert found.change == Fraction(7) - Fraction(10.5)
    causes = moving(found)
    assert {n: (c.effect, keys(c)) for n, c in causes.items()} == {
        "late": (7, [("orders", "9")]),
        "deleted": (Fraction(-10.5), [("orders", "1")]),
    }
    assert causes["late"].records[0].parts == {"numerator": (0.0, 7.0)}
    assert causes["deleted"].records[0].recorded_at == moment("2026-04-02")


def test_a_row_that_came_and_went_again_is_nothing(tmp_path: Path) -> None:
    made = Company(tmp_path, {"orders": ORDERS})
    orders = [order("1", "2026-03-01", "a", 10)]
    made.sync("2026-04-01", orders=orders)
    made.sync(
        "2026-04-02", orders=[order("1", "2026-03-01", "a", 11), order("2", "2026-03-01", "a", 5)]
    )
    made.sync("2026-04-03", orders=orders)
    found = made.why("revenue")
    assert not found.change
    assert not moving(found)
    between = made.why("revenue", until=moment("2026-04-02"))
    assert {n: c.effect for n, c in moving(between).items()} == {"edited": 1, "late": 5}


def test_customers_merged_later_are_one_cause(tmp_path: Path) -> None:
    customers: list[Row] = [{"customer_id": c, "name": c, "merged_into": None} for c in "abc"]
    made = Company(tmp_path, {"orders": ORDERS, "customers": ("name", "merged_into")})
    made.sync(
        "2026-04-01",
        orders=[order(c, "2026-03-05", c, 10) for c in "abc"],
        customers=customers,
    )
    assert made.value("active_customers") == 3
    made.sync("2026-04-05", customers=[{**customers[0], "merged_into": "b"}, *customers[1:]])
    found = made.why("active_customers")
    ((name, cause),) = moving(found).items()
    assert (name, cause.effect, keys(cause)) == ("merged", -1, [("customers", "a")])
    assert cause.records[0].columns == {"merged_into": (None, "b")}


def test_an_exchange_rate_corrected_later(tmp_path: Path) -> None:
    made = Company(tmp_path, {"orders": ORDERS, "fx_rates": ("rate",)})
    made.company += '\ncurrency = "MYR"'
    rates: list[Row] = [
        {"currency": c, "valid_at": f"2026-{m:02}-01", "rate": r}
        for c, r in (("USD", 4.0), ("EUR", 5.0)) for m in (2, 3)
    ]  # fmt: skip
    orders = [
        order("1", "2026-03-05", "a", 100, currency="USD"),
        order("2", "2026-03-06", "a", 10, currency="EUR"),
        order("3", "2026-03-07", "b", 30, currency="MYR"),
    ]
    made.sync("2026-04-01", orders=orders, fx_rates=rates)
    assert made.value("revenue") == 480
    # both dollar rates corrected: only that of March is applied to an order of March
    corrected = [{**rate, "rate": 4.5} if rate["currency"] == "USD" else rate for rate in rates]
    made.sync("2026-04-02", fx_rates=corrected)
    found = made.why("revenue")
    ((name, cause),) = moving(found).items()
    assert (name, cause.effect, cause.rows) == ("rates", 50, 2)
    (record,) = cause.records
    assert record.key["currency"] == "USD"
    assert record.key["valid_at"] == datetime(2026, 3, 1, tzinfo=UTC)
    assert record.columns == {"rate": (4.0, 4.5)}
    assert record.parts == {"numerator": (400.0, 450.0)}


def test_causes_that_meet_are_taken_in_order_and_still_add_up(tmp_path: Path) -> None:
    """A late order in dollars, whose rate is corrected too: the rate's share is of both orders."""
    made = Company(tmp_path, {"orders": ORDERS, "fx_rates": ("rate",)})
    made.company += '\ncurrency = "MYR"'
    rate: Row = {"currency": "USD", "valid_at": "2026-03-01", "rate": 4.0}
    first = order("1", "2026-03-05", "a", 100, currency="USD")
    made.sync("2026-04-01", orders=[first], fx_rates=[rate])
    late = order("2", "2026-03-06", "b", 10, currency="USD")
    made.sync("2026-04-02", orders=[first, late], fx_rates=[{**rate, "rate": 5.0}])
    causes = moving(made.why("revenue"))
    assert {n: (c.effect, keys(c)[0][:2]) for n, c in causes.items()} == {
        "late": (40, ("orders", "2")),
        "rates": (110, ("fx_rates", "USD")),
    }


def test_a_setting_of_the_kpi_changed(tmp_path: Path) -> None:
    made = Company(tmp_path, {"leads": ("created_at", "converted_at")})
    leads = [
        {"lead_id": str(i), "created_at": "2026-03-01", "converted_at": f"2026-03-{3 + 5 * i:02}"}
        for i in range(5)
    ]
    made.kpi = "[kpi.lead_conversion_rate]\nwindow_days = 90"
    made.sync("2026-04-01", leads=leads)
    assert made.value("lead_conversion_rate") == 1
    made.kpi = "[kpi.lead_conversion_rate]\nwindow_days = 10"
    made.sync("2026-05-01")
    now = made.value("lead_conversion_rate")
    found = made.why("lead_conversion_rate")
    assert (found.before.value, found.after.value) == (1, now)
    ((name, cause),) = moving(found).items()
    assert name == "definition"
    (record,) = cause.records
    assert record.recorded_at == moment("2026-05-01")
    assert record.columns["window_days"] == (90, 10)
    before, after = (one.version for one in found.definitions)
    assert record.columns["version"] == (before, after)
    kpi = made.open().kpis["lead_conversion_rate"]
    assert before == version(kpi.formula(None, {"window_days": 90}))
    # a moment after the change has the new definition already
    assert not moving(made.why("lead_conversion_rate", since="2026-05-02"))


def test_a_kpi_file_of_ones_own_changed_without_a_sync(tmp_path: Path) -> None:
    (tmp_path / "kpis").mkdir()
    own = tmp_path / "kpis" / "own.py"
    own.write_text(OWN.format(least=100), "utf-8")
    made = Company(tmp_path, {"deals": DEALS})
    made.sync("2026-04-01", deals=[deal(str(i), i, amount=50 * i) for i in range(1, 6)])
    assert made.value("big_deals") == 4
    own.write_text(OWN.format(least=200), "utf-8")
    assert made.value("big_deals") == 2
    found = made.why("big_deals")
    ((name, cause),) = moving(found).items()
    assert (name, cause.effect, found.before.value) == ("definition", -2, 4)
    assert cause.records[0].recorded_at is None  # no sync has seen it yet
    assert "amount >= 100" in cause.records[0].columns["formula"][0]


def test_a_policy_of_the_company_changed(tmp_path: Path) -> None:
    made = Company(tmp_path, {"orders": ORDERS})
    made.company = 'inactive_after_days = 90\nobserved_until = "2026-03-31"'
    made.sync(
        "2026-04-01", orders=[order("1", "2026-01-20", "a", 1), order("2", "2026-03-20", "b", 1)]
    )
    assert made.value("active_customers") == 2
    made.company = 'inactive_after_days = 30\nobserved_until = "2026-03-31"'
    made.sync("2026-05-01")
    found = made.why("active_customers")
    ((name, cause),) = moving(found).items()
    assert (name, cause.effect, found.after.value) == (
        "policies",
        -1,
        made.value("active_customers"),
    )
    assert cause.records[0].columns == {"inactive_after_days": (90, 30)}


def test_rows_about_a_time_not_known_then_are_a_cause_of_their_own(tmp_path: Path) -> None:
    """On 11 March nobody knew of the days after the 10th: what happened then is not late."""
    made = Company(tmp_path, {"orders": ORDERS})
    made.company = 'observed_until = "2026-03-10"'
    orders = [order("1", "2026-03-02", "a", 310)]
    made.sync("2026-03-11", orders=orders)
    made.company = 'observed_until = "2026-03-31"'
    orders += [order("2", "2026-03-03", "a", 5), order("3", "2026-03-20", "a", 30)]
    made.sync("2026-04-01", orders=orders)
    found = made.why("revenue", since="2026-03-11")
    assert (found.before.complete, found.after.complete) == (False, True)
    causes = moving(found)
    assert {name: cause.effect for name, cause in causes.items()} == {"late": 5, "reach": 30}
    assert keys(causes["late"]) == [("orders", "2")]
    setting, record = causes["reach"].records
    assert setting.columns["observed_until"] == (
        datetime(2026, 3, 11, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))  # fmt: skip
    assert record.key == {"order_id": "3"}


def test_a_row_that_lets_another_source_win_is_the_late_rows_doing(tmp_path: Path) -> None:
    made = Company(tmp_path, {"crm:deals": DEALS, "old:deals": DEALS})
    made.sync("2026-04-01", old__deals=[deal("1", 2, "lost"), deal("2", 3, "lost")])
    assert made.value("win_rate") == 0
    made.sync("2026-04-02", crm__deals=[deal("1", 2, "won")])  # shadows what the old system says
    found = made.why("win_rate")
    ((name, cause),) = moving(found).items()
    assert (name, cause.effect) == ("late", Fraction(1, 2))
    (record,) = cause.records
    assert (record.source, record.key) == ("crm_deals", {"deal_id": "1"})
    assert record.parts == {"numerator": (0.0, 1.0)}


def test_rows_of_other_tables_behind_the_number_are_found(tmp_path: Path) -> None:
    made = Company(tmp_path, {"tickets": ("created_at",),
                              "ticket_events": ("ticket_id", "occurred_at", "event")})  # fmt: skip
    tickets = [{"ticket_id": str(i), "created_at": "2026-03-02 09:00"} for i in range(3)]

    def replied(ticket: int, hour: int) -> Row:
        return {
            "ticket_id": str(ticket),
            "occurred_at": f"2026-03-02 {hour}:00",
            "event": "responded",
        }

    events = [replied(0, 10), replied(1, 11)]
    made.sync("2026-04-01", tickets=tickets, ticket_events=events)
    made.sync("2026-04-02", ticket_events=[*events, replied(2, 17)])
    found = made.why("first_response_time", variant="default")
    assert (found.before.value, found.after.value) == (1.5, 2)
    ((name, cause),) = moving(found).items()
    assert name == "late"
    ((table, ticket, *_rest),) = keys(cause)
    assert (table, ticket) == ("ticket_events", "2")


def test_a_late_order_that_keeps_a_customer_active_is_found_by_the_customer(tmp_path: Path) -> None:
    made = Company(tmp_path, {"orders": ORDERS})
    made.company = 'inactive_after_days = 30\nobserved_until = "2026-03-31"'
    orders = [order("1", "2026-01-10", "a", 1), order("2", "2026-03-02", "b", 1)]
    made.sync("2026-04-01", orders=orders)
    # of two late orders of a, either would do: the spell is not the doing of one alone
    late = [order("3", "2026-03-03", "a", 1), order("4", "2026-03-09", "a", 1)]
    made.sync("2026-04-02", orders=[*orders, *late, order("5", "2026-03-04", "b", 1)])
    found = made.why("active_customers")
    ((name, cause),) = moving(found).items()
    assert (name, cause.effect) == ("late", 1)
    assert {key for key in keys(cause) if key != ("orders", "5")} == {
        ("orders", "3"), ("orders", "4")}  # fmt: skip
    assert all(not one.parts for one in cause.records if one.key["order_id"] in "34")


def test_one_group_and_filters(tmp_path: Path) -> None:
    made = Company(tmp_path, {"orders": ORDERS, "customers": ("country",)})
    customers = [{"customer_id": c, "country": "MY"} for c in "ab"]
    orders = [order(c, "2026-03-05", c, 10) for c in "ab"]
    made.sync("2026-04-01", orders=orders, customers=customers)
    made.sync("2026-04-02", customers=[customers[0], {"customer_id": "b", "country": "SG"}])
    found = made.why("revenue", by={"country": "MY"})
    assert (found.before.value, found.after.value) == (20, 10)
    ((name, cause),) = moving(found).items()
    assert (name, keys(cause)) == ("edited", [("customers", "b")])
    assert not made.why("revenue").change
    assert made.why("revenue", where=["country=MY"]).change == found.change
    with pytest.raises(KadarError, match="KDR-ASK-010"):
        made.why("revenue", by=["country=XX"])


def test_by_default_the_first_number_of_the_finished_period_is_explained(tmp_path: Path) -> None:
    made = Company(tmp_path, {"orders": ORDERS})
    made.company = ""
    orders = [order(str(day), f"2026-03-{day:02}", "a", day) for day in (5, 15)]
    made.sync("2026-03-20", orders=orders)  # March is not over
    orders += [order("25", "2026-03-25", "a", 25), order("42", "2026-04-02", "a", 1)]
    made.sync("2026-04-02", orders=orders)
    reported = made.value("revenue")
    made.sync("2026-04-03", orders=[*orders, order("28", "2026-03-28", "a", 100)])
    made.sync("2026-04-04", orders=[*orders, order("28", "2026-03-28", "a", 101)])
    made.sync(
        "2026-04-05",
        orders=[*orders, order("28", "2026-03-28", "a", 101), order("43", "2026-04-04", "a", 1)],
    )
    found = made.open().restatements("revenue", "2026-03", history=True)
    add_up(found)
    assert found.since == moment("2026-04-02")
    assert (found.before.value, found.after.value) == (reported, made.value("revenue"))
    assert found.history is not None
    assert [(t.moment, t.before, t.after, t.sources) for t in found.history] == [
        (moment("2026-04-03"), 45, 145, ("orders",)),
        (moment("2026-04-04"), 145, 146, ("orders",)),
    ]
    with pytest.raises(KadarError, match="KDR-RST-003"):
        made.open().restatements("revenue", "2026-04")


def test_a_causes_turn_without_a_number_leaves_its_share_to_the_next(tmp_path: Path) -> None:
    made = Company(tmp_path, {"deals": DEALS})
    made.sync("2026-04-01", deals=[deal("1", 2, "won")])
    edited = {**deal("1", 2, "won"), "closed_at": "2026-02-10"}
    made.sync("2026-04-02", deals=[edited, deal("2", 3, "lost")])
    found = made.why("win_rate")
    edits, late = found.causes[:2]
    assert (edits.after, edits.effect, late.effect) == (None, 0, -1)
    assert keys(edits) == [("deals", "1")]


def test_what_cannot_be_explained_is_refused(tmp_path: Path) -> None:
    made = Company(tmp_path, {"deals": DEALS})
    made.sync("2026-04-01", deals=[deal("1", 2), {**deal("2", 3), "closed_at": "2026-02-02"}])
    for code, asked in (
        ("KDR-RST-001", {"since": "2026-04-09", "until": "2026-04-09"}),
        ("KDR-ASK-011", {"since": "2026-03-09"}),
        ("KDR-ASK-021", {"period": "2027-01"}),
        ("KDR-ASK-006", {"since": "March"}),
    ):
        with pytest.raises(KadarError, match=code):
            made.open().restatements("win_rate", **{"period": "2026-03", **asked})


def test_the_store_is_left_as_it_was(tmp_path: Path) -> None:
    made = Company(tmp_path, {"deals": DEALS})
    made.sync("2026-04-01", deals=[deal("1", 2)])
    made.sync("2026-04-02", deals=[deal("1", 2, "lost")])
    store = tmp_path / "store"
    places = [store / "model.duckdb", store / "current", *(store / "published").iterdir()]
    before = {place: place.read_bytes() for place in places}
    made.why("win_rate")
    assert {place: place.read_bytes() for place in places} == before


def test_a_duplicate_that_people_merged_later_is_the_cause_merged(tmp_path: Path) -> None:
    made = Company(tmp_path, {"orders": ORDERS, "customers": ("name",)})
    made.sync(
        "2026-04-01",
        orders=[order(c, "2026-03-05", c, 10) for c in "abc"],
        customers=[{"customer_id": c, "name": c} for c in "abc"],
    )
    decided = Decision(pair_id("b", "a"), "accepted", "b", "a", moment("2026-04-05"), "amy")
    add(tmp_path, [decided])
    found = made.why("active_customers")
    assert (found.before.value, found.after.value) == (3, 2)
    ((name, cause),) = moving(found).items()
    assert (name, cause.effect, keys(cause)) == ("merged", -1, [("customers", "a")])
    (record,) = cause.records
    assert record.columns == {"merged_into": (None, "b")}
    assert (record.source, record.recorded_at) == ("duplicates.jsonl", moment("2026-04-05"))

    add(tmp_path, [replace(decided, verdict="withdrawn", at=moment("2026-04-08"))])
    parted = made.why("active_customers", since="2026-04-06")
    assert {n: c.effect for n, c in moving(parted).items()} == {"merged": 1}
    assert not made.why("active_customers", until=moment("2026-04-04")).change
    assert not moving(made.why("active_customers"))  # merged and parted again in between
