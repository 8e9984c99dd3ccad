"""A KPI that doubtful rows leave open is withheld, says why, and is shown on request."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

import kadar
from kadar.errors import KadarError
from tests.companies import at, company
from tests.kpis.test_waiting import leads

TOML = 'observed_until = "2026-05-31"'


def deals(wrong: int) -> list[dict[str, object]]:
    """Twenty deals closed in May, eight won; the last `wrong` closed before they were created."""
    closed = [at("2026-05-04") + timedelta(days=n) for n in range(20)]
    return [
        {
            "deal_id": f"D{n:02}",
            "created_at": at("2026-06-05") if n >= 20 - wrong else at("2026-03-01"),
            "closed_at": day,
            "outcome": "won" if n < 8 else "lost",
        }
        for n, day in enumerate(closed)
    ]


def test_the_bound_of_a_share_is_its_worst_case(tmp_path: Path) -> None:
    workspace = company(tmp_path, toml=TOML, deals=deals(2))
    (finding,) = [one for one in workspace.check() if one.code == "KDR-CHK-009"]
    assert "default" in finding.touches["win_rate"]
    (month,) = [b for b in finding.bounds if (b.kpi, b.grain) == ("win_rate", "month")]
    # two lost deals whose closing may be another month's: they stay or go
    assert (month.value, month.lower, month.upper) == pytest.approx((8 / 20, 8 / 20, 8 / 18))


def test_a_number_left_open_is_withheld_and_shown_on_request(tmp_path: Path) -> None:
    workspace = company(tmp_path, toml=TOML, deals=deals(6))
    assert may(workspace).value == pytest.approx(0.4)  # nobody checked yet
    workspace.check()
    row = may(workspace)
    assert row.value is None
    assert row.numerator is None
    assert row.n == 20
    assert row.withheld is not None
    assert (row.withheld.lower, row.withheld.upper) == pytest.approx((8 / 20, 8 / 14))
    assert row.withheld.codes == ("KDR-CHK-009",)
    assert row.as_dict()["withheld"] == "KDR-CHK-009"
    assert may(workspace, show_withheld=True).value == pytest.approx(0.4)
    # another variant and another month are not what was bounded
    april = workspace.ask("win_rate", since="2026-04-01", until="2026-05-01")
    assert april.rows[0].withheld is None


def test_the_limit_is_the_company_s(tmp_path: Path) -> None:
    workspace = company(
        tmp_path, toml=TOML, kpi="[checks]\nlimits = { win_rate = 0.5 }", deals=deals(6)
    )
    workspace.check()
    assert may(workspace).value == pytest.approx(0.4)


def test_a_limit_of_no_kpi_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KadarError) as told:
        _ = company(tmp_path, kpi="[checks]\nlimits = { winrate = 1 }", deals=deals(0)).kpis
    assert told.value.code == "KDR-KPI-003"


def test_a_check_alone_withholds_nothing_anew(tmp_path: Path) -> None:
    workspace = company(tmp_path, toml=TOML, deals=deals(6))
    workspace.check(["ends_before_begins"])
    assert may(workspace).value == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("toml", "code"),
    [
        ("limit_points = -1", "KDR-PRJ-042"),
        ("similarity = 101", "KDR-PRJ-042"),
        ('fail_on = "sometimes"', "KDR-PRJ-006"),
        ("limitpoints = 1", "KDR-PRJ-004"),
    ],
)
def test_settings_that_cannot_be_are_refused(tmp_path: Path, toml: str, code: str) -> None:
    (tmp_path / "kadar.toml").write_text(f"[checks]\n{toml}\n", "utf-8")
    with pytest.raises(KadarError) as told:
        kadar.open(tmp_path)
    assert told.value.code == code


def may(workspace: kadar.Workspace, **given: bool) -> kadar.answer.Row:  # type: ignore[name-defined]
    """Return the win rate of May."""
    (row,) = workspace.ask("win_rate", since="2026-05-01", until="2026-06-01", **given)
    return row


def test_what_is_withheld_is_not_compared_either(tmp_path: Path) -> None:
    workspace = company(tmp_path, toml=TOML, deals=deals(6))
    workspace.check()
    asked = {"since": "2026-05-01", "until": "2026-06-01"}
    (row,) = workspace.changes("win_rate", **asked).answer.rows
    assert row.value is None
    assert row.withheld is not None
    (row,) = workspace.changes("win_rate", **asked, show_withheld=True).answer.rows
    assert row.value == pytest.approx(0.4)


def test_a_projection_of_what_is_withheld_is_withheld(tmp_path: Path) -> None:
    from kadar.answer import Withheld
    from kadar.withheld import remember

    workspace = leads(tmp_path)
    answer = workspace.ask("lead_conversion_rate", grain="month")
    shown = workspace.projected(answer)
    assert any(row is not None and row.value is not None for row in shown)
    mature = max(row.opens for row in answer if row.mature)
    kept = Withheld("lead_conversion_rate", "default", "month", mature.isoformat(), 0.0, 1.0,
                    ("KDR-CHK-009",))  # fmt: skip
    remember(workspace.project, [kept])
    finals = [row for row in workspace.projected(answer) if row is not None]
    assert finals
    assert all(row.value is None and row.withheld is not None for row in finals)
    assert workspace.projected(answer, show_withheld=True) == shown
