"""Answers in a notebook: a table, a chart, names that complete."""

from __future__ import annotations

import pytest

pytest.importorskip("altair", reason="charts are not installed: pip install 'kadar[web]'")

import kadar
from tests.companies import at, company


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> kadar.Workspace:
    deals = [
        {
            "closed_at": at(f"2026-{1 + i % 4:02}-10"),
            "outcome": "won" if i % 3 else "lost",
            "channel": ("web", "<i>fair</i>")[i % 2],
        }
        for i in range(40)
    ]
    folder = tmp_path_factory.mktemp("notebook")
    return company(folder, toml='observed_until = "2026-04-20"', deals=deals)


def test_an_answer_shows_as_a_table(acme: kadar.Workspace) -> None:
    answer = acme.ask("win_rate", by=["channel"])
    shown = answer._repr_html_()
    assert shown.count("<tr>") == 1 + len(answer)
    assert "&lt;i&gt;fair&lt;/i&gt;" in shown
    assert "<i>" not in shown
    assert "not complete" in shown  # April
    assert f"{100 * (answer.rows[0].value or 0):.1f}%" in shown


def test_an_answer_becomes_a_chart(acme: kadar.Workspace) -> None:
    answer = acme.ask(["win_rate"])
    spec = answer.chart().to_dict()
    known = [row["value"] for row in spec["data"]["values"]]
    assert known == [row.value for row in answer]
    both = acme.ask("win_rate", by=["channel"], grain="all").chart().to_dict()
    assert "x" in str(both["layer"][0]["encoding"])
    with pytest.raises(ValueError, match="no row"):
        acme.ask("win_rate", where={"channel!": ["web", "<i>fair</i>"]}).chart()


def test_names_complete(acme: kadar.Workspace) -> None:
    assert "win_rate" in dir(acme.kpis)
    dimensions = acme.dimensions(acme.kpis.win_rate)
    assert "channel" in dir(dimensions)
    assert acme.ask(acme.kpis.win_rate, by=[dimensions.channel]).rows
    assert "segment" not in dimensions  # the data has none
    with pytest.raises(AttributeError):
        acme.kpis.wins  # noqa: B018
    with pytest.raises(AttributeError):
        dimensions.planet  # noqa: B018
