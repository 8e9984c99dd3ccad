"""Money without an exchange rate is in no number, and both the scoreboard and check say so."""

from __future__ import annotations

from pathlib import Path

import pytest

from kadar.cli import main

PROJECT = """
[company]
currency = "MYR"
observed_until = "2026-02-28"

[[sources]]
name = "orders"
table = "orders"
path = "orders.csv"
[sources.columns]
order_id = "id"
customer_id = "who"
ordered_at = "day"
revenue = "paid"
cost = "cost"
currency = "in"
"""
ORDERS = """id,who,day,paid,cost,in
1,A,2026-01-31,100,60,MYR
2,B,2026-02-01,200,20,CNY
3,B,2026-02-03,300,30,CNY
4,A,2026-02-04,50,20,MYR
"""


def test_currencies_without_a_rate_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checked, board = told(tmp_path, ORDERS, capsys)
    assert "orders: no exchange rate of CNY for 2 of its rows" in checked
    assert "per customer leaves out rows without an exchange rate (2)" in board


def test_nothing_is_said_where_every_rate_is_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for said in told(tmp_path, ORDERS.replace("CNY", "MYR"), capsys):
        assert "exchange rate" not in said


def told(folder: Path, orders: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return what `kadar check` and the scoreboard print."""
    (folder / "kadar.toml").write_text(PROJECT, "utf-8")
    (folder / "orders.csv").write_text(orders, "utf-8")
    assert main(["sync", "--project", str(folder)]) == 0
    said = []
    for command in ("check", "ask"):
        capsys.readouterr()
        assert main([command, "--project", str(folder)]) == 0
        said.append(capsys.readouterr().out)
    return said
