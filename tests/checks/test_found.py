"""Each check finds what was planted, and nothing in the same company without it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kadar.checks import Company, Finding, run
from kadar.contents import opened
from tests.companies import at, company

TOML = 'currency = "MYR"\nobserved_until = "2026-05-31"'
Tables = dict[str, list[dict[str, Any]]]


def clean() -> Tables:
    """Return a company nothing is wrong with: 50 deals, orders, tickets and their customers."""
    days = [at("2026-01-02") + timedelta(days=3 * n) for n in range(50)]
    return {
        "customers": [
            {"customer_id": f"C{n}", "name": f"{name} Sdn Bhd", "created_at": days[n]}
            for n, name in enumerate(NAMES)
        ],
        "deals": [
            {
                "deal_id": f"D{n}",
                "customer_id": f"C{n % len(NAMES)}",
                "created_at": day,
                "closed_at": day + timedelta(days=9) if n % 4 else None,
                "expected_close_at": day + timedelta(days=200),
                "outcome": ("open", "won", "lost", "lost")[n % 4],
                "amount": 1000 + n,
                "product": "GTX Pro" if n % 2 else "MG Special",
            }
            for n, day in enumerate(days)
        ],
        "orders": [
            {"customer_id": f"C{n % len(NAMES)}", "ordered_at": day, "revenue": 100 + n, "cost": 60}
            for n, day in enumerate(days)
        ],
    }


NAMES = ("Seri Murni", "Tanjong Marine", "Karya Abadi", "Boustead Ho", "Kelana Foods", "Wira Tek")


def found(folder: Path, tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, Finding]:
    """Return the findings by code."""
    workspace = company(folder, toml=TOML, **tables)
    with opened(workspace.project) as connection:
        made = run(Company(workspace, connection))
    return {one.code: one for one in made if one.code != "KDR-CHK-003"}


def test_nothing_is_found_in_a_clean_company(tmp_path: Path) -> None:
    assert found(tmp_path, clean()) == {}


def _duplicate(tables: Tables) -> None:
    tables["customers"].append({"customer_id": "X", "name": "SERIMURNI SDN. BHD."})


def _circle(tables: Tables) -> None:
    tables["customers"] += [
        {"customer_id": "X", "name": "Alpha", "merged_into": "Y"},
        {"customer_id": "Y", "name": "Beta", "merged_into": "Z"},
        {"customer_id": "Z", "name": "Gamma", "merged_into": "X"},
        {"customer_id": "W", "name": "Delta", "merged_into": "X"},
    ]


def _lost(tables: Tables) -> None:
    tables["customers"] += [
        {"customer_id": "X", "name": "Alpha", "merged_into": "Y"},
        {"customer_id": "Y", "name": "Beta", "merged_into": "nobody"},
    ]


def _stale(tables: Tables) -> None:
    tables["deals"][0]["expected_close_at"] = at("2026-04-01")
    tables["deals"][4]["expected_close_at"] = at("2026-05-20")  # a fortnight late is not stale


def _reversed(tables: Tables) -> None:
    tables["deals"][1]["closed_at"] = at("2025-12-01")


def _future(tables: Tables) -> None:
    tables["orders"][3]["ordered_at"] = at("2062-01-10")


def _undated(tables: Tables) -> None:
    tables["deals"][1]["closed_at"] = None


def _orphan(tables: Tables) -> None:
    tables["deals"][2]["customer_id"] = "nobody"


def _spelling(tables: Tables) -> None:
    tables["deals"][1]["product"] = "GTXPro"


def _slip(tables: Tables) -> None:
    tables["deals"][2]["product"] = "MG Speical"
    tables["deals"] += [
        {"deal_id": f"E{n}", "created_at": at("2026-03-01"), "product": "MG Special"}
        for n in range(40)
    ]


def _silence(tables: Tables) -> None:
    tables["orders"] = [row for row in tables["orders"] if row["ordered_at"] < at("2026-04-20")]


def _magnitude(tables: Tables) -> None:
    tables["orders"] += [
        {"customer_id": "C1", "ordered_at": at("2026-02-01"), "revenue": 120, "cost": 70}
        for _ in range(80)
    ]
    tables["orders"].append(
        {"order_id": "big", "customer_id": "C1", "ordered_at": at("2026-02-01"),
         "revenue": 12_000_000, "cost": 70}
    )  # fmt: skip


PLANTED = [
    (_duplicate, "KDR-CHK-005", 1, None),
    (_circle, "KDR-CHK-006", 4, ["W", "X", "Y", "Z"]),
    (_lost, "KDR-CHK-007", 2, ["X", "Y"]),
    (_stale, "KDR-CHK-008", 1, ["D0"]),
    (_reversed, "KDR-CHK-009", 1, ["D1"]),
    (_future, "KDR-CHK-010", 1, ["orders-3"]),
    (_undated, "KDR-CHK-011", 1, ["D1"]),
    (_orphan, "KDR-CHK-012", 1, ["nobody"]),
    (_spelling, "KDR-CHK-013", 1, ["GTXPro"]),
    (_slip, "KDR-CHK-013", 1, ["MG Speical"]),
    (_silence, "KDR-CHK-014", 1, None),
    (_magnitude, "KDR-CHK-017", 1, ["big"]),
]


@pytest.mark.parametrize(("plant", "code", "count", "examples"), PLANTED)
def test_what_was_planted_is_found(
    tmp_path: Path, plant: Any, code: str, count: int, examples: list[str] | None
) -> None:
    tables = clean()
    plant(tables)
    made = found(tmp_path, tables)
    assert set(made) == {code}
    assert made[code].count == count
    if examples is not None:
        assert list(made[code].examples) == examples
