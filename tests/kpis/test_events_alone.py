"""A company that exports what happened to its tickets, and no list of tickets."""

from __future__ import annotations

from pathlib import Path

from tests.companies import at, company


def test_the_service_kpis_are_answered_from_events_alone(tmp_path: Path) -> None:
    said = [
        ("1", "created", "2026-05-04 09:00"),
        ("1", "responded", "2026-05-04 11:00"),
        ("1", "resolved", "2026-05-05 09:00"),
        ("2", "created", "2026-05-06 09:00"),
        ("2", "responded", "2026-05-06 13:00"),
        ("2", "resolved", "2026-05-06 15:00"),
    ]
    events = [{"ticket_id": t, "event": e, "occurred_at": at(m)} for t, e, m in said]
    toml = 'time_zone = "UTC"\nobserved_until = "2026-05-31"'
    work = company(tmp_path, toml=toml, ticket_events=events)
    answer = work.ask("first_response_time", since="2026-05-01", until="2026-05-31")
    [row] = answer.rows
    assert (row.value, row.n) == (3.0, 2)  # hours: the median of 2 and 4
    [row] = work.ask("resolution_time", since="2026-05-01", until="2026-05-31").rows
    assert row.value == 15.0  # of 24 and 6
