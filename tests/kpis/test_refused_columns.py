"""Every KPI and variant without each column it needs: refused, with what is missing and where."""

from __future__ import annotations

import pytest

import kadar
from kadar.asking import Asking
from kadar.errors import KadarError
from kadar.measure.lineage import reads
from kadar.measure.question import Question
from tests.companies import at, company


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> kadar.Workspace:
    deals = [{"created_at": at("2026-05-01"), "closed_at": at("2026-05-09"), "outcome": "won"}]
    return company(tmp_path_factory.mktemp("refused"), deals=deals)


def test_each_missing_column_is_named_with_a_code_and_a_remedy(work: kadar.Workspace) -> None:
    hinted = tried = 0
    with Asking(work.project) as asking:
        for made in work.kpis:
            for variant in made.variants:
                needed = reads(asking.formula(made, variant))
                for table, column in sorted(needed):
                    asking.carried = needed - {(table, column)}
                    with pytest.raises(KadarError) as told:
                        asking.answer([(made, variant)], Question("month"))
                    error, name = told.value, f"{table}.{column}"
                    assert (error.code, error.exit_code) == ("KDR-ASK-008", 1), (made.name, name)
                    assert name in error.sentence()
                    assert "kadar.toml" in error.next_step()
                    hinted += f"{name}: " in error.next_step()
                    tried += 1
    assert tried > 250
    assert hinted > 0.75 * tried  # the others are derived: no system exports them


def test_the_hint_is_the_header_that_systems_write(work: kadar.Workspace) -> None:
    with pytest.raises(KadarError) as told:
        work.ask("first_response_time")
    assert told.value.code == "KDR-ASK-008"
    assert "tickets.created_at: " in told.value.next_step()


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (lambda w: w.ask("win_rate", by=["channel"]), "KDR-ASK-005"),
        (lambda w: w.ask("win_rate", by=["colour"]), "KDR-ASK-004"),
        (lambda w: w.ask("win_rate", where={"channel": "web"}), "KDR-ASK-005"),
        (lambda w: w.ask("win_rate", variant="nobody's"), "KDR-KPI-004"),
        (lambda w: w.ask("no_kpi"), "KDR-KPI-003"),
        (lambda w: w.cohorts("retention_rate"), "KDR-COH-005"),
        (lambda w: w.cohorts("retention_rate", grain="all"), "KDR-COH-003"),
        (lambda w: w.reconcile("win_rate", "2026-05", other="with_overdue"), "KDR-ASK-008"),
    ],
)
def test_what_cannot_be_asked_has_a_code_and_a_next_step(
    work: kadar.Workspace, asked: object, code: str
) -> None:
    with pytest.raises(KadarError) as told:
        asked(work)  # type: ignore[operator]
    assert told.value.code == code
    assert told.value.next_step()
