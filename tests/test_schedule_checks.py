"""What [[schedules]] and [tickets] may say: each mistake is named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from kadar import project
from kadar.errors import KadarError
from kadar.schedule import Schedule, Tickets

GOOD = """
[[schedules]]
name = "Penang"
since = 2025-01-01
until = "2025-12-31"
time_zone = "Asia/Kuala_Lumpur"
holidays = ["MY-07", "MY-14"]
days_off = ["12-24", "02-29", 2025-03-01]
when = { team = ["Penang", "Ipoh"], priority = "High" }
working_hours = { mon = ["09:00-12:30", "13:30-18:00"] }

[[schedules]]
name = "Penang"
since = 2026-01-01
working_hours = {}

[tickets]
count_pauses = true
bots = ["7"]
"""


def read(folder: Path, text: str) -> project.Project:
    (folder / "kadar.toml").write_text(text, "utf-8")
    return project.load(folder)


def test_schedules_are_read_with_their_history(tmp_path: Path) -> None:
    found = read(tmp_path, GOOD)
    first, second = found.schedules
    assert first == Schedule(
        name="Penang",
        working_hours={"mon": ["09:00-12:30", "13:30-18:00"]},
        when={"team": ["Penang", "Ipoh"], "priority": "High"},
        since="2025-01-01",
        until="2025-12-31",
        time_zone="Asia/Kuala_Lumpur",
        holidays=["MY-07", "MY-14"],
        days_off=["12-24", "02-29", "2025-03-01"],
    )
    assert (second.since, second.until, second.places) == ("2026-01-01", None, None)
    assert found.tickets == Tickets(count_pauses=True, bots=["7"])


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("name = ' '", "KDR-PRJ-050", "empty name"),
        ("when = { tema = 'x' }", "KDR-PRJ-051", "team"),
        ("when = { created_at = 'x' }", "KDR-PRJ-051", "category"),
        ("since = '2026-13-01'", "KDR-PRJ-052", "2026-13-01"),
        ("since = '12-24'", "KDR-PRJ-052", "12-24"),
        ("days_worked = ['christmas']", "KDR-PRJ-052", "christmas"),
        ("since = 2026-02-01\nuntil = 2026-01-31", "KDR-PRJ-053", "before it begins"),
        ("name = 'other'\nuntil = 2025-06-01", "KDR-PRJ-054", "other"),
        ("time_zone = 'Kuala Lumpur'", "KDR-PRJ-010", "Asia/Kuala_Lumpur"),
        ("holidays = 'MY-99'", "KDR-PRJ-013", "MY-01"),
        ("holidays = ['MY', 'XX']", "KDR-PRJ-013", "XX"),
        ("hours = 3", "KDR-PRJ-004", "working_hours"),
    ],
)
def test_mistakes_in_schedules(tmp_path: Path, line: str, code: str, said: str) -> None:
    name = "" if line.startswith("name") else "name = 'mine'\n"
    other = "[[schedules]]\nname = 'other'\nsince = 2025-06-01\nworking_hours = {}\n"
    text = f"{other}[[schedules]]\n{name}{line}\nworking_hours = {{ mon = ['09:00-18:00'] }}\n"
    with pytest.raises(KadarError) as raised:
        read(tmp_path, text)
    assert raised.value.code == code
    assert said in str(raised.value)
    assert raised.value.details["line"] in range(5, 9)
