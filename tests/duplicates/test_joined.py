"""`kadar duplicates --joined`: who counts as whom by kadar.toml, and by which way of knowing."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import duckdb
import pytest

import kadar
from kadar.cli import main

FILES = {  # a source each: its table, its rows
    "crm": ("customers", ["customer_id,name", "1,Acme", "2,Zulu", "3,Wira Tek", "4,O'Neil"]),
    "people": ("contacts", ["contact_id,customer_id,email", "p2,2,lim@zulu.com",
                            "p3,3,a@wira.my", "p4,4,b@oneil.com", "p5,1,b@oneil.com"]),
    "desk": ("customers", ["customer_id,name", "d1,1", "d2,Mrs Lim", "d4,Open"]),
    "callers": ("contacts", ["contact_id,customer_id,email", "c2,d2, Lim+desk@Zulu.com",
                             "c3,d3,other@wira.my", "c4,d4,b@oneil.com"]),
}  # fmt: skip
# d3 is known only by its contact; d4's address is that of two customers, so it stays open
EXPECTED = [
    ("d1", "1", "desk", "1", "Acme", "crm", "name = customer_id"),
    ("d2", "Mrs Lim", "desk", "2", "Zulu", "crm", "email"),
]
NAMES = ["customer_id", "name", "source", "same_as", "same_as_name", "same_as_source", "known_by"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("joined")
    said = ["[company]"]
    for name, (table, lines) in FILES.items():
        (made / f"{name}.csv").write_text("\n".join(lines), "utf-8")
        mapped = ", ".join(f'{column} = "{column}"' for column in lines[0].split(","))
        said.append(
            f'[[sources]]\nname = "{name}"\ntable = "{table}"\npath = "{name}.csv"\n'
            f"columns = {{ {mapped} }}"
        )
    by = '["name = customer_id", "email", "domain"]'
    said.append(f'[[identity]]\nsource = "desk"\namong = "crm"\nby = {by}')
    said.append('[[identity]]\nsource = "callers"\namong = "people"\nby = ["domain"]')
    (made / "kadar.toml").write_text("\n".join(said), "utf-8")
    assert main(["sync", "--project", str(made)]) == 0
    return made


def put(folder: Path, form: str, capsysbinary: pytest.CaptureFixture[bytes]) -> bytes:
    capsysbinary.readouterr()
    assert main(["duplicates", "--joined", "--project", str(folder), "--format", form]) == 0
    return capsysbinary.readouterr().out


def test_each_is_listed_with_what_it_is_known_by(
    folder: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    told = json.loads(put(folder, "json", capsysbinary))
    # of one that is known only by its contact there is neither name nor source
    assert [tuple(row.values()) for row in told] == [
        *EXPECTED,
        ("d3", None, None, "3", "Wira Tek", "crm", "domain"),
    ]
    assert list(told[0]) == NAMES


def test_who_could_be_several_is_not_among_them_but_proposed(folder: Path) -> None:
    workspace = kadar.open(folder)
    assert "d4" not in {one.customer_id for one in workspace.joined()}
    proposed = {frozenset((one.survivor, one.merged)) for one in workspace.duplicates()}
    assert proposed >= {frozenset(("d4", "4")), frozenset(("d4", "1"))}


def test_csv_and_parquet_say_the_same(
    folder: Path, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    rows = list(csv.DictReader(put(folder, "csv", capsysbinary).decode().splitlines()))
    assert [tuple(row.values()) for row in rows[:2]] == EXPECTED
    file = tmp_path / "joined.parquet"
    file.write_bytes(put(folder, "parquet", capsysbinary))
    found = duckdb.connect().sql(f"FROM read_parquet('{file}')")
    assert found.columns == NAMES
    assert found.fetchall()[:2] == EXPECTED


def test_a_table_for_people(folder: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    shown = put(folder, "table", capsysbinary).decode()
    assert "Acme" in shown
    assert "None" not in shown


def test_without_identities_there_are_none(tmp_path: Path) -> None:
    (tmp_path / "crm.csv").write_text("customer_id,name\n1,Acme\n", "utf-8")
    (tmp_path / "kadar.toml").write_text(
        '[[sources]]\nname = "crm"\ntable = "customers"\npath = "crm.csv"\n'
        'columns = { customer_id = "customer_id", name = "name" }\n',
        "utf-8",
    )
    assert main(["sync", "--project", str(tmp_path)]) == 0
    assert kadar.open(tmp_path).joined() == []
