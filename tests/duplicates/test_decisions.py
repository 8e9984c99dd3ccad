"""Decisions about duplicates: applied when derived, reversible, and honest about the past."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import kadar
from kadar.cli import main
from kadar.decisions import FILE, Decision, add, journal, pair_id, standing
from kadar.errors import KadarError

TOML = """
[company]
observed_until = "2026-06-30"
[[sources]]
name = "customers"
table = "customers"
path = "customers.csv"
columns = { customer_id = "id", name = "name" }
[[sources]]
name = "orders"
table = "orders"
path = "orders.csv"
columns = { order_id = "no", customer_id = "id", ordered_at = "day", revenue = "paid" }
"""
CUSTOMERS = "id,name\nA,Kencana Oil Sdn Bhd\nB,KENCANA OIL\nC,Wira Tek\n"
ORDERS = (
    "no,id,day,paid\n1,A,2026-06-01,10\n2,A,2026-06-02,10\n3,B,2026-06-03,10\n4,C,2026-06-04,10\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "kadar.toml").write_text(TOML, "utf-8")
    (tmp_path / "customers.csv").write_text(CUSTOMERS, "utf-8")
    (tmp_path / "orders.csv").write_text(ORDERS, "utf-8")
    assert main(["sync", "--project", str(tmp_path)]) == 0
    return tmp_path


def active(folder: Path, as_of: datetime | None = None) -> float | None:
    (row,) = kadar.open(folder, as_of=as_of).ask("active_customers", since="2026-06-01").rows
    return row.value


def test_a_pair_is_proposed_accepted_and_withdrawn(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = active(folder)
    capsys.readouterr()
    assert main(["duplicates", "--project", str(folder), "--format", "json"]) == 0
    (proposed,) = json.loads(capsys.readouterr().out)
    assert (proposed["merged"], proposed["survivor"]) == ("B", "A")  # A has more orders
    key = proposed["id"]
    assert main(["duplicates", "accept", key, "--project", str(folder)]) == 0
    assert before is not None
    assert active(folder) == before - 1
    workspace = kadar.open(folder)
    assert workspace.duplicates() == []
    (row,) = workspace.records("revenue", "2026-06", where=["customer_id=A", "order_id=3"]).rows
    assert row["customer_id"] == "A"  # its order is A's; the model's own row is untouched
    assert main(["duplicates", "withdraw", key, "--project", str(folder)]) == 0
    assert active(folder) == before
    assert [one.verdict for one in journal(folder)] == ["accepted", "withdrawn"]


def test_a_decision_counts_from_its_moment_on(folder: Path) -> None:
    early = datetime.now(UTC)
    before = active(folder)
    assert main(["duplicates", "accept", "all", "--project", str(folder)]) == 0
    assert before is not None
    assert active(folder) == before - 1
    assert active(folder, early) == before


def test_a_rejected_pair_is_not_asked_again(folder: Path) -> None:
    before = active(folder)
    assert main(["duplicates", "reject", pair_id("A", "B"), "--project", str(folder)]) == 0
    workspace = kadar.open(folder)
    assert workspace.duplicates() == []
    assert active(folder) == before
    assert not [one for one in workspace.check() if one.check == "probable_duplicates"]


def test_decisions_never_make_a_circle(folder: Path) -> None:
    now = datetime.now(UTC)
    pairs = [("A", "B"), ("B", "C"), ("C", "A")]
    add(folder, [Decision(pair_id(m, s), "accepted", s, m, now, "me") for m, s in pairs])
    assert main(["duplicates", "reject", pair_id("A", "B"), "--project", str(folder)]) == 0
    assert active(folder) == 1  # B into C, C into A
    assert main(["duplicates", "withdraw", pair_id("B", "C"), "--project", str(folder)]) == 0
    assert active(folder) == 2


def test_an_unknown_pair_and_a_spoilt_journal_are_refused(folder: Path) -> None:
    with pytest.raises(KadarError) as told:
        kadar.open(folder).decide(["nothing"], "accepted")
    assert told.value.code == "KDR-CHK-033"
    (folder / FILE).write_text('{"at": "yesterday"}\n', "utf-8")
    with pytest.raises(KadarError) as told:
        standing(folder)
    assert told.value.code == "KDR-PRJ-048"
    assert told.value.details["line"] == 1


def test_what_stands_is_known_by_moment(tmp_path: Path) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    lines = [
        Decision(pair_id("A", "B"), verdict, "A", "B", start + timedelta(days=n), "me")
        for n, verdict in enumerate(("accepted", "withdrawn", "rejected"))
    ]
    add(tmp_path, lines)  # type: ignore[arg-type]
    verdicts = [
        [one.verdict for one in standing(tmp_path, start + timedelta(days=n)).values()]
        for n in (-1, 0, 1, 2)
    ]
    assert verdicts == [[], ["accepted"], [], ["rejected"]]


def test_a_pair_an_identity_leaves_open_is_proposed(tmp_path: Path) -> None:
    """Two customers share an address; who could be either is proposed, whatever the names."""
    from kadar import project
    from kadar.sync import sync

    said = ["[company]"]
    for name, table, columns, lines in (
        ("crm", "customers", "customer_id, name", ["1,Acme", "2,Zulu"]),
        ("people", "contacts", "contact_id, customer_id, email", ["p1,1,a@x.com", "p2,2,a@x.com"]),
        ("desk", "customers", "customer_id, name", ["d1,Mrs Lim"]),
        ("callers", "contacts", "contact_id, customer_id, email", ["p3,d1,A+1@x.com"]),
    ):
        (tmp_path / f"{name}.csv").write_text(
            "\n".join([columns.replace(" ", ""), *lines]), "utf-8"
        )
        mapped = ", ".join(f'{c.strip()} = "{c.strip()}"' for c in columns.split(","))
        said.append(
            f'[[sources]]\nname = "{name}"\ntable = "{table}"\npath = "{name}.csv"\n'
            f"columns = {{ {mapped} }}"
        )
    said.append('[[identity]]\nsource = "desk"\namong = "crm"\n')
    (tmp_path / "kadar.toml").write_text("\n".join(said), "utf-8")
    assert not sync(project.load(tmp_path)).failed
    proposed = kadar.open(tmp_path).duplicates()
    assert {frozenset((one.survivor, one.merged)) for one in proposed} == {
        frozenset(("1", "d1")),
        frozenset(("2", "d1")),
    }
    assert {name for one in proposed for name, _ in one.reasons} >= {"email"}
