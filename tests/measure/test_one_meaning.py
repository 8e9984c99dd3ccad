"""A ratio over two tables is divided by what the name means below its line."""

from __future__ import annotations

import pytest

import kadar
from tests.companies import at, company

TOML = 'observed_until = "2026-01-31"\ninactive_after_days = 60'


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> kadar.Workspace:
    return company(
        tmp_path_factory.mktemp("channels"),
        toml=TOML,
        customers=[
            {"customer_id": c, "channel": channel, "owner_id": owner,
             "acquired_at": at("2026-01-02")}
            for c, channel, owner in (("a", "web", "u"), ("b", "web", "v"), ("c", "fair", "v"))
        ],
        orders=[
            {"customer_id": c, "channel": "shop", "ordered_at": at("2026-01-05"),
             "revenue": revenue, "cost": 0.0}
            for c, revenue in (("a", 10.0), ("a", 20.0), ("c", 7.0))
        ],
        interactions=[
            {"customer_id": c, "owner_id": "w", "occurred_at": at("2026-01-07"), "automated": False}
            for c in "aac"
        ],
        spend=[{"spent_at": at("2026-01-03"), "channel": "web", "amount": 30.0}],
    )  # fmt: skip


def by(
    workspace: kadar.Workspace, kpi: str, name: str, **more: object
) -> dict[object, float | None]:
    answer = workspace.ask(kpi, grain="all", by=[name], **more)  # type: ignore[arg-type]
    return {row.dimensions[name]: row.value for row in answer}


def test_value_of_customers_is_by_the_channel_they_came_by(workspace: kadar.Workspace) -> None:
    assert by(workspace, "clv", "channel", variant="historic") == {"web": 15.0, "fair": 7.0}
    assert by(workspace, "clv", "customer.channel", variant="historic") == {
        "web": 15.0,
        "fair": 7.0,
    }


def test_a_filter_means_the_same(workspace: kadar.Workspace) -> None:
    (row,) = workspace.ask("clv", variant="historic", grain="all", where={"channel": "web"})
    assert (row.numerator, row.denominator) == (30.0, 2)


def test_contacts_per_customer_are_by_the_customers_owner(workspace: kadar.Workspace) -> None:
    assert by(workspace, "interactions_per_customer", "owner_id") == {"u": 2.0, "v": 1.0}


def test_a_length_of_time_below_the_line_is_no_table(workspace: kadar.Workspace) -> None:
    # 15 of spend a customer; 30 of margin of the one customer active in a month or so
    paid = by(workspace, "cac", "channel", variant="payback_months")
    assert paid["web"] == pytest.approx(15 / 30, rel=0.05)
    assert set(paid) == {"web", "fair"}


def test_what_does_not_lead_there_keeps_its_own(workspace: kadar.Workspace) -> None:
    assert by(workspace, "cac", "channel") == {"web": 15.0, "fair": 0.0}
    assert by(workspace, "revenue", "channel") == {"shop": 37.0}


def test_the_rows_behind_are_those_of_the_group(workspace: kadar.Workspace) -> None:
    listed = workspace.records(
        "clv", "2026-01", part="numerator", variant="historic", by={"channel": "web"}
    )
    assert sorted(row["contribution"] for row in listed.rows) == [10.0, 20.0]
    assert listed.figure == 30.0
