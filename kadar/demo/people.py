"""People: the staff of the example company, and how good each is at the work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(slots=True, frozen=True)
class Person:
    """One of the company's staff."""

    id: str
    name: str
    team: str
    role: str
    country: str
    manager_id: str | None = None
    # sales: multiplies the chance to win; support: divides the time to answer
    skill: float = 1.0
    joined: date = date(2021, 1, 4)
    left: date | None = None

    @property
    def email(self) -> str:
        """Work address."""
        return ".".join(self.name.lower().split()[:2]) + "@serumpun.example"

    def works(self, day: date) -> bool:
        """Say whether the person is employed that day."""
        return self.joined <= day and (self.left is None or day < self.left)


STALLER = "2011"  # never says no to a deal, and never closes one
# four of the seven who answer Malaysia left over the new year
SHORT_COUNTRY, SHORT_SINCE = "MY", date(2026, 1, 5)

_MANAGERS = [
    Person("1001", "Nurul Izzati Kamal", "Management", "CRM manager", "MY"),
    Person("1002", "Desmond Lee", "Management", "Sales director", "SG", "1001"),
    Person("1003", "Farah Nadia Osman", "Marketing", "Marketing manager", "MY", "1001"),
    Person("1004", "Kavitha Raman", "Management", "Service manager", "MY", "1001"),
]

# id, name, country, skill
_SALES = [
    ("2010", "Aisyah Rahim", "MY", 1.30),
    (STALLER, "Hafiz Zulkifli", "MY", 0.75),
    ("2012", "Tan Mei Ling", "MY", 1.10),
    ("2013", "Suresh Pillai", "MY", 0.95),
    ("2014", "Wong Kah Hoe", "MY", 0.80),
    ("2020", "Rachel Ong", "SG", 1.20),
    ("2021", "Benjamin Koh", "SG", 0.90),
    ("2022", "Priya Nair", "SG", 1.00),
    ("2030", "Putri Wulandari", "ID", 1.10),
    ("2031", "Agus Santoso", "ID", 0.85),
    ("2032", "Dewi Lestari", "ID", 1.00),
    ("2040", "李静", "CN", 1.15),
    ("2041", "王磊", "CN", 0.90),
    ("2042", "陈晓东", "CN", 1.00),
]

# id, name, country, skill, left
_SUPPORT: list[tuple[str, str, str, float, date | None]] = [
    ("3010", "Siti Hajar", "MY", 1.2, None),
    ("3011", "Muhammad Faiz", "MY", 1.0, date(2026, 1, 2)),
    ("3012", "Lim Shu Fen", "MY", 1.1, date(2026, 1, 2)),
    ("3013", "Ganesh Kumar", "MY", 0.9, None),
    ("3014", "Nor Azlina", "MY", 1.0, date(2026, 1, 2)),
    ("3015", "Chong Wei Jie", "MY", 0.8, None),
    ("3016", "Amirul Hakim", "MY", 1.0, date(2025, 12, 19)),
    ("3020", "Cheryl Tay", "SG", 1.1, None),
    ("3021", "Imran Yusof", "SG", 0.9, None),
    ("3030", "Rizky Pratama", "ID", 1.0, None),
    ("3031", "Ayu Kartika", "ID", 0.9, None),
    ("3040", "赵敏", "CN", 1.1, None),
    ("3041", "孙浩", "CN", 0.9, None),
]

COUNTRY_NAMES = {"MY": "Malaysia", "SG": "Singapore", "ID": "Indonesia", "CN": "China"}


def people() -> list[Person]:
    """Return everybody, the managers first."""
    sales = [
        Person(i, name, f"Sales {COUNTRY_NAMES[c]}", "Account executive", c, "1002", skill)
        for i, name, c, skill in _SALES
    ]
    support = [
        Person(
            i,
            name,
            f"Support {COUNTRY_NAMES[c]}",
            "Support agent",
            c,
            "1004",
            skill,
            left=left,
        )
        for i, name, c, skill, left in _SUPPORT
    ]
    return [*_MANAGERS, *sales, *support]
